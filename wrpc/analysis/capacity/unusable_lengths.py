"""A workload whose lengths are no distribution."""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.diagnostics import Diagnostic
from wrpc.fleet.codes import UNUSABLE_LENGTHS
from wrpc.fleet.lengths import Unusable, finding_of, of_workload
from wrpc.policy.model import Policy

CODE = UNUSABLE_LENGTHS


def check(policy: Policy) -> Iterator[Diagnostic]:
    return (f for f in unusable(policy) if f.code is CODE)


def unusable(policy: Policy) -> Iterator[Diagnostic]:
    """Lengths that nobody can use, for whatever reason."""
    for workload in policy.workloads.values():
        try:
            of_workload(workload)
        except Unusable as why:
            yield finding_of(workload, why)
