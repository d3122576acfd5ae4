"""Random syntax trees: every construct of the language, as a program would make them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

from hypothesis import strategies as st

from wrpc.source import Source
from wrpc.syntax import tree as t

SPAN = Source("<program>", "").span()
WORDS = """
a b prompt pii to when any none
default and or not in on weight per escalate given null x1 _y budget limit then tools at by for others sticky
"""

Strategy = st.SearchStrategy[Any]


def maybe(strategy: Strategy) -> Strategy:
    return st.none() | strategy


def several(strategy: Strategy, least: int = 0, most: int = 4) -> Strategy:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def node(kind: Any, *fields: Strategy) -> Strategy:
    return st.builds(kind, st.just(SPAN), *fields)


odd_names = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), min_size=1, max_size=6)
common = st.sampled_from(WORDS.split())
names = node(t.Name, common | common | odd_names)
plain = st.integers(-(10**9), 10**9).map(Fraction) | st.decimals(-1000, 1000, places=3).map(Fraction)
units = st.sampled_from(["", "", "", "k", "Ki", "ms", "%", "GiB", "/s", "k/min", "USD/Mtok", "USD/h"])
numbers = st.builds(lambda value, unit: t.Number(SPAN, value, unit), plain, units)
texts = node(t.Text, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
paths = node(t.Path, several(names, 1, 3))
ranges = node(t.Range, numbers, numbers)


def _calls(values: Strategy, expressions: Strategy) -> Strategy:
    named = node(t.Argument, names, values)
    positional = node(t.Argument, st.none(), expressions | ranges)
    return node(t.Call, names, several(named | positional))


def _values(values: Strategy) -> Strategy:
    attribute = node(t.Attribute, names, values)
    return (
        node(t.Listing, several(values)) | node(t.Block, several(attribute)) | _calls(values, numbers | texts | paths)
    )


values = st.recursive(numbers | texts | paths | ranges, _values, max_leaves=6)


def _expressions(e: Strategy) -> Strategy:
    sign = st.sampled_from("+-")
    terms = st.tuples(e, several(st.tuples(sign, e), 1, 3)).map(lambda s: (("+", s[0]), *s[1]))
    return st.one_of(
        node(t.Not, e),
        node(t.And, several(e, 2)),
        node(t.Or, several(e, 2)),
        node(t.Compare, st.sampled_from(get_args(t.Operator)), e, e),
        node(t.In, e, e, st.booleans(), st.booleans()),
        node(t.Sum, terms),
        node(t.Product, several(e, 2)),
        node(t.Signed, sign, e),
        _calls(values, e),
    )


leaves = numbers | texts | paths | node(t.Listing, several(values, most=3))
expressions = st.recursive(leaves, _expressions, max_leaves=12)
conditions = maybe(expressions)

attributes = node(t.Attribute, names, values)
blocks = node(t.Block, several(attributes))
whens = node(t.When, expressions)
denials = node(t.Deny, texts, conditions)
settings = node(t.Attribute, node(t.Name, st.sampled_from(["tools", "compress", "reasoning"])), values)
called_route = st.just(t.Name(SPAN, "route"))
measures = node(t.Measure, maybe(numbers), names | settings | node(t.Deny, texts, st.none()))
clauses = st.one_of(
    attributes,
    whens,
    node(t.To, several(node(t.Destination, names, maybe(numbers)))),
    node(t.Cascade, several(names, 2), conditions),
    node(t.Fallback, several(names, 1), several(names)),
    node(t.Spill, names, numbers),
    node(t.Mirror, names, numbers),
    node(t.Budget, numbers, maybe(names | called_route), st.sampled_from(["budget", "limit"]), several(measures)),
    node(t.Sticky, names, maybe(numbers)),
    node(t.Deny, texts, st.none()),
)
rules = st.one_of(
    attributes,
    denials,
    node(t.Forbid, expressions, conditions),
    node(t.Require, expressions, conditions),
    node(t.Sealed),
    node(t.Critical),
    node(t.AcceptFailure),
)
claims = st.one_of(
    attributes,
    node(t.Critical),
    node(t.Claim, st.sampled_from(["always", "never"]), expressions, conditions),
)
items = {
    "workload": whens | attributes,
    "place": st.one_of(
        attributes,
        node(t.Require, expressions, conditions),
        node(t.Budget, numbers, maybe(names)),
        node(t.Apart),
        node(t.Prefer, several(names, 1)),
    ),
    "route": clauses,
    "default": clauses,
    "guard": rules,
    "assert": claims,
}


def section(kind: str) -> Strategy:
    name = st.none() if kind == "default" else names
    return node(t.Section, st.just(kind), name, several(items.get(kind, attributes)))


OVERRIDDEN = ("pool", "route", "site", "model", "workload", "guard", "signal")
# A signal is a section in an override alone.
sections = st.one_of([section(kind) for kind in get_args(t.SectionKind) if kind != "signal"])
steps = st.one_of(
    node(t.Step, names, st.sampled_from(["below", "upto"]), numbers),
    node(t.Step, names, st.just("otherwise"), st.none()),
)
declarations = st.one_of(
    sections,
    sections,
    node(t.Import, texts),
    node(t.Override, st.one_of([section(kind) for kind in OVERRIDDEN])),
    node(t.Signal, names, node(t.Path, several(names, 1, 1)) | _calls(values, expressions), maybe(blocks)),
    node(t.Score, names, expressions),
    node(t.Band, names, names, several(steps, 1)),
    node(t.Group, names, several(names, 1), maybe(names)),
    node(t.Let, names, expressions),
    node(t.Table, names, names, several(node(t.Row, maybe(names | texts), blocks), 1)),
    node(t.Stack, names, several(names, 1)),
    node(t.Assume, names, expressions),
    node(t.Test, texts, blocks, blocks),
)
files = several(declarations, most=6).map(lambda made: t.File(SPAN.source, made))
