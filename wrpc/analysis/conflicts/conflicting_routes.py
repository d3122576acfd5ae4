"""Two routes of equal precedence match the same request, no earlier route takes it, and they treat it differently.

The file does not say what happens to that request. If `resolve` has further keys, a measured confidence or the spelling
of a name decides, which a reviewer does not see: that is a warning. If even those leave the two equal, it is an error.
Every pair is reported with a request of its own. Nothing is proved about requests for which routes conflict: claims and
guards that concern them stay open until the conflict is repaired.

Bad:

    signal code: bool { source keywords("def") }
    signal law: bool { source keywords("court") }
    pool small { }
    pool large { }
    route a { when code  to small }
    #     ^ WRP201
    route b { when law  to large }
    default { to small }

Good:

    signal code: bool { source keywords("def") }
    signal law: bool { source keywords("court") }
    pool small { }
    pool large { }
    route a { priority 1  when code  to small }
    route b { when law  to large }
    default { to small }

To repair, give one of them a higher priority or a lower tier, make their conditions exclude each other, or say with an
exclusive `group` that their signals never fire together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, does, shown
from wrpc.analysis.conflicts.pairs import Clash, Known, Meeting
from wrpc.diagnostics import Code, Diagnostic, Related, Severity
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP201", "conflicting-routes", "error", __doc__ or "")
MOST = 50  # pairs named of one class and severity: whoever repairs ten of them repairs the rest


def check(policy: Policy, ask: Asker) -> Found:
    for rank, rivals in enumerate(policy.ranked):
        if len({policy.deeds[r.name] for r in rivals}) > 1:
            yield from _in_class(policy, ask, rank, rivals)


def _in_class(policy: Policy, ask: Asker, rank: int, rivals: Sequence[Route]) -> Found:
    """Each pair once: first all that conflict, whether or not a signal has to fail for it, then those that only the
    further keys of `resolve` tell apart."""
    known = Known()
    unsettled: set[str] = set()
    named = 0
    for _, clash in _clashes(ask, rank, known, first=True) if "name" not in policy.resolve else ():
        if clash.other is None:
            unsettled.add(clash.route.name)
            yield _unsettled(policy, clash)
            continue
        if named == MOST:
            yield _too_many(policy, rivals, clash.answer, "conflict, and the others are not named")
            return
        named += 1
        found = _finding(policy, clash.route, clash.other, clash.answer, "error", "differ")
        yield Over(found, partial(_both_first, clash.route, clash.other))
    if set(policy.resolve) <= {"priority"}:
        return  # there all that meet conflict
    named = 0
    for room, clash in _clashes(ask, rank, known, first=False):
        if clash.route.name in unsettled:
            continue
        if clash.other is None:
            yield _unsettled(policy, clash, severity="warning")
            continue
        if not _told_apart(room, rank, clash.route, clash.other):
            continue
        if named == MOST:
            yield _too_many(policy, rivals, clash.answer, _met(policy, settled=not unsettled), not unsettled)
            return
        named += 1
        how = _how(policy, clash.route, clash.other)
        found = _finding(policy, clash.route, clash.other, clash.answer, "warning", how)
        yield Over(found, partial(_meeting, rank, clash.route, clash.other))


def _clashes(ask: Asker, rank: int, known: Known, *, first: bool) -> Iterator[tuple[Room, Clash]]:
    for room in ask.rooms:
        yield from ((room, clash) for clash in Meeting(room, rank, first=first).clashes(known))


def _finding(policy: Policy, a: Route, b: Route, answer: Answer, severity: Severity, how: str) -> Diagnostic:
    one, two = sorted((a, b), key=lambda r: r.span.key())
    return shown(
        CODE,
        f"routes `{one.name}` and `{two.name}` both take this request and {how}: {does(one)}, {does(two)}",
        one.span,
        policy,
        answer,
        severity=severity,
        subjects=(f"route {one.name}", f"route {two.name}"),
        related=(Related(two.span, "the other route"),),
        help="give one of them a higher priority, or make their conditions exclude each other",
    )


def _how(policy: Policy, a: Route, b: Route) -> str:
    """Which keys tell apart two routes that never conflict."""
    keys, then = [], ""
    for key in policy.resolve:
        if key != "priority":
            keys.append(key)
        elif a.priority != b.priority:
            then = " before their priorities do"
            break
    return f"differ, and only {' and '.join(keys)} {'decides' if len(keys) == 1 else 'decide'} between them{then}"


def _told_apart(room: Room, rank: int, a: Route, b: Route) -> bool:
    """A key does tell them apart. Two that every key leaves equal, and that never conflict, a third route beats
    wherever both hold: that is no business of theirs."""
    from wrpc.solver.terms import conj, negate

    return not room.settle(conj([_meeting(rank, a, b, room), negate(room.decision.tied(a, b))])).impossible


def _both_first(a: Route, b: Route, room: Room) -> Term:
    """The two conflict."""
    from wrpc.solver.terms import conj

    d = room.decision
    return conj([d.goes_on, d.first(a), d.first(b)])


def _meeting(rank: int, a: Route, b: Route, room: Room) -> Term:
    """Both hold, and nothing goes before their class."""
    from wrpc.solver.terms import conj, negate

    d = room.decision
    return conj([d.goes_on, negate(d.earlier(rank)), d.holds(a), d.holds(b)])


def _unsettled(policy: Policy, clash: Clash, *, severity: Severity = "error") -> Diagnostic:
    """As a warning where it is known that the route conflicts with none."""
    route = clash.route
    what = "conflicts with another" if severity == "error" else "meets another, without a conflict,"
    return shown(
        CODE,
        f"whether route `{route.name}` {what} of its precedence is not settled",
        route.span,
        policy,
        clash.answer,
        severity=severity,
        subjects=(f"route {route.name}",),
        help="simplify its condition, or give it a priority of its own",
    )


def _met(policy: Policy, *, settled: bool) -> str:
    if not settled:
        return "meet, and whether those that are not named conflict is not settled"
    keys = " and ".join(k for k in policy.resolve if k != "priority")
    return f"are told apart by {keys} alone; the others are not named, and none conflicts: no request leaves two equal"


def _too_many(policy: Policy, rivals: Sequence[Route], answer: Answer, what: str, harmless: bool = False) -> Diagnostic:
    """A request that shows one pair more than are named. `harmless`: it is known that none of the rest conflicts."""
    return shown(
        CODE,
        f"more than {MOST} pairs of routes of this precedence {what}",
        rivals[0].span,
        policy,
        answer,
        severity="warning" if harmless else "error",
        help="repair those that are named, then run `check` again",
    )
