"""A `profile` that is none.

It is sized and simulated by nothing then, data sheets included: a pool that names a file means it. A profile is what
`wrpc calibrate` writes, beside the policy or below its folder.

Bad:

    pool own { gpu h100  replicas 2  profile "missing.json" }
    #                                ^^^^^^^ WRP606
    default { to own }

Good:

    pool own { gpu h100  replicas 2 }
    default { to own }

To repair, write it with `wrpc calibrate LOG -o FILE`, or leave it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.diagnostics import Code, Diagnostic, finding
from wrpc.policy.model import Policy

CODE = Code("WRP606", "unusable-profile", "error", __doc__ or "")


def check(policy: Policy) -> Iterator[Diagnostic]:
    for pool in policy.pools.values():
        own = [side.profile for side in (pool.prefill, pool.decode) if side is not None]
        for name in dict.fromkeys([pool.profile, *own]):
            if name is None:
                continue
            from wrpc.fleet.profiles import Unusable, profile

            path = pool.span.source.path
            try:
                profile(name, [] if path is None else [path.parent])
            except Unusable as why:
                yield finding(
                    CODE, f"pool `{pool.name}` {why.message}", pool.spans.get("profile", pool.span),
                    subjects=(f"pool {pool.name}",), help="`wrpc calibrate LOG -o FILE` makes one",
                )  # fmt: skip
