"""The syntax tree: what was written, where. No meaning yet.

Every node carries the span it was read from; nodes that a program makes (an importer) carry any span that a finding
about them should point at. Equality ignores spans, so that "print, then parse" can be compared with `==`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from wrpc.source import Source, Span


@dataclass(frozen=True, slots=True)
class Node:
    span: Span = field(compare=False, repr=False)


# ── Words and values ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Name(Node):
    """An identifier, or any text in backticks (without them)."""

    text: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as written: `8k` has value 8 and unit "k", `1.80USD/Mtok` has 1.80 and "USD/Mtok".

    `text` keeps the spelling of the value (`131_072`, `1.80`), so that a printer changes nothing.
    """

    value: Fraction
    unit: str = ""
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string, unescaped."""

    value: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A name, or several with dots between (`destination.trust`)."""

    parts: tuple[Name, ...]

    @property
    def text(self) -> str:
        return ".".join(p.text for p in self.parts)


@dataclass(frozen=True, slots=True)
class Range(Node):
    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class Listing(Node):
    """`[a, b]`."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    name: Name | None
    value: Value | Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    name: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    name: Name
    value: Value


@dataclass(frozen=True, slots=True)
class Block(Node):
    attributes: tuple[Attribute, ...]


# ── Expressions ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Expr


@dataclass(frozen=True, slots=True)
class And(Node):
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    parts: tuple[Expr, ...]


Operator = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: Operator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Node):
    """`left in right`, or `left not in right`."""

    left: Expr
    right: Expr
    negated: bool


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """`a + b - c`: each later term with its sign; the first term's sign is "+"."""

    terms: tuple[tuple[Literal["+", "-"], Expr], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    factors: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Signed(Node):
    sign: Literal["+", "-"]
    operand: Expr


Expr = Not | And | Or | Compare | In | Sum | Product | Signed | Number | Text | Path | Listing | Call
Value = Number | Text | Path | Range | Listing | Block | Call


# ── Clauses: the items of a block that are more than `name value` ─────────


@dataclass(frozen=True, slots=True)
class When(Node):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Destination(Node):
    pool: Name
    weight: Number | None


@dataclass(frozen=True, slots=True)
class To(Node):
    """`to a weight 90, b weight 10`; `to any` has no destinations."""

    destinations: tuple[Destination, ...]

    @property
    def any(self) -> bool:
        return not self.destinations


@dataclass(frozen=True, slots=True)
class Cascade(Node):
    steps: tuple[Name, ...]
    escalate: Expr | None


@dataclass(frozen=True, slots=True)
class Fallback(Node):
    pools: tuple[Name, ...]
    causes: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Spill(Node):
    pool: Name
    above: Number


@dataclass(frozen=True, slots=True)
class Mirror(Node):
    pool: Name
    share: Number


@dataclass(frozen=True, slots=True)
class Budget(Node):
    amount: Number
    per: Name | None


@dataclass(frozen=True, slots=True)
class Deny(Node):
    reason: Text
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Forbid(Node):
    what: Expr
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Require(Node):
    """In a guard an obligation (`redact("pii")`) with an optional condition; in a place a rule over pool and site."""

    what: Expr
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Sealed(Node):
    pass


@dataclass(frozen=True, slots=True)
class Critical(Node):
    pass


@dataclass(frozen=True, slots=True)
class Claim(Node):
    kind: Literal["always", "never"]
    what: Expr
    condition: Expr | None


Item = (
    Attribute | When | To | Cascade | Fallback | Spill | Mirror | Budget | Deny | Forbid | Require | Sealed
    | Critical | Claim
)  # fmt: skip


# ── Declarations ──────────────────────────────────────────────────────────

SectionKind = Literal[
    "policy", "workload", "model", "site", "pool", "place", "route", "default", "guard", "assert", "target"
]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Import(Node):
    path: Text


@dataclass(frozen=True, slots=True)
class Override(Node):
    section: Section


@dataclass(frozen=True, slots=True)
class Signal(Node):
    """`type` is a bare word (`bool`) or a call (`int(0..1M)`)."""

    name: Name
    type: Path | Call
    block: Block | None


@dataclass(frozen=True, slots=True)
class Score(Node):
    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One name of a band; `bound` is None for `otherwise`."""

    name: Name
    edge: Literal["below", "upto", "otherwise"]
    bound: Number | None


@dataclass(frozen=True, slots=True)
class Band(Node):
    name: Name
    of: Name
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Group(Node):
    name: Name
    members: tuple[Name, ...]
    default: Name | None


@dataclass(frozen=True, slots=True)
class Let(Node):
    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Assume(Node):
    name: Name
    condition: Expr


@dataclass(frozen=True, slots=True)
class Test(Node):
    title: Text
    given: Block
    expect: Block


Declaration = Section | Import | Override | Signal | Score | Band | Group | Let | Assume | Test


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """`text` with its `#`."""

    text: str


@dataclass(frozen=True, slots=True)
class File:
    """One parsed file. Equality compares declarations only."""

    source: Source = field(compare=False, repr=False)
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
