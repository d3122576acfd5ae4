"""What a target cannot carry, or carries otherwise: the 8xx codes that every target shares."""

from __future__ import annotations

from wrpc.diagnostics import Code

NOT_CARRIED = Code(
    "WRP801",
    "not-carried",
    "warning",
    """\
A part of the policy that the target cannot carry.

The emitted files do not contain this part of the policy. For a guard that has to be enforced this is an error: requests
would get past it. Elsewhere it is a warning, and the manifest records it.

How to repair: move the rule to a target that carries it, write the route so that the guard is proved, or waive it
with a reason in the target's block: `target envoy { waive { WRP801 "the mesh in front of it denies these" } }`.
""",
)

APPROXIMATED = Code(
    "WRP802",
    "approximated",
    "info",
    """\
A part of the policy that the target carries only approximately.

The message says what is lost. The manifest records it.
""",
)

UNKNOWN_SETTING = Code(
    "WRP803",
    "unknown-setting",
    "error",
    """\
An attribute of a `target` block that its target does not know, or that has another type.

`wrpc targets NAME` lists the settings.
""",
)

UNEMITTABLE = Code(
    "WRP804",
    "cannot-emit",
    "error",
    """\
Something that the target needs and that is missing, or written in a way that the program would misread.

Nothing is written. The message says what is missing.
""",
)

REJECTED = Code(
    "WRP805",
    "rejected-by-target",
    "error",
    """\
The target's own schema or program rejects what was emitted.

This is a bug in wrpc, or a version of the program that does not fit. Nothing is written.
""",
)

UNKNOWN_TARGET = Code(
    "WRP806",
    "unknown-target",
    "error",
    """\
A target that wrpc does not know.

`wrpc targets` lists them.
""",
)

REFUSES_ALL = Code(
    "WRP812",
    "refuses-everything",
    "error",
    """\
A target whose output would refuse every request.

No request would be served: every path through the emitted files ends in a denial, or in the answer that no route takes
the request. Often a setting is missing. A signal that nothing computes counts as failed in every request: with
`on_error deny` every request is denied, and if the signal cannot fail, every request is rejected as malformed.

How to repair: say who computes the signals (for Envoy `signals_by` or `trust_headers`), or write a route or a default
that some request takes and that its guards leave a destination.
""",
)

UNSEEN_POOL = Code(
    "WRP813",
    "unseen-pool",
    "error",
    """\
A setting in a `target` block that sends requests to a pool which the guarded plan of its route does not have.

Proofs and guards do not see such a setting: a request that a guard keeps away from the pool would still reach it.

How to repair: write it in the route (`mirror p 5%`, `cascade`, `to`), where guards see it, or take it out of the
settings.
""",
)

# WRP807 was of files that, read back, decide otherwise; nothing raised it. Its number stays unused.

WAIVED = Code(
    "WRP808",
    "waived",
    "info",
    """\
A finding that the `target` block waives, with the reason that it gives.
""",
)

NO_DECIDER = Code(
    "WRP814",
    "stack-without-decider",
    "error",
    """\
A stack whose first target decides no requests.

The first target of a `stack` decides; those behind it carry what it does not: engines, for one. An engine or a
simulator cannot stand first.

    stack production { vllm, envoy }       # envoy decides, and has to stand first

How to repair: write the gateway or the router first: `stack production { envoy, vllm }`.
""",
)
