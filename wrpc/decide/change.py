"""What a change of policy does to one request: LANGUAGE.md, "What a change does", to be read beside that section.

Two policies take the same request; the effect says whether the new one lets more happen than the old. What all requests
come to is `solver/changes.py`'s to find, and a law holds it to this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from wrpc.decide.decision import Decision, Served
from wrpc.decide.interpret import Interpreter, interpreter
from wrpc.decide.request import Request, RequestValue, default
from wrpc.decide.state import State, state
from wrpc.decide.structure import Structure, Table
from wrpc.policy.expr import Condition
from wrpc.policy.model import (
    Action,
    Bool,
    Enum,
    Forbid,
    Int,
    Measure,
    Obligation,
    Planned,
    Policy,
    Real,
    Route,
    Score,
    Set,
    Signal,
    String,
)  # fmt: skip
from wrpc.policy.numbers import declared
from wrpc.policy.reading import attributes, signals
from wrpc.policy.reading import numbers as numbers_of
from wrpc.values import value

Effect = Literal["weaker", "stronger", "different", "same"]
Profile = tuple[str | Fraction | None, ...]

ALWAYS = ("trust", "region", "provider")
OUTSIDE = Decision(None, "deny", "the old policy does not admit this request")


@value
class Told:
    """What counts of a decision. `denial` says why nothing is served: a text, or a reason that no policy words.

    `asked`: by profile, what every destination that has it is asked. `rest`: whatever else counts: roles and weights,
    order and settings, and which rule it is that asks for something.
    """

    denial: tuple[str, ...] | None
    asked: Mapping[Profile, frozenset[str]]
    rest: tuple[object, ...] = ()


def effect(old: Told, new: Told) -> Effect:
    """What the change is for the request that these are told of."""
    ours, theirs = old.asked, new.asked
    shared = ours.keys() & theirs.keys()
    if theirs.keys() - ours.keys() or any(ours[p] - theirs[p] for p in shared):
        return "weaker"
    if ours.keys() - theirs.keys() or any(theirs[p] - ours[p] for p in shared):
        return "stronger"
    if old.denial == ("outside",) and new.denial not in (None, ("unrouted",)):
        return "same"  # denied then and denied now: there was no text to differ from
    return "same" if (old.denial, old.rest) == (new.denial, new.rest) else "different"


class Sides:
    """Two policies whose decisions are compared."""

    def __init__(self, old: Policy, new: Policy, *, named: bool = False) -> None:
        """`named`: pools are matched by their names as well."""
        names = ("pool",) if named else ()
        numbers = frozenset(_read(old, numbers_of) | _read(new, numbers_of))
        read = _read(old, attributes) | _read(new, attributes) | numbers
        self.attributes = tuple(dict.fromkeys((*names, *ALWAYS, *sorted(read))))
        table: Table = {}
        self.old = Side(old, self.attributes, table, numbers)
        self.new = Side(new, self.attributes, table, numbers)
        both = [n for n in self.old.signals if n in self.new.signals]
        self.absent = {n: absentee(n) for n in both if self._differs(n)}
        """The signals of which an absent header, claim or cookie is a request of its own, and what says of a request
        that it is one: a bool that no policy has. To each policy it is its own `absent`, or a failure."""
        self.old.absent = self.new.absent = self.absent
        self.old.changed = tuple(n for n in both if not self.alike(n))

    def _differs(self, name: str) -> bool:
        """To the two policies an absent one is not the same."""
        a, b = self.old.signals[name], self.new.signals[name]
        return a.absent != b.absent and all(s.can_fail or s.absent is not None for s in (a, b))

    def alike(self, name: str) -> bool:
        """Both admit the same values of a signal."""
        a, b = self.old.signals[name], self.new.signals[name]
        return values(a) == values(b) and (a.can_fail == b.can_fail or name in self.absent)

    @cached_property
    def signals(self) -> Mapping[str, Signal]:
        """Every signal of either; of both, as the new one has it."""
        shared = dict(self.new.signals)
        for name in self.absent:  # of a header, to be absent is the only way to fail
            shared[name] = replace(shared[name], can_fail=shared[name].can_fail and self.old.signals[name].can_fail)
        gone = {n: s for n, s in self.old.signals.items() if n not in self.new.signals}
        return {**shared, **gone, **{a: _told_absent(a, self.new.signals[n]) for n, a in self.absent.items()}}

    def lost(self, condition: Condition) -> bool:
        """The old policy's condition depends on nothing that the new one knows of."""
        return not signals(self.old.policy, [condition]) & self.new.signals.keys()

    def admits(self, request: Request) -> bool:
        """The request is one that is compared: the new policy admits it, and what the old one alone knows of it is
        something that the old one can have seen."""
        if self.new.broken(request):
            return False
        for members in self.old.firing(request):
            if len(members) > 1 and sum(m in self.new.signals for m in members) < 2:
                return False
        return not any(self.lost(c) for c in self.old.unmet(request))

    def outside(self, request: Request) -> bool:
        """The old policy does not admit the request, which counts as denied there."""
        old = self.old
        return any(not fits(old.signals[n], old.seen(request, n)) for n in old.changed) or old.broken(request)

    def told(self, request: Request) -> tuple[Decision, Told, Decision, Told]:
        """Both decisions on a request that is admitted, and what counts of them. Raises Conflict."""
        new, new_told = self.new.told(request)
        if self.outside(request):
            return OUTSIDE, Told(("outside",), {}), new, new_told
        return (*self.old.told(request), new, new_told)

    def effect(self, request: Request) -> Effect | None:
        """None for a request that is not compared. Raises Conflict."""
        if not self.admits(request):
            return None
        _, old, _, new = self.told(request)
        return effect(old, new)


