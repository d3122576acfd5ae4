"""The names of models that a request may ask for, told apart as far as the policy does, and what becomes of each.

A condition over the one signal that the program matches is a set of such cells: the bits of a number. The order in
which branches take requests is then plain arithmetic, whatever the conditions are made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.expr import (
    All,
    Among,
    Any,
    Condition,
    Constant,
    Failed,
    Named,
    Not,
    OneOf,
    StringLiteral,
    StringSignal,
    Text,
    Within,
    reads,
    walk,
)
from wrpc.policy.model import Enum, Policy, Signal, String
from wrpc.policy.reading import opened
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.gateway.branches import Branch, Deed, Deny, Refuse, Send, Settled, Unrouted, Way

SOURCE = "model"
REPAIR = (
    "route by the name of the model that a request asks for (`source model`), or put a target in front that sees"
    " more and sets that name"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One name; or, with `open`, every name that begins so and that no other cell has. "" begins every name."""

    text: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """What becomes of the requests of a cell, and where the policy says so."""

    cell: Cell
    deed: Deed
    subject: str
    span: Span = field(repr=False)


class Unsayable(Exception):
    def __init__(self, message: str, span: Span | None) -> None:
        self.message, self.span = message, span
        super().__init__(message)


def named(settled: Settled) -> tuple[tuple[Called, ...], tuple[Diagnostic, ...]]:
    """Every cell of the policy's names: single names as they are first written, then beginnings, the longest first.
    With findings where names are not all that decides."""
    table = _Table(settled)
    table.decide()
    return tuple(table.found), tuple(table.diagnostics)


def matched(signal: Signal) -> bool:
    """Whether this is the one signal that the program sees."""
    return signal.source is not None and signal.source.name == SOURCE and isinstance(signal.type, String | Enum)


class _Table:
    def __init__(self, settled: Settled) -> None:
        self.settled, self.policy = settled, settled.policy
        self.signals = [s for s in self.policy.signals.values() if matched(s)]
        assumed = [a.condition for a in self.policy.assumptions.values()]
        self.cells = _cells(self.policy, self.signals, [*settled.conditions, *assumed])
        self.seen = _Sets(self.policy, {s.name for s in self.signals}, self.cells)
        self.left = (1 << len(self.cells)) - 1
        self.deeds: dict[int, tuple[Deed, str, Span]] = {}
        self.diagnostics: list[Diagnostic] = []

    @property
    def found(self) -> Iterable[Called]:
        return (Called(cell, *self.deeds[i]) for i, cell in enumerate(self.cells))

    def decide(self) -> None:
        """In the order of LANGUAGE.md: requests that are none, faults, denials, routes, the default."""
        whole = self.policy.at
        for signal in self.signals:
            if isinstance(signal.type, Enum):
                none = self.left & ~self.seen.names(signal.type.names)
                self.take(none, Refuse(f"`{signal.name}` is no such name"), f"signal {signal.name}", signal.span)
        for assumption in self.policy.assumptions.values():
            # One over what nobody sees here concerns no request that arrives.
            holds = self.set(assumption.condition, assumption.span, lost=self.left)
            reason = f"breaks assume {assumption.name}"
            self.take(self.left & ~holds, Refuse(reason), f"assume {assumption.name}", assumption.span)
        for branch in (*self.settled.faults, *self.settled.denials):
            if branch.counts != "unknown":  # the name is always known
                self.branch(branch)
        for branches in self.settled.classes:
            self.contest(branches)
            for branch in sorted(branches, key=lambda b: b.name):
                self.branch(branch)
        if self.settled.default is not None:
            self.branch(self.settled.default)
        self.take(self.left, Unrouted(), "unrouted", whole)

    def contest(self, branches: Sequence[Branch]) -> None:
        """Reports routes of one class that meet and differ: only a confidence would order them, which no name has."""
        held = 0
        for branch in branches if len({b.deed for b in branches}) > 1 else ():
            mine = self.set(branch.when, branch.span) & self.left
            if held & mine:
                message = f"nothing that the name of a model says orders route `{branch.name}` among its equals"
                self.report(Unsayable(message, branch.span), branch.subject)
            held |= mine

    def branch(self, branch: Branch) -> None:
        mine = self.set(branch.when, branch.span) & self.left
        if mine:
            self.way(branch, branch.ways.way(obligations=False, reasons=True), mine)
            self.left &= ~mine

    def way(self, branch: Branch, way: Way, mine: int) -> None:
        if not mine:
            return
        if isinstance(way, Deny | Send):
            self.take(mine, way, branch.subject, branch.span)
            return
        acting = self.set(way.condition, way.span)
        self.way(branch, way.acts, mine & acting)
        self.way(branch, way.rests, mine & ~acting)

    def take(self, mine: int, deed: Deed, subject: str, span: Span) -> None:
        for i in _bits(mine):
            self.deeds[i] = deed, subject, span
        self.left &= ~mine

    def set(self, condition: Condition | None, span: Span, lost: int = 0) -> int:
        """The cells for which a condition holds; what cannot be said is reported, and taken for `lost`."""
        if condition is None:
            return (1 << len(self.cells)) - 1
        try:
            return self.seen.of(condition)
        except Unsayable as error:
            self.report(error if error.span else Unsayable(error.message, span), "")
            return lost

    def report(self, error: Unsayable, subject: str) -> None:
        at = error.span or self.policy.at
        subjects = [subject] if subject else []
        said = finding(NOT_CARRIED, error.message, at, severity="error", subjects=subjects, help=REPAIR)
        if said.key() not in {d.key() for d in self.diagnostics}:
            self.diagnostics.append(said)


