"""Two policies over one request space: whether they decide alike, for all requests.

Each policy's decisions are few: what is left of each action after the guards. For each such outcome there is one term;
two policies agree where every outcome has the same requests in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, Interpreter, promoted
from wrpc.decide.request import BadRequest, RequestValue
from wrpc.policy.model import Group, Obligation, Planned, Policy, Route, Score, Signal, Type, plan
from wrpc.solver.decision import Encoded
from wrpc.solver.encode import Encoding
from wrpc.solver.limits import RESOURCES
from wrpc.solver.reference import Reference
from wrpc.solver.room import Answer, Replay
from wrpc.solver.terms import Term, conj, disj, negate

TOUCHED = 8  # pools of one plan that guards may remove: each way of removing them is an outcome of its own

Outcome = tuple[object, ...]


class Incomparable(Exception):
    """The two policies do not speak of the same requests. The message says in which signal they differ."""


@dataclass(frozen=True, slots=True)
class Aspects:
    """What counts as a difference. Weights, roles and obligations may be left out for what a target cannot carry."""

    weights: bool = True
    edges: bool = True
    obligations: bool = True
    reasons: bool = False
    unrouted_is_denied: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """`answer` is impossible where the policies agree; else both decisions on its request, None for a conflict.
    `conflicts`: in one of them routes may conflict for some request (WRP201), of which nothing is said until they do
    not."""

    answer: Answer
    ours: Decision | None = None
    theirs: Decision | None = None
    conflicts: bool = False

    @property
    def verdict(self) -> Literal["same", "different", "open"]:
        if self.conflicts or self.answer.verdict == "open":
            return "open"
        return "same" if self.answer.impossible else "different"


def compare(ours: Policy, theirs: Policy, aspects: Aspects | None = None, *, resources: int = RESOURCES) -> Difference:
    """A request, failures included, that the two decide otherwise. Raises Incomparable."""
    aspects = aspects or Aspects()
    space = joint(ours, theirs)
    machines = (
        Interpreter(replace(ours, signals={**space.signals, **ours.signals})),
        Interpreter(replace(theirs, signals={**space.signals, **theirs.signals})),
    )
    can_fail = any(s.can_fail for s in space.signals.values())
    answer, conflicts = Answer("impossible"), False
    for failures in (False, True) if can_fail else (False,):
        room = Reference(space, failures=failures, resources=resources, readers=(ours, theirs))
        seen = [room.space.seen_by(m.policy) for m in machines]
        for machine, view in zip(machines, seen, strict=True):
            room.assume(machine.policy, view)
        first, second = (
            Encoded(m.policy, Encoding(m.policy, view), room.define) for m, view in zip(machines, seen, strict=True)
        )
        conflicts = conflicts or not room.settle(disj([first.conflict, second.conflict])).impossible
        if answer.impossible:
            answer = room.possible(_differ(first, second, aspects), lambda r: _differs(machines, r, aspects))
    pair = _decisions(machines, answer.request) if answer.request is not None else None
    return Difference(answer, *(pair or (None, None)), conflicts)


def joint(ours: Policy, theirs: Policy) -> Policy:
    """One request space for both: every signal and group of either. Raises Incomparable."""
    for name in ours.signals.keys() & theirs.signals.keys():
        a, b = ours.signals[name], theirs.signals[name]
        if (_values(a), a.can_fail, a.absent) != (_values(b), b.can_fail, b.absent):
            raise Incomparable(f"signal `{name}` is not the same in both")
    # As axioms alone: what a group makes of its default each policy says for itself.
    exclusive = {
        tuple(n for n in g.members if n != g.default): g for g in (*ours.groups.values(), *theirs.groups.values())
    }
    return Policy(
        ours.name,
        ours.sources,
        # What a failure means each says as well; of what only one of them knows it is nothing to the other.
        signals={n: replace(s, on_error=None) for n, s in {**ours.signals, **theirs.signals}.items()},
        groups={f"{i}": Group(f"{i}", m, None, g.span) for i, (m, g) in enumerate(exclusive.items())},
    )


def _values(signal: Signal) -> Type:
    """What the signal can be, apart from when it fires."""
    return replace(signal.type, threshold=None, above=False) if isinstance(signal.type, Score) else signal.type


def _differ(first: Encoded, second: Encoded, aspects: Aspects) -> Term:
    a, b = outcomes(first, aspects), outcomes(second, aspects)
    parts = [_either(a.get(key, False), b.get(key, False)) for key in sorted(a.keys() | b.keys(), key=repr)]
    if aspects.obligations:
        names = sorted(_obligations(first.policy) | _obligations(second.policy))
        parts += [_either(_obliged(first, n), _obliged(second, n)) for n in names]
    decided = conj([negate(first.conflict), negate(second.conflict), disj(parts)])
    return disj([_either(first.conflict, second.conflict), decided])


def _either(a: Term, b: Term) -> Term:
    return disj([conj([a, negate(b)]), conj([negate(a), b])])


def outcomes(d: Encoded, aspects: Aspects) -> Mapping[Outcome, Term]:
    """Every decision that a policy can come to, as what counts of it, with the requests that it comes to it for."""
    found: dict[Outcome, list[Term]] = {}

    def add(outcome: Outcome, term: Term) -> None:
        if term is not False:
            found.setdefault(outcome, []).append(term)

    unrouted: Outcome = ("deny",) if aspects.unrouted_is_denied else ("unrouted",)
    add(("deny",), negate(d.goes_on))
    add(unrouted, d.unrouted)
    for route in d.policy.answering:
        for left, when in _variants(d, route):
            kept = promoted(route.action, left)
            add(_outcome(kept, route.action.others_of(kept), aspects), conj([d.takes(route), when]))
    return {outcome: disj(terms) for outcome, terms in found.items()}


def _variants(d: Encoded, route: Route) -> list[tuple[list[Planned], Term]]:
    """Each way in which guards may empty a plan, with when they do."""
    planned = plan(route.action)
    touched = sorted({p.pool for p in planned if d.left(p.pool, route) is not True})
    if len(touched) > TOUCHED:
        raise Incomparable(
            f"guards may remove {len(touched)} destinations of route `{route.name}`, more than {TOUCHED}"
        )
    variants = []
    for keep in product((True, False), repeat=len(touched)):
        kept = dict(zip(touched, keep, strict=True))
        when = conj(d.left(p, route) if k else negate(d.left(p, route)) for p, k in kept.items())
        variants.append(([p for p in planned if kept.get(p.pool, True)], when))
    return variants


def _outcome(left: list[Planned], others: tuple[str, ...] | None, aspects: Aspects) -> Outcome:
    """What counts of a plan. Primaries have no order; cascades, fallbacks and the other edges do."""
    if not left:
        return ("deny",)
    shown = [(p.pool, p.role, p.weight if aspects.weights else None) for p in left]
    main = sorted((s for s in shown if s[1] == "primary"), key=repr)
    edges = [s for s in shown if s[1] != "primary"] if aspects.edges else []
    return ("route", *main, *edges, aspects.edges and others is not None)


def _obligations(policy: Policy) -> set[str]:
    return {r.name for g in policy.guards.values() for r in g.rules if isinstance(r, Obligation)}


def _obliged(d: Encoded, name: str) -> Term:
    """The obligation stands in the decision's union."""
    terms: list[Term] = []
    for guard in d.policy.guards.values():
        for rule in guard.rules:
            if not isinstance(rule, Obligation) or rule.name != name:
                continue
            if not rule.per_destination:
                terms.append(conj([d.served, negate(d.encoding.condition(rule.when).false)]))
                continue
            terms += [d.asks(guard.name, pool, d.takes, name) for pool in d.policy.pools]
    return disj(terms)