class Side:
    """One of the two."""

    def __init__(
        self, policy: Policy, attributes: tuple[str, ...], table: Table, numbers: frozenset[str] = frozenset()
    ) -> None:
        self.policy = policy
        self.signals = policy.signals
        self.machine: Interpreter = interpreter(policy)
        self.changed: tuple[str, ...] = ()
        """The signals that may have values which are none of this policy's."""
        self.absent: Mapping[str, str] = {}
        """See `Sides`."""
        self.conflicts = True
        """Routes may conflict for some request, as far as anybody knows."""
        self._attributes = attributes
        self._numbers = numbers
        self._structure = Structure(policy, table)

    def own(self, request: Request) -> Request:
        """The part of a request that this policy reads; a value that is none of the signal's is as if absent."""
        found = {name: self.seen(request, name) for name in self.signals}
        for name in self.changed:
            if not fits(self.signals[name], found[name]):
                found[name] = default(self.signals[name])
        return found

    def seen(self, request: Request, name: str) -> RequestValue:
        """What a signal is to this policy, whether it is a value of its own or not; None for a failure."""
        if name in self.absent and request[self.absent[name]]:
            return self.signals[name].absent
        return request[name]

    # ── The requests ──────────────────────────────────────────────────────

    def broken(self, request: Request) -> bool:
        """An axiom of the policy does not hold."""
        return any(len(m) > 1 for m in self.firing(request)) or any(True for _ in self.unmet(request))

    def firing(self, request: Request) -> Iterable[list[str]]:
        """Of each exclusive group the members, its default aside, that the request says fire."""
        seen = self.own(request) if self.policy.groups else request
        for group in self.policy.groups.values():
            yield [m for m in group.members if m != group.default and _fires(self.signals[m], seen[m])]

    def unmet(self, request: Request) -> Iterable[Condition]:
        """The assumptions that the request breaks; none where a group is broken, which leaves nothing to ask."""
        if not self.policy.assumptions or any(len(m) > 1 for m in self.firing(request)):
            return
        seen = state(self.policy, self.own(request), meanings=False)
        for assumption in self.policy.assumptions.values():
            if self.machine.test(assumption.condition)(seen, None, None) is False:
                yield assumption.condition

    # ── The decisions ─────────────────────────────────────────────────────

    def told(self, request: Request) -> tuple[Decision, Told]:
        """Raises Conflict."""
        decision, seen = self.machine.decision(self.own(request))
        return decision, self.counted(decision, seen)

    def counted(self, decision: Decision, seen: State) -> Told:
        denial = denied(decision)
        if denial is not None:
            return Told(denial, {})
        route = self.route(decision.route or "")
        everywhere = self.everywhere(seen)
        asked: dict[Profile, frozenset[str]] = {}
        own = set()
        for served in decision.destinations:
            profile = self.profile(served.pool)
            mine = everywhere | frozenset(served.obligations)
            asked[profile] = asked.get(profile, mine) & mine
            own.add((profile, served.obligations))
        shape = self.shape(route.action, decision.destinations, decision.others)
        return Told(None, asked, (shape, frozenset(own), decision.obligations))

    def shape(self, action: Action, left: Sequence[Served | Planned], others: tuple[str, ...] | None) -> object:
        """What counts of a plan as the guards leave it, obligations aside. Primaries have no order."""
        edges: dict[tuple[str, str], object] = {
            **{("fallback", f.pool): tuple(sorted(f.causes)) for f in action.fallbacks},
            **{("spill", s.pool): s.above for s in action.spills},
            **{("mirror", m.pool): m.share for m in action.mirrors},
        }
        shown = [(self.profile(p.pool), p.role, p.weight, edges.get((p.role, p.pool))) for p in left]
        main = sorted((s for s in shown if s[1] == "primary"), key=repr)
        rest = [s for s in shown if s[1] != "primary"]
        escalates = any(p.role == "cascade" for p in left)
        settings = replace(
            action, kind="to", shares=(), steps=(), escalate=None, others=None, fallbacks=(), spills=(), mirrors=(),
            step_spans=(), budgets=(),
        )  # fmt: skip
        escalate = self._structure.of(action.escalate) if escalates else None
        budgets = tuple((replace(b, then=()), *map(self._measure, b.then)) for b in action.budgets_of(left))
        return *main, *rest, others, settings, budgets, escalate

    def _measure(self, measure: Measure) -> object:
        """A pool counts by its profile."""
        value = self.profile(str(measure.value)) if measure.kind == "pool" else measure.value
        return measure.at, measure.kind, value

    def route(self, name: str) -> Route:
        found = self.policy.routes.get(name) or self.policy.default
        assert found is not None, "a decision's route is one of the policy's"
        return found

    def everywhere(self, seen: State) -> frozenset[str]:
        """What the decision as a whole is asked, whatever serves it."""
        return frozenset(
            rule.name
            for guard in self.policy.guards.values()
            for rule in guard.rules
            if isinstance(rule, Obligation)
            and not rule.per_destination
            and self.machine.holds(rule.when, seen) is not False
        )

    def profile(self, pool: str) -> Profile:
        """Two pools of one profile are the same to every rule."""
        found = self.policy.pools[pool]
        return tuple(
            declared(self.policy, found, a) if a in self._numbers else found.attribute(a) for a in self._attributes
        )


