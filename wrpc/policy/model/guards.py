"""What must hold whatever the routes say: guards, claims, and the waivers of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from wrpc.policy import kinds as k
from wrpc.policy.expr import Condition
from wrpc.policy.model.values import Value
from wrpc.policy.rows import DESCRIPTION, LABELS, attribute, block
from wrpc.source import Span
from wrpc.values import value

WAIVED = "who answers for a finding; what it excuses stands in the manifest"


@value
class Forbid:
    what: Condition
    when: Condition | None
    span: Span = field(compare=False, repr=False)


@value
class Denial:
    reason: str
    when: Condition | None
    span: Span = field(compare=False, repr=False)


@value
class Obligation:
    """`redact("pii")` is named `redact:pii`. `per_destination`: its condition names `destination`."""

    name: str
    when: Condition | None
    per_destination: bool
    span: Span = field(compare=False, repr=False)


Rule = Forbid | Denial | Obligation


@value
class Waiver:
    """What a guard or claim accepts for a time: findings of one code. `until` is the last day, `2026-12-31`."""

    code: str
    reason: str
    owner: str
    until: str
    span: Span = field(compare=False, repr=False)


@block
class Guard:
    """`accepts_failure`: what a failed signal lets past it is meant."""

    name: str
    rules: tuple[Rule, ...]
    span: Span = field(compare=False, repr=False)
    sealed: bool = False
    critical: bool = False
    accepts_failure: bool = False
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    waivers: tuple[Waiver, ...] = attribute(
        k.Waivers(), "findings about it that are accepted for a time", because=WAIVED, name="waive", default=()
    )


@value
class Claim:
    kind: Literal["always", "never"]
    what: Condition
    when: Condition | None
    reads_destination: bool
    reads_cost: bool
    span: Span = field(compare=False, repr=False)


@block
class Assertion:
    name: str
    claims: tuple[Claim, ...]
    span: Span = field(compare=False, repr=False)
    critical: bool = False
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    waivers: tuple[Waiver, ...] = attribute(
        k.Waivers(), "findings about it that are accepted for a time", because=WAIVED, name="waive", default=()
    )
