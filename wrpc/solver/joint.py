"""The requests of two policies, an old one and a new one: those that the new one admits, and what the old one makes of
them. The words are `decide/change.py`'s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import z3

from wrpc.decide.change import Sides
from wrpc.decide.request import default
from wrpc.decide.strings import Cells
from wrpc.policy.expr import StringLiteral, StringSignal, Text
from wrpc.policy.model import (
    Assumption,
    Bool,
    Enum,
    Group,
    Int,
    Policy,
    Real,
    Score,
    Set,
    Signal,
    String,
)  # fmt: skip
from wrpc.solver.decision import Encoded
from wrpc.solver.encode import Encoding
from wrpc.solver.formulas import choose
from wrpc.solver.halves import Half, Pairs
from wrpc.solver.reference import Reference
from wrpc.solver.room import Answer, Confirm
from wrpc.solver.space import Space, Variables, number
from wrpc.solver.terms import Number, Term, at_most_one, conj, disj, negate


class Joint:
    """`old` and `new` are the decisions of both over one request space; `admits`: the old one admits the request."""

    def __init__(self, sides: Sides, *, resources: int) -> None:
        self.sides = sides
        # A header that is absent may have failed to one of them, though nothing of the requests themselves can.
        failures = bool(sides.absent) or any(s.can_fail for s in sides.signals.values())
        old, new = sides.old.policy, sides.new.policy
        groups = {g.members: g for g in new.groups.values()}
        both = Policy(
            new.name,
            new.sources,
            signals={n: replace(s, on_error=None) for n, s in sides.signals.items()},
            groups={f"{i}": Group(f"{i}", _others(g), None, g.span) for i, g in enumerate(groups.values())},
        )
        readers = (old, new, _words(old, sides))
        self.room = Reference(both, failures=failures, resources=resources, readers=readers)
        space = self.room.space
        # Their axioms come with them, and none of them is the old policy's alone.
        for name in both.signals:
            space.of(name)
        taken = {n: self._taken(space, n) for n in sides.old.changed}
        before = space.seen_by(old, taken | {n: _absent(space, taken, old, a, n) for n, a in sides.absent.items()})
        mine = {n: _absent(space, {}, new, a, n) for n, a in sides.absent.items()}
        after = space.seen_by(new, mine, admits=True)
        self.room.assume(new, after)
        self.old = Encoded(old, Encoding(old, before), self.room.define)
        self.new = Encoded(new, Encoding(new, after), self.room.define)
        failing = [v.failed for v in space.variables.values()]
        self._healthy: Term = self.room.define("nothing fails", conj(negate(f) for f in failing))
        self.admits = self.room.define("the old policy admits it", self._admits(before))
        self.define = self.room.define
        self.pairs = Pairs(
            Half(sides.old, self.old, self.admits, self.define), Half(sides.new, self.new, True, self.define)
        )

    def _admits(self, before: Space) -> Term:
        sides, old = self.sides, self.sides.old.policy
        parts = [self._fits(before, n) for n in sides.old.changed]
        for group in old.groups.values():
            really = {m: conj([negate(before.failed(m)), before.given(m)]) for m in group.members if m != group.default}
            shared = at_most_one([t for m, t in really.items() if m in sides.new.signals])
            every = at_most_one(really.values())
            # What only the old policy knows of is as it can have seen it.
            self.room.space.axioms.append(disj([negate(shared), every]))
            parts.append(every)
            before.fires(group.members[0])  # its own axiom is among the parts
        axioms = Encoding(old, before, meanings=False)
        for assumption in old.assumptions.values():
            term = negate(axioms.condition(assumption.condition).false)
            if sides.lost(assumption.condition):
                self.room.space.axioms.append(term)
            parts.append(term)
        return conj(parts)

    def _fits(self, before: Space, name: str) -> Term:
        """The value that the signal has is one for the old policy."""
        now, then = self.room.space.of(name), before.of(name)
        failing = True if then.signal.can_fail else negate(now.failed)
        fits = conj([failing, disj([now.failed, _within(now, then.signal)])])
        absent = self.sides.absent.get(name)
        return fits if absent is None else disj([self.room.space.of(absent).value, fits])

    def _taken(self, space: Space, name: str) -> Variables:
        """What the old policy takes a signal of another type for; what it does not admit does not count."""
        now, then = space.of(name), self.sides.old.signals[name]
        failed = now.failed if then.can_fail else False
        fits = _within(now, then)
        value: Number = now.value
        members: dict[str, Term] = {}
        cells = None
        absent = default(then)
        match then.type:
            case Bool():
                value = now.value if isinstance(now.signal.type, Bool) else False
            case Int() | Real() | Score():
                assert isinstance(absent, Fraction), "a number's default is one"
                whole = isinstance(then.type, Int)
                other = z3.IntVal(int(absent)) if whole else number(absent)
                value = other if fits is False else choose(fits, _as(now, whole=whole), other)
            case Enum(names):
                members = {n: disj([conj([fits, _is(now, n)]), conj([negate(fits), n == absent])]) for n in names}
            case Set(names):
                members = {n: conj([fits, now.members.get(n, False)]) for n in names}
            case String():
                cells = space.cells_of(name)
                value = _text(now, cells)
        return Variables(then, failed, value, members, cells)

    def ask(self, term: Term, confirm: Confirm) -> Answer:
        """A request for which the term holds, one without failures where there is one."""
        if self._healthy is not True:
            answer = self.room.possible(conj([term, self._healthy]), confirm)
            if not answer.impossible:
                return answer
        return self.room.possible(term, confirm)


def _absent(space: Space, taken: Mapping[str, Variables], policy: Policy, absent: str, name: str) -> Variables:
    """What a policy takes a signal for that may be absent, where a request says that it is."""
    there, gone = taken.get(name) or space.of(name), space.of(absent).value
    signal = policy.signals[name]
    if signal.absent is None:
        return Variables(signal, disj([gone, there.failed]), there.value, there.members, there.cells)
    value: Number = there.value
    members = there.members
    match signal.absent:
        case bool():
            value = disj([conj([gone, signal.absent]), conj([negate(gone), there.value])])
        case Fraction() as meant:
            whole = isinstance(there.signal.type, Int)
            value = choose(gone, z3.IntVal(int(meant)) if whole else number(meant), there.value)
        case frozenset() as names:
            members = {n: disj([conj([gone, n in names]), conj([negate(gone), t])]) for n, t in members.items()}
        case str() as text if isinstance(signal.type, Enum):
            members = {n: disj([conj([gone, n == text]), conj([negate(gone), t])]) for n, t in members.items()}
        case str() as text:
            cell = z3.StringVal(text) if there.cells is None else z3.IntVal(there.cells.of(text))
            value = choose(gone, cell, there.value)
    return Variables(signal, conj([negate(gone), there.failed]), value, members, there.cells)


def _others(group: Group) -> tuple[str, ...]:
    return tuple(m for m in group.members if m != group.default)


def _words(old: Policy, sides: Sides) -> Policy:
    """A policy that names each string that a signal of names may have, where one of the two has it as a string, and
    what a string is where it is absent."""
    asked: dict[str, Assumption] = {}

    def ask(name: str, text: str) -> None:
        node = Text("equals", StringSignal(name), StringLiteral(text))
        asked[f"{len(asked)}"] = Assumption("", node, old.signals[name].span)

    for name in sides.absent:
        for signal in (old.signals[name], sides.new.signals[name]):
            if isinstance(signal.type, String) and isinstance(signal.absent, str):
                ask(name, signal.absent)
    for name in sides.old.changed:
        kinds = (old.signals[name].type, sides.new.signals[name].type)
        if any(isinstance(k, String) for k in kinds):
            for text in (n for k in kinds if isinstance(k, Enum) for n in k.names):
                ask(name, text)
    return Policy("", old.sources, assumptions=asked)


def _within(now: Variables, then: Signal) -> Term:
    """A value of `now` that did not fail is one of `then`."""
    match now.signal.type, then.type:
        case Int() | Real() | Score(), Int(low, high) | Real(low, high) | Score(low, high):
            parts: list[Term] = [now.value >= number(low), now.value <= number(high)]
            if isinstance(then.type, Int) and not isinstance(now.signal.type, Int):
                parts.append(z3.IsInt(now.value))
            return conj(parts)
        case (Bool(), Bool()) | (Enum() | String(), String()):
            return True
        case Enum() | String(), Enum(names):
            return disj(_is(now, n) for n in names)
        case Set(), Set(names):
            return conj(negate(t) for n, t in now.members.items() if n not in names)
        case _:
            return False


def _as(now: Variables, *, whole: bool) -> Number:
    if isinstance(now.signal.type, Int):
        return now.value if whole else z3.ToReal(now.value)
    return z3.ToInt(now.value) if whole else now.value


def _is(now: Variables, name: str) -> Term:
    """The value is this name, or this string."""
    if isinstance(now.signal.type, Enum):
        return now.members.get(name, False)
    if not isinstance(now.signal.type, String):
        return False
    return now.value == (z3.StringVal(name) if now.cells is None else z3.IntVal(now.cells.word(name)))


def _text(now: Variables, cells: Cells | None) -> Number:
    """The string that a name is."""

    def made(text: str) -> Number:
        return z3.StringVal(text) if cells is None else z3.IntVal(cells.of(text))

    if isinstance(now.signal.type, String):
        return now.value
    value = made("")
    for name, term in now.members.items() if isinstance(now.signal.type, Enum) else ():
        value = choose(term, made(name), value)
    return value
