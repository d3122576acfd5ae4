"""Conditions as rows of cells, in Kleene's three values: where they are true, where false, and where neither.

This is what a failed signal, `on_error` and an exclusive group mean (LANGUAGE.md, "What a policy means", step 1), said
once as sets of requests. A condition is asked for one of four things, and pays only for what it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from wrpc.decide.evaluate import RELATIONS
from wrpc.override import override
from wrpc.policy.expr import (
    All,
    Among,
    AnswerConfidence,
    Any,
    Attribute,
    Caused,
    Confidence,
    Constant,
    Cost,
    Failed,
    Fires,
    Has,
    Indicator,
    Interval,
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
)
from wrpc.policy.intervals import complement
from wrpc.policy.model import Group, Policy
from wrpc.source import Span
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.cells import Atom
from wrpc.targets.envoy.domain import Domain
from wrpc.targets.envoy.kleene import Kleene, View
from wrpc.targets.envoy.rows import ALWAYS, NEVER, Rows, TooWide, both, cell, either, every
from wrpc.targets.envoy.sums import Number, TwoNumbers, fixed, measured


class Unsayable(Exception):
    """Something that no bounded table of header matchers says."""

    def __init__(self, message: str, span: Span | None, help: str | None = None) -> None:
        self.message = message
        self.span = span
        self.help = help
        super().__init__(message)


# ── The fold ──────────────────────────────────────────────────────────────


class Conditions(Meaning[Kleene, Number]):
    """What each condition of a policy is, for requests whose headers are all values of their signals."""

    def __init__(self, policy: Policy, *, meanings: bool = True) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self._policy = policy
        self.domains = {s.name: Domain(s, meanings) for s in policy.signals.values()}
        self._settled: dict[str, Kleene] = {}

    # ── Bools, scores and their groups ────────────────────────────────────

    def settled(self, name: str) -> Kleene:
        if name not in self._settled:
            group = self._policy.group_of.get(name)
            self._settled[name] = self._alone(name) if group is None else self._member(name, group)
        return self._settled[name]

    def _alone(self, name: str) -> Kleene:
        d = self.domains[name]
        lost = d.fires_when_failed
        return Kleene.of(
            either((d.firing(), d.absent if lost is True else NEVER)),
            either((d.firing(fires=False), d.absent if lost is False else NEVER)),
            d.absent if lost is None else NEVER,
        )

    def _member(self, name: str, group: Group) -> Kleene:
        others = [self.domains[m] for m in group.members if m not in (group.default, name)]
        if name == group.default:
            return self._by_default(others)
        d = self.domains[name]
        before = group.members[: group.members.index(name)]
        lost = d.fires_when_failed
        # Of failures that mean "fires" the first as written wins; a member that really fires wins over all of them.
        stronger = [o for o in others if o.fires_when_failed is True and (o.name in before or lost is not True)]
        settled_by_failure = [both(d.absent, o.absent) for o in stronger]
        own = d.firing(fires=False), d.absent if lost is False else NEVER
        nobody_fires = [self._quiet(o) for o in others]
        if lost is True:
            first = every([d.absent, *(self._quiet(o, even_failed=o.name not in before) for o in others)])
            return Kleene.of(
                either((d.firing(), first)),
                either((*own, *(o.firing() for o in others), *settled_by_failure)),
                NEVER,
            )
        unknown = NEVER if lost is False else every([d.absent, *nobody_fires])
        return Kleene.of(d.firing(), either((*own, *(o.firing() for o in others), *settled_by_failure)), unknown)

    def _by_default(self, others: Sequence[Domain]) -> Kleene:
        """The default fires when no other does; whatever its own header says."""
        wins = [either((o.firing(), o.absent if o.fires_when_failed is True else NEVER)) for o in others]
        none_fires = every(
            either((o.firing(fires=False), o.absent if o.fires_when_failed is False else NEVER)) for o in others
        )
        unknown = either(
            every([o.absent, *(self._quiet(p) for p in others if p is not o)])
            for o in others
            if o.fires_when_failed is None
        )
        return Kleene.of(none_fires, either(wins), unknown)

    @staticmethod
    def _quiet(d: Domain, *, even_failed: bool = False) -> Rows:
        """The signal does not really fire, and its failure, if that means that it fires, counts only `even_failed`."""
        return either((d.firing(fires=False), d.absent if even_failed or d.fires_when_failed is not True else NEVER))

    def fires(self, node: Fires) -> Kleene:
        return self.settled(node.signal)

    def confidence(self, node: Confidence) -> Number:
        name = node.signal
        d = self.domains[name]
        settled = self.settled(name)
        group = self._policy.group_of.get(name)
        zero = fixed(settled.false, Fraction(0))
        if group is not None and group.default == name:
            return Number.of(fixed(settled.true, Fraction(1)), zero, unknown=settled.unknown)
        failed = fixed(both(settled.true, d.absent), d.number_when_failed or Fraction(0))
        return Number.of(measured(both(settled.true, d.present), d), failed, zero, unknown=settled.unknown)

    def raw(self, node: Raw) -> Number:
        d = self.domains[node.signal]
        number = d.number_when_failed
        if number is None:
            return Number.of(measured(d.present, d), unknown=d.absent)
        return Number.of(measured(d.present, d), fixed(d.absent, number), unknown=NEVER)

    # ── Other signals ─────────────────────────────────────────────────────

    def one_of(self, node: OneOf) -> Kleene:
        d = self.domains[node.signal]
        names = frozenset(map(headers.word, node.names))
        return Kleene.of(cell(d.name, d.words(names)), cell(d.name, d.words(d.members - names)), d.absent)

    def has(self, node: Has) -> Kleene:
        return self._atom(node.signal, Atom("has", headers.word(node.member)))

    @override
    def among(self, node: Among) -> Kleene:
        """One expression, however many values there are. The empty one is a header of its own kind."""
        if "" in node.texts:
            return super().among(node)
        expression = "|".join(headers.escape(text) for text in sorted(node.texts))
        return self._atom(node.signal, Atom("matches", expression))

    def _atom(self, signal: str, atom: Atom) -> Kleene:
        d = self.domains[signal]
        return Kleene.of(cell(signal, d.text(atom)), cell(signal, d.text(refused=(atom,))), d.absent)

    def text(self, node: Text) -> Kleene:
        left, right = self._term(node.left), self._term(node.right)
        if isinstance(left, StringSignal) and isinstance(right, StringSignal):
            if left.name != right.name:
                raise Unsayable(
                    f"signals `{left.name}` and `{right.name}` are compared: a header matcher knows one header",
                    node.span,
                    "let whatever sets the headers compare them, as a bool signal",
                )
            d = self.domains[left.name]
            same = node.relation != "before"
            return Kleene.of(d.present if same else NEVER, NEVER if same else d.present, d.absent)
        if isinstance(left, StringSignal):
            assert isinstance(right, str), "two signals have been dealt with"
            if node.relation in ("prefix", "suffix", "contains") and not right:
                d = self.domains[left.name]
                return Kleene.of(d.present, NEVER, d.absent)
            if node.relation == "before" and not right:
                d = self.domains[left.name]
                return Kleene.of(NEVER, d.present, d.absent)
            if node.relation == "matches" and not right:
                # Envoy takes no empty expression.
                return self._atom(left.name, Atom("equals", right))
            return self._atom(left.name, Atom(node.relation, right))
        if isinstance(right, StringSignal):
            return self._literal_first(node, left, right.name)
        return _constant(RELATIONS[node.relation](left, right))

    def _literal_first(self, node: Text, literal: str, signal: str) -> Kleene:
        d = self.domains[signal]
        equals, before = Atom("equals", literal), Atom("before", literal)
        match node.relation:
            case "equals":
                return self._atom(signal, equals)
            case "before":
                # No string stands before the empty one.
                less = (equals, before) if literal else (equals,)
                at_most = either(cell(signal, d.text(a)) for a in less)
                return Kleene.of(cell(signal, d.text(refused=less)), at_most, d.absent)
            case _:
                assert node.relation == "prefix", "the others are asked of a signal alone"
                starts = tuple(Atom("equals", literal[:n]) for n in range(len(literal) + 1))
                true = either(cell(signal, d.text(a)) for a in starts)
                return Kleene.of(true, cell(signal, d.text(refused=starts)), d.absent)

    @staticmethod
    def _term(term: StringLiteral | StringSignal | Attribute) -> str | StringSignal:
        assert not isinstance(term, Attribute), "what a rule says of its destination is settled"
        return term.value if isinstance(term, StringLiteral) else term

    def failed(self, node: Failed) -> Kleene:
        d = self.domains[node.signal]
        return Kleene.of(d.absent, d.present, NEVER)

    # ── Numbers ───────────────────────────────────────────────────────────

    @override
    def indicator(self, node: Indicator, condition: Kleene) -> Number:
        one, nothing = fixed(condition.true, Fraction(1)), fixed(condition.false, Fraction(0))
        return Number.of(one, nothing, unknown=condition.unknown)

    def linear(self, node: Linear, quantities: Sequence[Number]) -> Number:
        factors = [factor for factor, _ in node.terms]
        return Number.total(node.constant, list(zip(factors, quantities, strict=True)))

    def within(self, node: Within, number: Number) -> Kleene:
        outside = complement(node.ranges)

        def rows(ranges: tuple[Interval, ...], *, unknown: bool = False) -> Rows:
            with _Explained(node.span, "this comparison"):
                found = number.inside(ranges, self.domains)
                return either((found, number.unknown)) if unknown else found

        return Kleene(
            lambda: rows(node.ranges),
            lambda: rows(outside),
            lambda: rows(node.ranges, unknown=True),
            lambda: rows(outside, unknown=True),
        )

    # ── Logic ─────────────────────────────────────────────────────────────

    def constant(self, node: Constant) -> Kleene:
        return _constant(node.value)

    @override
    def negation(self, node: Not, operand: Kleene) -> Kleene:
        return Kleene(lambda: operand.false, lambda: operand.true, lambda: operand.doubt, lambda: operand.maybe)

    def all(self, node: All, parts: Sequence[Kleene]) -> Kleene:
        return Kleene(
            _joined(every, parts, "true", node.span),
            _joined(either, parts, "false", node.span),
            _joined(every, parts, "maybe", node.span),
            _joined(either, parts, "doubt", node.span),
        )

    def any(self, node: Any, parts: Sequence[Kleene]) -> Kleene:
        return Kleene(
            _joined(either, parts, "true", node.span),
            _joined(every, parts, "false", node.span),
            _joined(either, parts, "maybe", node.span),
            _joined(every, parts, "doubt", node.span),
        )

    # ── What no condition of a request says ───────────────────────────────

    def caused(self, node: Caused) -> Kleene:  # noqa: ARG002  as the message says
        raise AssertionError("what a rule says of its destination is settled")

    def outcome(self, node: Outcome) -> Kleene:
        raise Unsayable("only a claim speaks of the decision", node.span)

    def provided(self, node: Provided) -> Number:  # noqa: ARG002  as above
        raise AssertionError("what a rule says of its destination is settled")

    def cost(self, node: Cost) -> Number:
        raise Unsayable(
            "a denial asks what the chosen plan would cost: header matchers do not follow a request to its plan",
            node.span,
            "forbid the pools by `destination.cost` instead",
        )

    def answer_confidence(self, node: AnswerConfidence) -> Number:
        raise Unsayable("Envoy does not read answers", node.span)


def _constant(value: bool) -> Kleene:
    return Kleene.of(ALWAYS, NEVER, NEVER) if value else Kleene.of(NEVER, ALWAYS, NEVER)


def _joined(how: Callable[[list[Rows]], Rows], parts: Sequence[Kleene], view: str, span: Span | None) -> View:
    def rows() -> Rows:
        with _Explained(span, "this condition"):
            return how([getattr(p, view) for p in parts])

    return rows


class _Explained:
    """Turns an expansion without bounds into a finding at the smallest condition that is too wide."""

    def __init__(self, span: Span | None, what: str) -> None:
        self._span = span
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, TwoNumbers):
            raise Unsayable(
                f"the numbers of `{error.first}` and `{error.second}` are added: a header matcher knows one header,"
                " and Envoy adds whole numbers alone",
                self._span,
                "let whatever sets the headers compute the sum or its band, and declare that as a signal",
            ) from error
        if isinstance(error, TooWide):
            raise Unsayable(
                f"{self._what} takes more rows of header matchers than wrpc writes",
                self._span,
                "say it with fewer alternatives, or as a bool signal that whatever sets the headers computes",
            ) from error
