"""What a target cannot carry, or carries otherwise: the 8xx codes that every target shares."""

from __future__ import annotations

from wrpc.diagnostics import Code

NOT_CARRIED = Code(
    "WRP801",
    "not-carried",
    "warning",
    """\
Something that the target cannot carry.

The emitted files do not hold this part of the policy. For a guard that is enforced this is an error: nothing would
keep it. Elsewhere it is a warning, and the manifest records it.

How to repair: move the rule to a target that carries it, write the route so that the guard is proved, or waive it
with a reason in the target's block: `target envoy { waive { WRP801 "the mesh in front of it denies these" } }`.
""",
)

APPROXIMATED = Code(
    "WRP802",
    "approximated",
    "info",
    """\
Something that the target carries only by a stated approximation.

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
Something that the target needs and the policy does not say, or says in a way that the program would misread.

Nothing is written. The message says what is missing.
""",
)

REJECTED = Code(
    "WRP805",
    "rejected-by-target",
    "error",
    """\
The target's own schema or program rejects what was emitted.

This is a fault of wrpc or a version that does not fit; nothing is written.
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

Nobody would be served: each way through the emitted program ends in a denial, or in the answer that nobody takes the
request. Often it is a setting that is missing. Signals that nobody computes have failed in every request: with
`on_error deny` each of them is denied, and one that cannot fail makes every request an invalid one.

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

No proof and no guard knows of what such a setting does: a request that a guard keeps from the pool would reach it all
the same.

How to repair: say it in the route (`mirror p 5%`, `cascade`, `to`), where guards see it, or take it out of the
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
