"""Conditions as rows: exactly the requests for which the interpreter calls them true, false and unknown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from tests.support.compiling import policy
from wrpc.decide import BadRequest, Interpreter
from wrpc.decide.request import RequestValue, read
from wrpc.decide.state import state
from wrpc.policy.expr import fold
from wrpc.policy.model import Policy
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.cells import Cell, Choice, Numbers
from wrpc.targets.envoy.conditions import Conditions, Unsayable
from wrpc.targets.envoy.rows import Rows, TooWide
from wrpc.targets.envoy.totals import Total


def allows(cell: Cell, text: str | None) -> bool:
    """Whether a header is one that a cell allows."""
    if text is None:
        return cell.absent
    match cell:
        case Choice():
            return text in cell.words
        case Numbers():
            return any(Fraction(text) in r for r in cell.ranges)
        case _:
            return (
                cell.present
                and all(a.holds(text) for a in cell.required)
                and not any(a.holds(text) for a in cell.refused)
            )


def holds(rows: Rows, found: Policy, request: dict[str, RequestValue]) -> bool:
    texts = {n: None if v is None else headers.value(found.signals[n], v) for n, v in request.items()}
    for total in (s for row in rows for s in row if isinstance(s, Total)):
        parts = [(texts[name], factor) for name, factor in total.terms]
        # As the listener computes it.
        texts[total] = None if any(t is None for t, _ in parts) else str(sum(int(t or 0) * f for t, f in parts))
    return any(all(allows(cell, texts[s]) for s, cell in row.items()) for row in rows)


@many(2_000, floors=20_000)
@given(dice=dices())
def test_rows_are_what_the_interpreter_says(dice: Dice) -> None:
    found = dice.draw(policies())
    machine = Interpreter(found)
    seen = Conditions(found)
    given_ = [read(found, dice.draw(requests(found))) for _ in range(8)]
    for route in found.routes.values():
        if route.when is None:
            continue
        try:
            kleene = fold(route.when, seen)
            views = kleene.true, kleene.false, kleene.unknown, kleene.maybe, kleene.doubt
        except (Unsayable, TooWide):
            continue
        for request in given_:
            try:
                s = state(found, request)
            except BadRequest:
                continue
            if s.denied_by is not None:
                continue
            compared()
            truth = machine.holds(route.when, s)
            wanted = (truth is True, truth is False, truth is None, truth is not False, truth is not True)
            assert tuple(holds(rows, found, request) for rows in views) == wanted


HEAD = """
policy p { language 1 }
signal a: bool { source claim("a") }
signal b: bool { source claim("b") }
signal s: score { source classifier("s")  threshold 0.5 }
signal t: score { source classifier("t")  threshold 0.5 }
signal u: string { source header("x-u") }
signal v: string { source header("x-v") }
signal n: int(0..100) { source turns }
pool one { }
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a or b", 2),
        ("a and b", 1),
        ("n < 3 or n > 90", 1),
        ("n < 3 or a and n < 3", 1),
        ("not (a or s)", 1),
        ("a or not a", 1),
        ('u in ["x", "y"]', 2),
        ("0.4 * a + 0.4 * b >= 0.4", 2),
        ("0.5 * a + confidence(s) >= 0.75", 2),
    ],
)
def test_how_many_rows(text: str, count: int) -> None:
    found = policy(HEAD + f"route r {{ when {text}  to one }}")
    when = found.routes["r"].when
    assert when is not None
    assert len(fold(when, Conditions(found)).true) == count


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("u == v", "signals `u` and `v` are compared"),
        ("confidence(s) + confidence(t) > 1.2", "the numbers of `s` and `t` are added"),
        ("n > raw(s)", "the numbers of"),
    ],
)
def test_what_no_matcher_says(text: str, said: str) -> None:
    found = policy(HEAD + f"route r {{ when {text}  to one }}")
    when = found.routes["r"].when
    assert when is not None
    with pytest.raises(Unsayable, match=said) as caught:
        _ = fold(when, Conditions(found)).true
    assert caught.value.span is not None
    assert caught.value.help is not None


def test_a_wide_condition_is_refused_soon() -> None:
    bools = "".join(f"signal b{i}: bool {{ source has_tools }}\n" for i in range(400))
    wide = " and ".join(f"(b{2 * i} or b{2 * i + 1})" for i in range(200))
    head = HEAD.replace("signal b: bool", "signal bb: bool")
    found = policy(head + bools + f"route r {{ when {wide}  to one }}")
    when = found.routes["r"].when
    assert when is not None
    with pytest.raises(Unsayable, match="more rows of header matchers"):
        _ = fold(when, Conditions(found)).true
