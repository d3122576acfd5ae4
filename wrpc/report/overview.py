"""Why, for a whole policy: which route goes before which, and what each is left with; and for a claim what keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from wrpc.analysis.search import suspects
from wrpc.report import decision as decisions
from wrpc.report import units
from wrpc.report.explain import does, leans, meanings, precedence, written
from wrpc.report.screen import Line
from wrpc.report.text import place

if TYPE_CHECKING:
    from wrpc.decide.decision import Decision
    from wrpc.diagnostics import Proof, Witness
    from wrpc.policy.model import Assertion, Claim, Policy, Route
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

MOST = 5  # earlier routes that are named


# ── A policy ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Left:
    """What precedence and denials leave to a route: `points` is its share of the points of the space, None where sums
    are held against numbers; it is no share of traffic. `after` are earlier routes that take some of its requests.
    `region`: what is left to it as a condition, or the widest part of it and how much more there is."""

    route: Route
    verdict: Literal["reached", "never", "open"]
    request: Witness | None
    points: float | None
    after: tuple[str, ...]
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    classes: tuple[tuple[Left, ...], ...]
    """Routes of equal precedence together, highest first; the default last and alone."""
    denied: float | None
    """The share of the points that is denied before any route is asked."""
    proofs: tuple[Proof, ...]


def overview(policy: Policy) -> Overview:
    from wrpc.analysis.run import check
    from wrpc.solver.ask import Asker

    ask = Asker(policy)
    shares = Shares(policy)
    classes: list[tuple[Left, ...]] = []
    earlier: list[Route] = []
    for group in policy.ranked:
        classes.append(tuple(_left(ask, shares, r, earlier) for r in group))
        earlier += group
    if policy.default is not None:
        classes.append((_left(ask, shares, policy.default, []),))
    told = [tuple(_said(ask, left) for left in group) for group in classes]
    return Overview(tuple(told), shares.denied, check(policy).proofs)


def _said(ask: Asker, left: Left) -> Left:
    """With its region, where anything is left to it; asked when all else is."""
    if left.verdict != "reached":
        return left
    region = ask.region(lambda room: room.decision.takes(left.route))
    return left if region is None else replace(left, region=region.text)


class Shares:
    """Shares of points over requests without failures."""

    def __init__(self, policy: Policy) -> None:
        from wrpc.solver.sets import Ground

        # Which of two routes goes first may depend on what is measured of a request, and that no diagram knows.
        self._ground = None if policy.measured else Ground(policy, failures=False)
        self._all = None if self._ground is None else self._ground.all.points()
        self._policy = policy

    def of(self, route: Route) -> float | None:
        return None if self._ground is None else self._share(self._ground.reads(self._policy).takes(route))

    @property
    def denied(self) -> float | None:
        from wrpc.solver.terms import negate

        return None if self._ground is None else self._share(negate(self._ground.reads(self._policy).goes_on))

    def _share(self, term: Term) -> float | None:
        if self._ground is None or not self._all:
            return None
        points = self._ground.requests(term).points()
        return None if points is None else points / self._all


def _left(ask: Asker, shares: Shares, route: Route, earlier: list[Route]) -> Left:
    from wrpc.solver.witness import witness

    policy = ask.policy
    answer = ask.anywhere(
        lambda room: room.decision.takes(route), lambda r: r.decision is not None and r.decision.route == route.name
    )
    verdict: Literal["reached", "never", "open"] = "open"
    if answer.impossible or answer.possible:
        verdict = "reached" if answer.possible else "never"
    request = None if answer.request is None else witness(policy, answer.request, [route.when])
    return Left(route, verdict, request, shares.of(route), tuple(_after(ask.healthy, route, earlier)))


def _after(room: Room, route: Route, earlier: list[Route]) -> list[str]:
    """A few of the earlier routes that take what this one matches."""
    from wrpc.solver.terms import conj

    d = room.decision
    found: list[str] = []
    for other in suspects(room, earlier, lambda r: conj([d.takes(r), d.holds(route)])):
        if len(found) == MOST:
            break
        if not room.settle(conj([d.takes(other), d.holds(route)])).impossible:
            found.append(other.name)
    return found


def policy_text(policy: Policy, found: Overview) -> Iterator[Line]:
    yield ((f"policy {units.name(policy.name)}", "strong"), (f"  {policy.sources[0].name}", "place"))
    if policy.description:
        yield ((f"  {policy.description}", ""),)
    counts = ((len(policy.signals), "signal"), (len(policy.answering), "route"), (len(policy.guards), "guard"),
              (len(policy.pools), "pool"), (len(policy.tests), "test"))  # fmt: skip
    yield ((f"  {', '.join(f'{n} {w}' + ('' if n == 1 else 's') for n, w in counts)}", ""),)
    yield ((f"  equal tiers go by {', then '.join(policy.resolve) or 'nothing: they must not meet'}", ""),)
    if found.denied:
        yield ()
        yield (("  denied before any route", "strong"), (f"  {percent(found.denied)} of the points", "label"))
    for group in found.classes:
        yield ()
        for left in group:
            yield from _route(policy, left)
    if found.proofs:
        yield ()
    for proof in found.proofs:
        yield ((f"  {proof.verdict:<9}", proof.verdict), (proof.subject, ""))


def _route(policy: Policy, left: Left) -> Iterator[Line]:
    route = left.route
    name = "default" if route is policy.default else f"route {units.name(route.name)}"
    share = "" if left.points is None else f"  {percent(left.points)} of the points"
    yield ((f"  {precedence(route)}{name}", "strong"), (f"  {does(route)}", ""), (share, "label"))
    if route.when is not None:
        yield ((f"      when {written(route.when)}", ""),)
    if left.verdict == "never":
        yield (("      no request reaches it", "warning"),)
    elif left.after:
        more = " …" if len(left.after) == MOST else ""
        yield (("      after ", "label"), (", ".join(map(units.name, left.after)) + more, ""))
    if left.region is not None:
        yield (("      takes ", "label"), (left.region, ""))


def percent(share: float) -> str:
    """`12%`, `0.4%`, `< 0.1%`."""
    if 0 < share < 0.001:
        return "< 0.1%"
    return f"{100 * share:.1f}%".replace(".0%", "%")


# ── A claim ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Why:
    """What became of one claim: what a proof leans on, None where that is not told apart from the whole policy; the
    request that refutes it with its decision."""

    claim: Claim
    verdict: Literal["proved", "refuted", "open"]
    leans_on: tuple[str, ...] | None = None
    assumes: tuple[str, ...] = ()
    request: Witness | None = None
    decision: Decision | None = None
    why: str = ""


def whys(policy: Policy, found: Assertion) -> Iterator[Why]:
    from wrpc.analysis import leaning
    from wrpc.analysis.safety.verdicts import claims, within_budgets
    from wrpc.solver.ask import Asker
    from wrpc.solver.witness import witness

    ask = Asker(policy)
    assumed = tuple(f"assume {a}" for a in policy.assumptions)
    for assertion, claim, verdict in claims(ask):
        if assertion is not found:
            continue
        answer = verdict.healthy if not verdict.healthy.impossible or not found.critical else verdict.answer
        if answer.request is not None:
            replay = ask.healthy.replay(answer.request) or ask.failing.replay(answer.request)
            shown = witness(policy, answer.request, [claim.what, claim.when])
            yield Why(claim, "refuted", request=shown, decision=None if replay is None else replay.decision)
        elif not answer.impossible or verdict.contested:
            yield Why(claim, "open", why=answer.why or verdict.contested)
        else:
            fails = verdict.only_with_failures
            rooms = (ask.healthy,) if fails else ask.rooms
            assumes = (*(("no signal fails",) if fails else ()), *assumed, *within_budgets(policy, claim))
            yield Why(claim, "proved", leaning.of_claim(ask, claim, rooms), assumes)


def assertion_text(policy: Policy, found: Assertion) -> Iterator[Line]:
    words = "critical  " if found.critical else ""
    yield ((f"assert {units.name(found.name)}", "strong"), (f"  {words}{place(found.span)}", "place"))
    for one in whys(policy, found):
        yield ((f"  {' '.join(one.claim.span.text.split())}", ""),)
        for condition in (one.claim.what, one.claim.when):
            if condition is not None:
                yield from meanings(policy, condition)
        yield ()
        match one.verdict:
            case "proved":
                yield (("  proved", "proved"), ("  for every request", ""))
                if one.leans_on is None:
                    yield (("  leans on                 ", "label"), ("the policy as a whole", ""))
                else:
                    yield from leans(one.leans_on)
                if one.assumes:
                    yield (("  assuming                 ", "label"), (", ".join(one.assumes), ""))
            case "refuted":
                yield (("  refuted", "refuted"), (f"  with {units.request(one.request or {})}", ""))
                if one.decision is not None:
                    yield from decisions.render(one.decision, "  request")
            case "open":
                yield (("  open", "open"), (f"  {one.why}", ""))
