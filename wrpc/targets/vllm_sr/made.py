"""What has been written of a file so far, and what scores ask of who writes conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from wrpc.diagnostics import Diagnostic
from wrpc.policy.expr import Condition, Interval
from wrpc.policy.model import Policy, Signal
from wrpc.source import Span
from wrpc.targets.vllm_sr.kinds import Counted, Entry, Metric, Rule
from wrpc.targets.vllm_sr.nodes import Node


@dataclass(slots=True)
class Made:
    """What has been written so far, each section as entries by name, with the place that each comes from."""

    signals: dict[str, dict[str, Entry]] = field(default_factory=dict)
    scores: dict[str, Entry] = field(default_factory=dict)
    mappings: dict[str, Entry] = field(default_factory=dict)
    bindings: dict[str, Entry] = field(default_factory=dict)
    outputs: dict[str, tuple[str, Interval]] = field(default_factory=dict)
    spans: dict[tuple[str, str], Span] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)


class Writer(Protocol):
    """Writes rules: for a condition, for a signal that fires."""

    policy: Policy
    made: Made

    def condition(self, condition: Condition | None) -> Node: ...
    def described(self, signal: Signal, label: str | None) -> Rule | Counted | Metric: ...
    def rule(self, signal: Signal, found: Rule | Counted | Metric) -> Node: ...
