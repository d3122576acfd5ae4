"""An assumed share that no traffic of the workload can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.fleet.codes import CONTRADICTING_SHARES
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = CONTRADICTING_SHARES


def check(policy: Policy, _ask: Asker) -> Found:
    if policy.frequencies:
        from wrpc.fleet.traffic import traffic

        yield from (f for f in traffic(policy).found if f.code is CODE)
