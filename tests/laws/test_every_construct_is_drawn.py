"""Every construct of the language stands in many of the random policies that the laws are tried on: each attribute of
each block, each node of the syntax and of expressions, what is asked of destinations, each construct of a target.

What there is follows from the tables of the compiler, so that a construct without a generator fails here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from tests.laws.dice import Dice
from tests.laws.policies import nodes, policies
from wrpc.policy import expr as x
from wrpc.policy import kinds as k
from wrpc.policy import model as m
from wrpc.policy.declarations import DECLARATIONS
from wrpc.policy.vocabulary import CAUSES, DESTINATION, EXPECTATIONS, NUMBERS, PLAN_ROLES, ROWS
from wrpc.syntax import tree as t
from wrpc.syntax.parse import parse
from wrpc.targets.constructs import used
from wrpc.targets.target import CONSTRUCTS

DRAWN, PARTS = 2_000, 2
LEAST = 12
"""In so many policies of all."""

ELSEWHERE = {
    "Import": "a policy of several files: tests/policy/test_imports.py",
    "Import.path": "as above",
    "core Outcome.kind reaches": "the solver's own, no text stands for it",
    "Comment": "comments are kept by the printer: test_acceptance_changes_no_proof.py",
    "Comment.text": "as above",
    **{f"expect {name}": "what random tests expect: test_written_tests_cover.py" for name in EXPECTATIONS},
}
"""What the laws do not draw, and where it is tried."""


# ── What there is ─────────────────────────────────────────────────────────


def everything() -> Iterator[str]:
    """By the tables of the compiler."""
    for block, table in ROWS.items():
        yield from (f"{block} {name}" for name in table)
    for cls in below(t.Node):
        yield cls.__name__
        yield from (f"{cls.__name__}.{name}" for name in cls.__match_args__ if name != "span")
        for name, values in literal(cls):
            yield from (f"{cls.__name__}.{name} {value}" for value in values)
    for cls in (*below(x.Core), *get_args(x.Quantity)):
        yield f"core {cls.__name__}"
        for name, values in literal(cls):
            yield from (f"core {cls.__name__}.{name} {value}" for value in values)
    yield from (f"override {d.keyword}" for d in DECLARATIONS.values() if d.overridable)
    yield from (f"on {cause}" for cause in CAUSES)
    yield from (f"destination.{name}" for name in (*DESTINATION, "role", "causes", *NUMBERS))
    yield from (f"role {role}" for role in PLAN_ROLES)
    yield from (f"cost in {rule.__name__}" for rule in (m.Denial, m.Claim))
    yield from (f"cell {kind}" for kind in ("Path", "Number", "Text", "Listing"))
    yield from (str(c) for c in CONSTRUCTS)


def below(cls: Any) -> Iterator[Any]:
    """The classes under it that have none under them."""
    each: Any
    for each in cls.__subclasses__():
        if each.__subclasses__():
            yield from below(each)
        else:
            yield each


def literal(cls: Any) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The fields that hold one of a few words, with these."""
    for name, hint in get_type_hints(cls).items():
        if get_origin(hint) is not None and str(get_origin(hint)) == "typing.Literal":
            yield name, get_args(hint)


# ── What is drawn ─────────────────────────────────────────────────────────


def written(file: t.File) -> Iterator[str]:
    for node in walked(file.declarations):
        name = type(node).__name__
        yield name
        for part in type(node).__match_args__:
            value = getattr(node, part)
            if value not in (None, False, ()):
                yield f"{name}.{part}"
            if isinstance(value, str):
                yield f"{name}.{part} {value}"
        match node:
            case t.Section(_, kind, _, items):
                yield from attributes(kind, items)
            case t.Signal(_, _, _, t.Block() as block):
                yield from attributes("signal", block.attributes)
            case t.Override(_, section):
                yield f"override {section.kind}"
            case t.Fallback(_, _, causes):
                yield from (f"on {cause.text}" for cause in causes)
            case t.Row(_, _, block):
                yield from (f"cell {type(a.value).__name__}" for a in block.attributes)
            case _:
                pass


def attributes(kind: str, items: Any) -> Iterator[str]:
    """Of a block, and of the blocks in it."""
    table = ROWS["route" if kind == "default" else kind] if kind in (*ROWS, "default") else {}
    rest = [row.name for row in table.values() if isinstance(row.kind, k.Rest)]
    for item in items:
        if not isinstance(item, t.Attribute):
            continue
        name = item.name.text
        row = table.get(name)
        yield from (f"{kind} {n}" for n in ([name] if row else rest))
        if row is not None and isinstance(row.kind, k.Nested) and isinstance(item.value, t.Block):
            yield from attributes(row.kind.block, item.value.attributes)


def walked(node: object) -> Iterator[t.Node]:
    if isinstance(node, t.Node):
        yield node
        for name in type(node).__match_args__:
            yield from walked(getattr(node, name))
    elif isinstance(node, tuple):
        for part in node:
            yield from walked(part)


def meant(policy: m.Policy) -> Iterator[str]:
    for node in nodes(policy):
        yield from core(node)
    for guard in policy.guards.values():
        for rule in guard.rules:
            if (
                isinstance(rule, m.Denial)
                and rule.when is not None
                and any(isinstance(n, x.Cost) for n in x.walk(rule.when))
            ):
                yield "cost in Denial"
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            parts = [c for c in (claim.what, claim.when) if c is not None]
            if any(isinstance(n, x.Cost) for part in parts for n in x.walk(part)):
                yield "cost in Claim"
    for route in policy.answering:
        if route.action.escalate is not None:
            yield from (f"core {type(n).__name__}" for n in x.walk(route.action.escalate))
    yield from (use.construct for use in used(policy))


def core(node: object) -> Iterator[str]:
    name = type(node).__name__
    yield f"core {name}"
    for part in getattr(type(node), "__match_args__", ()):
        value = getattr(node, part)
        if isinstance(value, str):
            yield f"core {name}.{part} {value}"
    match node:
        case x.Text(_, left, right):
            for term in (left, right):
                if isinstance(term, x.Attribute):
                    yield f"destination.{term.name}"
                    role = right if term is left else left
                    if term.name == "role" and isinstance(role, x.StringLiteral):
                        yield f"role {role.value}"
        case x.Caused():
            yield "destination.causes"
        case x.Provided(of):
            yield f"destination.{of}"
        case _:
            pass


# ── The test ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", range(PARTS))
def test_everything_is_drawn(part: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(part, DRAWN, PARTS):
        policy = Dice(seed).draw(policies())
        file, _ = parse(policy.sources[0])
        seen.update({*written(file), *meant(policy)})
    missing = {what: seen[what] for what in everything() if what not in ELSEWHERE and seen[what] < LEAST // PARTS}
    assert not missing


def test_what_is_tried_elsewhere_is_something() -> None:
    assert {name for name in ELSEWHERE if not name.startswith("expect ")} <= {*everything()}
