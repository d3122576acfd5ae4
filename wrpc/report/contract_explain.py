"""The JSON that `explain` prints, as models."""

from __future__ import annotations

from typing import Literal

from wrpc.report.contract import Contract, Decision, Proof, Span, Value


class RouteHead(Contract):
    """`when` is null for a catch-all; `does` is what it does, in words."""

    subject: str
    span: Span
    tier: int | None
    priority: int
    when: str | None
    does: str


class LeftRoute(RouteHead):
    """Routes of one `rank` have equal precedence, a lower one goes first. `points` is its share of the points of the
    space, null where conditions hold sums against numbers; it is no share of traffic. `region`: what is left to the
    route, as a finding says it. `after`
    are a few earlier routes that take some of what it matches."""

    rank: int
    verdict: Literal["reached", "never", "open"]
    request: dict[str, Value] | None
    points: float | None
    region: str | None
    after: list[str]


class PolicyHead(Contract):
    name: str
    owner: str
    description: str
    resolve: list[str]


class ExplainedPolicy(Contract):
    """What `explain POLICY --format json` prints. `denied` is the share of points denied before any route is asked."""

    version: Literal[1]
    policy: PolicyHead
    routes: list[LeftRoute]
    denied: float | None
    proofs: list[Proof]


class Fact(Contract):
    """`subject` is the other rule that it is about, `pool` a destination that is removed; `request` shows it."""

    fact: str
    subject: str | None
    pool: str | None
    verdict: Literal["shown", "never", "open"]
    request: dict[str, Value] | None
    why: str | None


class ExplainedRoute(RouteHead):
    """What `explain POLICY route NAME --format json` prints."""

    version: Literal[1]
    facts: list[Fact]


class ExplainedGuard(Contract):
    """What `explain POLICY guard NAME --format json` prints. `leans_on` are the rules that keep the guard whatever the
    others say, null where these are not told apart."""

    version: Literal[1]
    subject: str
    span: Span
    sealed: bool
    critical: bool
    rules: list[str]
    verdict: Literal["proved", "enforced", "open"]
    leans_on: list[str] | None
    facts: list[Fact]
    why: str | None


class ExplainedClaim(Contract):
    """`leans_on` as for a guard; `request` breaks the claim, with its decision."""

    claim: str
    span: Span
    verdict: Literal["proved", "refuted", "open"]
    leans_on: list[str] | None
    assumes: list[str]
    request: dict[str, Value] | None
    decision: Decision | None
    why: str | None


class ExplainedAssert(Contract):
    """What `explain POLICY assert NAME --format json` prints."""

    version: Literal[1]
    subject: str
    span: Span
    critical: bool
    claims: list[ExplainedClaim]


class PartTruth(Contract):
    condition: str
    truth: bool | None


class RouteTruth(RouteHead):
    """`truth` of its condition, null where it is unknown."""

    truth: bool | None
    parts: list[PartTruth]


class RuleTruth(Contract):
    """`truth` of its condition, null where it is unknown or asks about the destination; `removes` is null for a rule
    that forbids nothing."""

    rule: str
    truth: bool | None
    removes: list[str] | None


class GuardTruth(Contract):
    subject: str
    rules: list[RuleTruth]


class ExplainedRequest(Contract):
    """What `explain POLICY --request JSON --format json` prints. `conflict` are routes that say two things, and
    then there is no decision."""

    version: Literal[1]
    decision: Decision | None
    conflict: list[str] | None
    routes: list[RouteTruth]
    guards: list[GuardTruth]
