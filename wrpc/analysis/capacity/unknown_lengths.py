"""A workload whose distribution of lengths only the fleet simulator has."""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.analysis.capacity.unusable_lengths import unusable
from wrpc.diagnostics import Diagnostic
from wrpc.fleet.codes import UNKNOWN_LENGTHS
from wrpc.policy.model import Policy

CODE = UNKNOWN_LENGTHS


def check(policy: Policy) -> Iterator[Diagnostic]:
    return (f for f in unusable(policy) if f.code is CODE)
