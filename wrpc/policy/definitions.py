"""Lets, scores and bands: each lowered once, in whatever order they stand, with cycles and depth under control."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from wrpc.policy import codes, expr
from wrpc.policy.attributes import Reader
from wrpc.policy.bands import band
from wrpc.policy.faults import Faults
from wrpc.policy.labels import Labels
from wrpc.policy.lower import Lowering
from wrpc.policy.model import Band, Definition, Int, Real, Score, Signal, Table
from wrpc.policy.names import Names
from wrpc.policy.operands import REQUEST, Defined, Num, Truth, reading
from wrpc.policy.reach import Reach
from wrpc.syntax import tree

# Every stage recurses through names as through parentheses, and Python's stack holds 1,000 frames.
DEEPEST = 200

# What may be open at once where definitions lead back to each other: levels of their expressions, and three for a name.
OPEN = 200


class Definitions:
    """What expressions know by name. Implements `operands.Known`."""

    def __init__(
        self,
        names: Names,
        signals: Mapping[str, Signal],
        tables: Mapping[str, Table | None],
        pool_labels: Labels,
        site_labels: Labels,
        reader: Reader,
        faults: Faults,
    ) -> None:
        self.names = names
        self.signals = signals
        self.tables = tables
        self.pool_labels = pool_labels
        self.site_labels = site_labels
        self.reader = reader
        self.faults = faults
        self.lowering = Lowering(self, reader, faults)
        self.reach = Reach(signals, self._number)
        self._defined: dict[str, Defined | None] = {}
        self._bands: dict[str, Band | None] = {}
        self._open: dict[str, tree.Name] = {}
        self._depths: dict[str, int] = {}
        self._weights: dict[str, int] = {}
        self._weight = 0
        self._reported = False

    # ── By name ───────────────────────────────────────────────────────────

    def definition(self, name: str) -> Defined | None:
        if name not in self._defined:
            node = self.names.of("let").get(name) or self.names.of("score").get(name)
            assert isinstance(node, (tree.Let, tree.Score))
            if self._opened(node.name):
                made = self._define(node)
                self._defined.setdefault(name, made)
                self._closed(name)
        return self._defined.get(name)

    def band(self, name: str) -> Band | None:
        if name not in self._bands:
            node = self.names.of("band")[name]
            assert isinstance(node, tree.Band)
            if self._opened(node.name):
                self._bands[name] = self._band(node)
                self._closed(name)
        return self._bands.get(name)

    def _opened(self, name: tree.Name) -> bool:
        """Begins to resolve a name; reports where that leads back to itself."""
        if name.text not in self._open:
            self._weight += self._weights.setdefault(name.text, 3 + _nesting(self.names.defined[name.text]))
            if self._weight > OPEN:
                self._weight -= self._weights[name.text]
                self._tangled(name)
                return False
            self._open[name.text] = name
            return True
        names = list(self._open)
        chain = names[names.index(name.text) :]
        first = min(range(len(chain)), key=lambda i: self._open[chain[i]].span.key())
        chain = chain[first:] + chain[:first]
        self.faults.add(
            codes.DEFINITION_CYCLE,
            f"`{chain[0]}` is defined by itself: " + " → ".join([*chain, chain[0]]),
            self._open[chain[0]].span,
        )
        return False

    def _closed(self, name: str) -> None:
        self._weight -= self._weights[name]
        del self._open[name]

    def _tangled(self, name: tree.Name) -> None:
        """Reports, once, that definitions lead to each other in a chain too long to follow."""
        if not self._reported:
            self._reported = True
            self.faults.add(
                codes.DEEP_DEFINITION,
                f"`{name.text}` is part of a circle of definitions, or of a chain too long to follow",
                name.span,
            )

    def _number(self, name: str) -> expr.Linear | None:
        defined = self._defined.get(name)
        return defined.value if defined is not None and isinstance(defined.value, expr.Linear) else None

    # ── One at a time ─────────────────────────────────────────────────────

    def _define(self, node: tree.Let | tree.Score) -> Defined | None:
        if isinstance(node, tree.Score):
            number = self.lowering.number(node.value, REQUEST)
            made = None if number is None else Defined(number.value, number.dimension)
        else:
            made = self._let(node)
        if made is not None and self._depth(node.name.text, made) > DEEPEST:
            self.faults.add(
                codes.DEEP_DEFINITION,
                f"`{node.name.text}` stands for more than {DEEPEST} nested expressions",
                node.name.span,
                help="what the names in it stand for counts as well; split the chain",
            )
            return None
        return made

    def _let(self, node: tree.Let) -> Defined | None:
        value = node.value
        if isinstance(value, (tree.And, tree.Or, tree.Not, tree.Compare, tree.In)):
            condition = self.lowering.condition(value, REQUEST)
            return None if condition is None else Defined(condition)
        found = self.lowering.operand(value, REQUEST)
        match found:
            case Truth():
                condition = self.lowering.fires(found, value.span)
                return None if condition is None else Defined(condition)
            case Num():
                return Defined(found.value, found.dimension)
            case None:
                return None
            case _:
                self.lowering.mistyped(found, value.span, "a condition or a number")
                return None

    def _depth(self, name: str, made: Defined) -> int:
        self._depths[name] = depth(made.value, self._depths)
        return self._depths[name]

    def _band(self, node: tree.Band) -> Band | None:
        found = self._measured(node)
        if found is None:
            return None
        number, dimension = found
        return band(node, number, dimension, self.reach.linear(number), self.reader)

    def _measured(self, node: tree.Band) -> tuple[expr.Linear, str] | None:
        """The number that a band cuts into ranges, with its dimension."""
        of = node.of
        found = self.names.use(of.text)
        if found is None:
            if not self.names.poisoned(of.text):
                self.names.unknown("score, let or signal", of, self.names.expressible())
            return None
        kind = found[0]
        if kind in ("score", "let"):
            defined = self.definition(of.text)
            if defined is None:
                return None
            if isinstance(defined.value, expr.Linear):
                return reading(expr.NamedNumber(of.text, span=of.span), of.span), defined.dimension
        elif kind == "signal":
            signal = self.signals.get(of.text)
            if signal is None:
                return None
            if isinstance(signal.type, (Int, Real, Score)):
                dimension = "" if isinstance(signal.type, Score) else signal.type.dimension
                return reading(expr.Raw(of.text, span=of.span), of.span), dimension
        self.faults.add(
            codes.WRONG_OPERAND,
            f"a band divides a number, and `{of.text}` is not a number",
            of.span,
            help="a band is of a `score`, of a numeric `let`, or of a signal of type `int`, `real` or `score`",
        )
        return None

    # ── All ───────────────────────────────────────────────────────────────

    def resolve(self) -> tuple[dict[str, Definition], dict[str, Band]]:
        """Everything in order of declaration."""
        nodes = self.names.defined
        for name in _dependencies_first(nodes):
            if isinstance(nodes[name], tree.Band):
                self.band(name)
            else:
                self.definition(name)
        definitions: dict[str, Definition] = {}
        for name, node in nodes.items():
            made = self._defined.get(name)
            if made is not None and isinstance(node, (tree.Let, tree.Score)):
                kind: Literal["let", "score"] = "let" if isinstance(node, tree.Let) else "score"
                definitions[name] = Definition(name, kind, made.value, node.name.span)
        bands = {n: b for n in self.names.of("band") if (b := self._bands.get(n)) is not None}
        return definitions, bands


def depth(e: expr.Condition | expr.Linear | expr.Quantity, named: Mapping[str, int]) -> int:
    """How many expressions stand inside each other, names looked through."""
    match e:
        case expr.All(parts) | expr.Any(parts):
            return 1 + max((depth(p, named) for p in parts), default=0)
        case expr.Not(operand):
            return 1 + depth(operand, named)
        case expr.Within(number, _):
            return 1 + depth(number, named)
        case expr.Linear(_, terms):
            return 1 + max((depth(q, named) for _, q in terms), default=0)
        case expr.Indicator(condition):
            return 1 + depth(condition, named)
        case expr.Named(name) | expr.NamedNumber(name):
            return 1 + named.get(name, 0)
        case _:
            return 1


def _dependencies_first(nodes: Mapping[str, object]) -> list[str]:
    """Names so that what one mentions stands before it, as far as that is possible: without recursion, since a chain
    of definitions may be longer than Python's stack. A member of an enum may look like a name here; that does no
    harm, since what is still missing is resolved when it is asked for."""
    done: dict[str, None] = {}
    for root in nodes:
        stack = [(root, iter([*_mentioned(nodes[root])]))]
        seen = {root}
        while stack:
            name, mentioned = stack[-1]
            following = next((m for m in mentioned if m in nodes and m not in done and m not in seen), None)
            if following is None:
                stack.pop()
                done.setdefault(name)
            else:
                seen.add(following)
                stack.append((following, iter([*_mentioned(nodes[following])])))
    return list(done)


def _mentioned(node: object) -> Iterator[str]:
    """Every single name in the expression of a definition."""
    if isinstance(node, tree.Band):
        yield node.of.text
        return
    assert isinstance(node, (tree.Let, tree.Score))
    for piece, _ in _pieces(node.value):
        match piece:
            case tree.Path(_, (name,)):
                yield name.text
            case _:
                pass


def _nesting(node: object) -> int:
    """How many levels of syntax a definition has."""
    return max(level for _, level in _pieces(node.value)) if isinstance(node, (tree.Let, tree.Score)) else 1


def _pieces(e: tree.Expr) -> Iterator[tuple[object, int]]:
    """Every node of an expression with its level, without recursion."""
    stack: list[tuple[object, int]] = [(e, 1)]
    while stack:
        node, level = stack.pop()
        yield node, level
        within: Iterable[object] = ()
        match node:
            case tree.And(_, parts) | tree.Or(_, parts) | tree.Product(_, parts) | tree.Listing(_, parts):
                within = parts
            case tree.Not(_, operand) | tree.Signed(_, _, operand):
                within = (operand,)
            case tree.Compare(_, _, left, right) | tree.In(_, left, right):
                within = (left, right)
            case tree.Sum(_, terms):
                within = [t for _, t in terms]
            case tree.Call(_, _, arguments):
                within = [a.value for a in arguments]
            case _:
                pass
        stack += [(w, level + 1) for w in within]