# ── Replay ────────────────────────────────────────────────────────────────


def _decisions(
    machines: tuple[Interpreter, Interpreter], request: Mapping[str, RequestValue]
) -> tuple[Decision | None, Decision | None] | None:
    """Both decisions, None for a conflict; None for the pair where the request is none of one of them."""
    found: list[Decision | None] = []
    for machine in machines:
        try:
            machine.admit(request)
            found.append(machine.decision(request)[0])
        except BadRequest:
            return None
        except Conflict:
            found.append(None)
    return found[0], found[1]


def _differs(machines: tuple[Interpreter, Interpreter], replay: Replay, aspects: Aspects) -> bool:
    pair = _decisions(machines, replay.request)
    return pair is not None and told(pair[0], aspects) != told(pair[1], aspects)


def told(d: Decision | None, aspects: Aspects) -> Outcome:
    """What counts of a decision."""
    if d is None:
        return ("conflict",)
    left = [Planned(s.pool, s.role, s.weight) for s in d.destinations]
    action = "deny" if d.action == "unrouted" and aspects.unrouted_is_denied else d.action
    outcome = _outcome(left, d.others, aspects) if action == "route" else (action,)
    obligations = d.obligations if aspects.obligations else ()
    return (outcome, obligations, d.reason if aspects.reasons else None)
