"""Two routes of equal precedence can both hold, for a request that no route before them takes, and do different things.

The file does not say what happens to that request. Where `resolve` has further keys, a measurement or a spelling
decides, which nobody reads in review: that is a warning, and an error where even those leave the two equal.

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

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, does, shown
from wrpc.diagnostics import Code, Diagnostic, Related, Severity, finding
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room

CODE = Code("WRP201", "conflicting-routes", "error", __doc__ or "")
MOST = 50  # conflicts named of one class: each is a question, and whoever repairs ten of them repairs the rest


def check(policy: Policy, ask: Asker) -> Found:
    for rank, rivals in enumerate(policy.ranked):
        if len({policy.deeds[r.name] for r in rivals}) > 1:
            yield from _in_class(policy, ask, rank, rivals)


def _in_class(policy: Policy, ask: Asker, rank: int, rivals: Sequence[Route]) -> Found:
    """Each pair once: as it stands without failures, or with them where only those bring it about or make it worse."""
    found: dict[frozenset[str], Diagnostic] = {}
    for room in ask.rooms:
        for pair, diagnostic in _pairs(policy, room, rank, rivals):
            if pair not in found or (diagnostic.severity == "error" and found[pair].severity != "error"):
                found[pair] = diagnostic
        if all(d.severity == "error" for d in found.values()) and found:
            break
    yield from found.values()


def _pairs(
    policy: Policy, room: Room, rank: int, rivals: Sequence[Route]
) -> Iterator[tuple[frozenset[str], Diagnostic]]:
    """Pair after pair, each asked away once it is found, until no two routes of the class are left that differ."""
    from wrpc.solver.terms import conj, disj, negate, two_hold

    d = room.decision
    two = two_hold(disj(d.holds(r) for r in group) for group in d.actions(rank))
    term = conj([d.goes_on, negate(d.earlier(rank)), two])
    seen: set[frozenset[str]] = set()
    for _ in range(MOST):
        answer = room.possible(term, lambda r: _both_hold(policy, room, rank, rivals, r, seen) is not None)
        if answer.impossible:
            return
        if answer.request is None:
            message = "routes of equal precedence may conflict"
            yield frozenset(), shown(CODE, message, rivals[0].span, policy, answer)
            return
        replay = room.replay(answer.request)
        assert replay is not None, "a confirmed request is one of the space"
        pair = _both_hold(policy, room, rank, rivals, replay, seen)
        assert pair is not None, "a confirmed request is taken by two routes"
        a, b = pair
        seen.add(frozenset((a.name, b.name)))
        yield frozenset((a.name, b.name)), _finding(policy, room, rank, a, b)
        term = conj([term, negate(conj([d.holds(a), d.holds(b)]))])
    message = f"{MOST} pairs of routes of this precedence conflict, and there may be more"
    yield frozenset(), finding(CODE, message, rivals[0].span, verdict="open")


def _finding(policy: Policy, room: Room, rank: int, a: Route, b: Route) -> Diagnostic:
    """An error with a request that the keys of `resolve` leave undecided; else a warning where only they decide."""
    from wrpc.solver.terms import conj, negate

    d = room.decision
    severity: Severity = "error"
    answer = room.possible(d.both_first(a, b), _conflict(a, b))
    if answer.impossible:
        severity = "warning"
        both = conj([d.goes_on, negate(d.earlier(rank)), d.holds(a), d.holds(b)])
        answer = room.possible(both, lambda r: _both_hold(policy, room, rank, (a, b), r) is not None)
    first, second = sorted((a, b), key=lambda r: r.span.key())
    keys = [k for k in policy.resolve if k != "priority"]
    decide = "decides" if len(keys) == 1 else "decide"
    how = "differ" if severity == "error" else f"differ, and only {' and '.join(keys)} {decide} between them"
    return shown(
        CODE,
        f"routes `{first.name}` and `{second.name}` both take this request and {how}: {does(first)}, {does(second)}",
        first.span,
        policy,
        answer,
        severity=severity,
        subjects=(f"route {first.name}", f"route {second.name}"),
        related=(Related(second.span, "the other route"),),
        help="give one of them a higher priority, or make their conditions exclude each other",
    )


def _conflict(a: Route, b: Route) -> Confirm:
    return lambda r: r.conflict is not None and {a.name, b.name} <= {x.name for x in r.conflict.routes}


def _both_hold(
    policy: Policy,
    room: Room,
    rank: int,
    rivals: Sequence[Route],
    replay: Replay,
    seen: Collection[frozenset[str]] = (),
) -> tuple[Route, Route] | None:
    """Two of the rivals that hold and differ, a pair that is not seen yet; none where anything goes before them."""
    s, machine, among = replay.state, room.interpreter, {r.name for r in rivals}
    if s.denied_by is not None or any(True for _ in machine.denials(s)):
        return None
    holding = list(machine.holding(s))
    if any(policy.rank[r.name] < rank for r in holding):
        return None
    holding = [r for r in holding if r.name in among]
    return next(
        (
            (a, b)
            for a, b in combinations(holding, 2)
            if policy.deeds[a.name] != policy.deeds[b.name] and frozenset((a.name, b.name)) not in seen
        ),
        None,
    )
