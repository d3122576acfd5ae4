"""The syntax tree: what was written, where. No meaning yet.

Every node carries the span it was read from; nodes that a program makes (an importer) carry any span that a finding
about them should point at. Equality ignores spans, so that "print, then parse" can be compared with `==`.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Literal

from wrpc.source import Source, Span
from wrpc.values import value


@value
class Node:
    span: Span = field(compare=False, repr=False)


# ── Words and values ──────────────────────────────────────────────────────


@value
class Name(Node):
    """An identifier, or any text in backticks (without them)."""

    text: str


@value
class Number(Node):
    """A number as written: `8k` has value 8 and unit "k", `1.80USD/Mtok` has 1.80 and "USD/Mtok".

    `text` keeps the spelling of the value (`131_072`, `1.80`), so that a printer changes nothing.
    """

    value: Fraction
    unit: str = ""
    text: str = field(default="", compare=False)


@value
class Text(Node):
    """A string, unescaped."""

    value: str


@value
class Path(Node):
    """A name, or several with dots between (`destination.trust`)."""

    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        return ".".join(p.text for p in self.parts)


@value
class Range(Node):
    low: Number
    high: Number


@value
class Listing(Node):
    """`[a, b]`."""

    items: tuple[Value, ...]


@value
class Argument(Node):
    name: Name | None
    value: Value | Expr


@value
class Call(Node):
    name: Name
    arguments: tuple[Argument, ...]


@value
class Attribute(Node):
    name: Name
    value: Value


@value
class Block(Node):
    attributes: tuple[Attribute, ...]


# ── Expressions ───────────────────────────────────────────────────────────


@value
class Not(Node):
    operand: Expr


@value
class And(Node):
    parts: tuple[Expr, ...]


@value
class Or(Node):
    parts: tuple[Expr, ...]


Operator = Literal["==", "!=", "<", "<=", ">", ">="]


@value
class Compare(Node):
    operator: Operator
    left: Expr
    right: Expr


@value
class In(Node):
    """`left in right`, or `left not in right`; with `within` that word in the place of `in`."""

    left: Expr
    right: Expr
    negated: bool
    within: bool = False

    @property
    def word(self) -> str:
        return ("not " if self.negated else "") + ("within" if self.within else "in")


@value
class Sum(Node):
    """`a + b - c`: each later term with its sign; the first term's sign is "+"."""

    terms: tuple[tuple[Literal["+", "-"], Expr], ...]


@value
class Product(Node):
    factors: tuple[Expr, ...]


@value
class Signed(Node):
    sign: Literal["+", "-"]
    operand: Expr


Expr = Not | And | Or | Compare | In | Sum | Product | Signed | Number | Text | Path | Listing | Call
Value = Number | Text | Path | Range | Listing | Block | Call


# ── Clauses: the items of a block that are more than `name value` ─────────


@value
class When(Node):
    condition: Expr


@value
class Destination(Node):
    pool: Name
    weight: Number | None


@value
class To(Node):
    """`to a weight 90, b weight 10`; `to any` has no destinations."""

    destinations: tuple[Destination, ...]

    @property
    def any(self) -> bool:
        return not self.destinations


@value
class Cascade(Node):
    steps: tuple[Name, ...]
    escalate: Expr | None


@value
class Fallback(Node):
    """`fallback a, b on timeout`. `others` is that word, where it means the other main destinations."""

    pools: tuple[Name, ...]
    causes: tuple[Name, ...]
    others: Name | None = None


@value
class Spill(Node):
    pool: Name
    above: Number


@value
class Mirror(Node):
    pool: Name
    share: Number


@value
class Measure(Node):
    """What happens once a budget is used up `at` times over: a pool, a setting (`tools none`), or a denial."""

    at: Number | None
    what: Name | Attribute | Deny


@value
class Budget(Node):
    """`budget 20k/min per tenant then …`, or a `limit`. `per` is None for all requests of the route together."""

    amount: Number
    per: Name | None
    kind: Literal["budget", "limit"] = "budget"
    then: tuple[Measure, ...] = ()


@value
class Sticky(Node):
    """`sticky by user for 30min`."""

    by: Name
    time: Number | None


@value
class Deny(Node):
    reason: Text
    condition: Expr | None


@value
class Forbid(Node):
    what: Expr
    condition: Expr | None


@value
class Require(Node):
    """In a guard an obligation (`redact("pii")`), in a place a rule over pool and site; with a condition or
    without."""

    what: Expr
    condition: Expr | None


@value
class Sealed(Node):
    pass


@value
class Critical(Node):
    pass


@value
class AcceptFailure(Node):
    """Of a guard: what a failed signal lets past it is meant."""


@value
class Apart(Node):
    """Of a place: no site has replicas of two of its pools."""


@value
class Prefer(Node):
    """Of a place: `prefer cost, power, sites`."""

    what: tuple[Name, ...]


@value
class Claim(Node):
    kind: Literal["always", "never"]
    what: Expr
    condition: Expr | None


Item = (
    Attribute | When | To | Cascade | Fallback | Spill | Mirror | Budget | Sticky | Deny | Forbid | Require
    | Sealed | Critical | AcceptFailure | Apart | Prefer | Claim
)  # fmt: skip


# ── Declarations ──────────────────────────────────────────────────────────

SectionKind = Literal[
    "policy", "workload", "model", "site", "pool", "place", "route", "default", "guard", "assert", "target", "signal"
]


@value
class Section(Node):
    """A keyword, a name and one block: `pool local { … }`. Only `default` has no name."""

    kind: SectionKind
    name: Name | None
    items: tuple[Item, ...]

    @property
    def title(self) -> Span:
        """Where a finding about the whole points: the name, or the keyword of what has none."""
        if self.name is not None:
            return self.name.span
        return Span(self.span.source, self.span.start, self.span.start + len(self.kind))


@value
class Import(Node):
    path: Text


@value
class Override(Node):
    """Of a signal, the section has its attributes alone."""

    section: Section


@value
class Signal(Node):
    """`type` is a bare word (`bool`) or a call (`int(0..1M)`)."""

    name: Name
    type: Path | Call
    block: Block | None


@value
class Score(Node):
    name: Name
    value: Expr


@value
class Step(Node):
    """One name of a band; `bound` is None for `otherwise`."""

    name: Name
    edge: Literal["below", "upto", "otherwise"]
    bound: Number | None


@value
class Band(Node):
    name: Name
    of: Name
    steps: tuple[Step, ...]


@value
class Group(Node):
    name: Name
    members: tuple[Name, ...]
    default: Name | None


@value
class Let(Node):
    name: Name
    value: Expr


@value
class Row(Node):
    """What is known of one value of a table's signal; `key` is None for `otherwise`."""

    key: Name | Text | None
    block: Block


@value
class Table(Node):
    name: Name
    of: Name
    rows: tuple[Row, ...]


@value
class Stack(Node):
    """Targets that are deployed together, the one that decides first."""

    name: Name
    targets: tuple[Name, ...]


@value
class Assume(Node):
    name: Name
    condition: Expr


@value
class Share(Node):
    """`share` of the requests of `of`, of every workload without one, are such that the condition holds."""

    condition: Expr
    share: Number
    of: Name | None = None


@value
class Test(Node):
    title: Text
    given: Block
    expect: Block


Declaration = Section | Import | Override | Signal | Score | Band | Group | Let | Table | Stack | Assume | Share | Test


@value
class Comment(Node):
    """`text` with its `#`."""

    text: str


@value
class File:
    """One parsed file. Equality compares declarations only."""

    source: Source = field(compare=False, repr=False)
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