def denied(decision: Decision) -> tuple[str, ...] | None:
    """Why nothing is served, without the names of rules; None where something is."""
    if decision.action == "unrouted":
        return ("unrouted",)
    if decision.action == "route":
        return None
    by = (decision.by or "").partition(" ")[0]
    if by == "guard" and decision.route is not None:
        return ("removed",)
    if by == "route" and decision.route is None:
        return ("unknown",)
    return ("text", decision.reason or "")


# ── Requests of two policies ──────────────────────────────────────────────


def absentee(name: str) -> str:
    """What no signal is called, for a bool that is true where this one is absent."""
    return f"`{name}` is absent"


def _told_absent(name: str, signal: Signal) -> Signal:
    return Signal(name, Bool(), signal.source, None, False, "", signal.span)


def values(signal: Signal) -> object:
    """What the signal can be, apart from when it fires."""
    return replace(signal.type, threshold=None, above=False) if isinstance(signal.type, Score) else signal.type


def fits(signal: Signal, value: RequestValue) -> bool:
    """A value that some signal of this name has is one of this one."""
    if value is None:
        return signal.can_fail
    match signal.type:
        case Bool():
            return isinstance(value, bool)
        case Int(low, high):
            return isinstance(value, Fraction) and value.denominator == 1 and low <= value <= high
        case Real(low, high) | Score(low, high):
            return isinstance(value, Fraction) and low <= value <= high
        case Enum(names):
            return isinstance(value, str) and value in names
        case Set(names):
            return isinstance(value, frozenset) and value <= set(names)
        case String():
            return isinstance(value, str)


def _fires(signal: Signal, value: RequestValue) -> bool:
    if isinstance(signal.type, Score):
        return isinstance(value, Fraction) and signal.type.fires(value)
    return value is True


def _read(policy: Policy, of: Callable[[Condition], Iterable[str]]) -> set[str]:
    """What of a destination a guard or claim reads."""
    found: set[str] = set()
    for guard in policy.guards.values():
        for rule in guard.rules:
            conditions = (rule.when, rule.what) if isinstance(rule, Forbid) else (rule.when,)
            found.update(a for c in conditions if c is not None for a in of(c))
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            found.update(a for c in (claim.what, claim.when) if c is not None for a in of(c))
    return found