def _cells(policy: Policy, signals: Sequence[Signal], conditions: Iterable[Condition]) -> tuple[Cell, ...]:
    names: dict[str, None] = {}
    beginnings: dict[str, None] = {}
    own = {s.name for s in signals}
    for signal in signals:
        if isinstance(signal.type, Enum):
            names.update(dict.fromkeys(signal.type.names))
    for condition in opened(policy, conditions):
        for node in walk(condition):
            match node:
                case Text(relation, StringSignal(name), StringLiteral(text)) if name in own:
                    (beginnings if relation == "prefix" else names)[text] = None
                case Text("equals", StringLiteral(text), StringSignal(name)) if name in own:
                    names[text] = None
                case Among(name, texts) if name in own:
                    names.update(dict.fromkeys(sorted(texts)))
                case _:
                    pass
    longest = sorted((b for b in beginnings if b), key=lambda b: (-len(b), b))
    return (*map(Cell, names), *(Cell(b, open=True) for b in (*longest, "")))


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Sets:
    """Conditions as the sets of cells for which they hold."""

    def __init__(self, policy: Policy, signals: Collection[str], cells: Sequence[Cell]) -> None:
        self._policy, self._signals, self._cells = policy, signals, cells
        self._every = (1 << len(cells)) - 1
        self._bit = {cell.text: 1 << i for i, cell in enumerate(cells) if not cell.open}
        self._named: dict[str, int] = {}

    def of(self, condition: Condition) -> int:
        """Raises Unsayable for a condition that reads more than whole names and their beginnings."""
        match condition:
            case All(parts):
                return reduce(and_, map(self.of, parts), self._every)
            case Any(parts):
                return reduce(or_, map(self.of, parts), 0)
            case Not(operand):
                return self._every & ~self.of(operand)
            case Named(name):
                if name not in self._named:
                    self._named[name] = self.of(self._policy.conditions[name])
                return self._named[name]
            case Constant(value):
                return self._every if value else 0
            case Among(name, texts) | OneOf(name, texts) if name in self._signals:
                return self.names(texts)
            case Text("equals", StringSignal(name), StringLiteral(text)) if name in self._signals:
                return self._bit[text]
            case Text("equals", StringLiteral(text), StringSignal(name)) if name in self._signals:
                return self._bit[text]
            case Text("prefix", StringSignal(name), StringLiteral(text)) if name in self._signals:
                return sum(1 << i for i, cell in enumerate(self._cells) if cell.text.startswith(text))
            case Failed(name) if name in self._signals:
                return 0  # the name is always known
            case _:
                raise Unsayable(self._beyond(condition), condition.span)

    def names(self, texts: Iterable[str]) -> int:
        return sum(self._bit[text] for text in texts)

    def _beyond(self, condition: Condition) -> str:
        read = (name for c in opened(self._policy, [condition]) for node in walk(c) for name in reads(node))
        unseen = next((name for name in read if name not in self._signals), None)
        if unseen is not None:
            return f"LiteLLM sees the name of a model, and not the signal `{unseen}`"
        match condition:
            case Text(relation, StringSignal(), StringLiteral()):
                what = f"`{relation}` of a name"
            case Text():
                what = "a comparison of two names"
            case Within():
                what = "a number"
            case _:
                what = "this condition"
        return f"LiteLLM does not carry {what}: its names are whole, or end in a `*`"
