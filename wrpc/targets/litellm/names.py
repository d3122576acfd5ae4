"""The names of models that a request may ask for, told apart as far as the policy does, and what becomes of each.

A condition over the one signal that the program matches is a set of such cells: the bits of a number. The order in
which branches take requests is then plain arithmetic, whatever the conditions are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Never

from wrpc.diagnostics import Diagnostic, finding
from wrpc.override import override
from wrpc.policy.expr import (
    All,
    Among,
    AnswerConfidence,
    Any,
    Caused,
    Condition,
    Confidence,
    Constant,
    Cost,
    Failed,
    Fires,
    Has,
    Indicator,
    Linear,
    Meaning,
    Not,
    OneOf,
    Outcome,
    Provided,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
    fold,
    walk,
)
from wrpc.policy.model import Enum, Policy, Signal, String
from wrpc.policy.reading import opened
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.gateway.branches import Branch, Deny, Send, Settled, Way

SOURCE = "model"
REPAIR = (
    "route by the name of the model that a request asks for (`source model`), or put a target in front that sees"
    " more and sets that name"
)


@dataclass(frozen=True, slots=True)
class Refuse:
    """A request that the policy does not serve: it is none of its requests, or no route takes it."""

    status: int
    reason: str


Deed = Send | Deny | Refuse


@dataclass(frozen=True, slots=True)
class Cell:
    """One name; or, with `open`, every name that begins so and that no other cell has. "" begins every name."""

    text: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """What becomes of the requests of a cell, and where the policy says so."""

    cell: Cell
    deed: Deed
    subject: str
    span: Span = field(repr=False)


class Unsayable(Exception):
    def __init__(self, message: str, span: Span | None) -> None:
        self.message, self.span = message, span
        super().__init__(message)


def named(settled: Settled) -> tuple[tuple[Named, ...], tuple[Diagnostic, ...]]:
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
        self.seen = _Sets(self.policy, {s.name: s for s in self.signals}, self.cells)
        self.left = (1 << len(self.cells)) - 1
        self.deeds: dict[int, tuple[Deed, str, Span]] = {}
        self.diagnostics: list[Diagnostic] = []

    @property
    def found(self) -> Iterable[Named]:
        return (Named(cell, *self.deeds[i]) for i, cell in enumerate(self.cells))

    def decide(self) -> None:
        """In the order of LANGUAGE.md: requests that are none, faults, denials, routes, the default."""
        whole = self.policy.at
        for signal in self.signals:
            if isinstance(signal.type, Enum):
                none = self.left & ~self.seen.among(Among(signal.name, frozenset(signal.type.names)))
                self.take(none, Refuse(400, f"`{signal.name}` is no such name"), f"signal {signal.name}", signal.span)
        for assumption in self.policy.assumptions.values():
            # One over what nobody sees here concerns no request that arrives.
            holds = self.set(assumption.condition, assumption.span, lost=self.left)
            reason = f"breaks assume {assumption.name}"
            self.take(self.left & ~holds, Refuse(400, reason), f"assume {assumption.name}", assumption.span)
        for branch in (*self.settled.faults, *self.settled.denials):
            if branch.counts != "unknown":  # the name is always known
                self.branch(branch)
        for branches in self.settled.classes:
            self.contest(branches)
            for branch in sorted(branches, key=lambda b: b.name):
                self.branch(branch)
        if self.settled.default is not None:
            self.branch(self.settled.default)
        self.take(self.left, Refuse(404, "no route takes this request"), "unrouted", whole)

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
            return fold(condition, self.seen)
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


class _Sets(Meaning[int, None]):
    """A condition as the set of cells for which it holds. Raises Unsayable for one that reads more than names."""

    def __init__(self, policy: Policy, signals: dict[str, Signal], cells: Sequence[Cell]) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self._signals, self._cells = signals, cells
        self._every = (1 << len(cells)) - 1
        self._bit = {cell.text: 1 << i for i, cell in enumerate(cells) if not cell.open}

    def _own(self, name: str, span: Span | None) -> None:
        if name not in self._signals:
            raise Unsayable(f"LiteLLM sees the name of a model, and not the signal `{name}`", span)

    def _where(self, holds: Callable[[str], bool]) -> int:
        return sum(1 << i for i, cell in enumerate(self._cells) if holds(cell.text))

    @override
    def text(self, node: Text) -> int:
        match node:
            case Text("equals", StringSignal(name), StringLiteral(text)):
                self._own(name, node.span)
                return self._bit[text]
            case Text("equals", StringLiteral(text), StringSignal(name)):
                self._own(name, node.span)
                return self._bit[text]
            case Text("prefix", StringSignal(name), StringLiteral(text)):
                self._own(name, node.span)
                return self._where(lambda own: own.startswith(text))
            case Text(relation, StringSignal(name), StringLiteral()):
                self._own(name, node.span)
                return self._unsaid(f"`{relation}` of a name", node)
            case Text(_, left, right):
                for term in (left, right):
                    if isinstance(term, StringSignal):
                        self._own(term.name, node.span)
                return self._unsaid("a comparison of two names", node)

    def _unsaid(self, what: str, node: Condition) -> Never:
        raise Unsayable(f"LiteLLM does not carry {what}: its names are whole, or end in a `*`", node.span)

    @override
    def among(self, node: Among) -> int:
        self._own(node.signal, node.span)
        return sum(self._bit[text] for text in node.texts)

    @override
    def one_of(self, node: OneOf) -> int:
        self._own(node.signal, node.span)
        return sum(self._bit[text] for text in node.names)

    @override
    def constant(self, node: Constant) -> int:
        return self._every if node.value else 0

    @override
    def negation(self, node: Not, operand: int) -> int:
        return self._every & ~operand

    @override
    def all(self, node: All, parts: Sequence[int]) -> int:
        found = self._every
        for part in parts:
            found &= part
        return found

    @override
    def any(self, node: Any, parts: Sequence[int]) -> int:
        found = 0
        for part in parts:
            found |= part
        return found

    @override
    def failed(self, node: Failed) -> int:
        self._own(node.signal, node.span)
        return 0

    @override
    def fires(self, node: Fires) -> int:
        self._own(node.signal, node.span)
        return self._unsaid("this condition", node)

    @override
    def has(self, node: Has) -> int:
        self._own(node.signal, node.span)
        return self._unsaid("this condition", node)

    @override
    def within(self, node: Within, number: None) -> int:
        return self._unsaid("a number", node)

    @override
    def caused(self, node: Caused) -> int:
        return self._unsaid("a cause", node)

    @override
    def outcome(self, node: Outcome) -> int:
        return self._unsaid("an outcome", node)

    # ── Numbers: what is compared is told at the comparison ───────────────

    @override
    def raw(self, node: Raw) -> None:
        self._own(node.signal, None)

    @override
    def confidence(self, node: Confidence) -> None:
        self._own(node.signal, None)

    @override
    def indicator(self, node: Indicator, condition: int) -> None:
        return None

    @override
    def provided(self, node: Provided) -> None:
        return None

    @override
    def cost(self, node: Cost) -> None:
        return None

    @override
    def answer_confidence(self, node: AnswerConfidence) -> None:
        return None

    @override
    def linear(self, node: Linear, quantities: Sequence[None]) -> None:
        return None
