"""What every target that starts engines says of a policy: an engine serves what reaches it and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.targets.target import Carriage, Construct, Elsewhere, Group, shared

GATEWAY = Elsewhere("the gateway")
PLACEMENT = Elsewhere("placement")
PLANNING = Elsewhere("capacity planning, before the engines run")

ROWS: Mapping[str, Carriage] = {
    **shared(
        {
            Group.CONDITIONS: GATEWAY,
            Group.ROUTES: GATEWAY,
            Group.EDGES: GATEWAY,
            Group.SETTINGS: GATEWAY,
            Group.LOAD: PLANNING,
            Group.SITES: PLACEMENT,
        }
    ),
    Construct.GUARD_DENY: GATEWAY,
    Construct.GUARD_FORBID: GATEWAY,
    Construct.GUARD_REQUIRE: GATEWAY,
    Construct.MODEL_SIZE: Elsewhere("the weights themselves; what does not fit is found while compiling (WRP810)"),
    Construct.MODALITY: Elsewhere("the weights themselves"),
    Construct.QUALITY: GATEWAY,
    Construct.ENDPOINT: GATEWAY,
    "auth": GATEWAY,
    "api": GATEWAY,
    Construct.PROVIDER: Elsewhere("the provider"),
    Construct.PRICE: GATEWAY,
    Construct.ASSERT: Elsewhere("the proofs"),
    Construct.TEST: Elsewhere("the tests of the policy"),
}
