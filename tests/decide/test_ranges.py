"""A number leaves the routes that may hold for it, and where few bounds are told apart no other."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wrpc.api
from tests.laws.volume import compared, many
from wrpc.decide import ranges
from wrpc.decide.ranges import Ranges
from wrpc.policy.expr import All, Any, Condition, Fires, Interval, Linear, Raw, Within

Raws = dict[str, Fraction | int | None]


def within(r: Random, empty: float = 0.1) -> Condition:
    low, high = (None if r.random() < 0.2 else Fraction(r.randrange(-4, 13), 2) for _ in range(2))
    interval = Interval(low, high, r.random() < 0.5, r.random() < 0.5)
    number = Linear(Fraction(0), ((Fraction(1), Raw(r.choice("ab"))),))
    return Within(number, () if r.random() < empty else (interval,))


def part(r: Random) -> Condition:
    return r.choice([within(r), within(r), Fires("x"), Any((within(r), within(r)))])


def drawn(seed: int) -> tuple[list[Condition | None], Raws]:
    r = Random(seed)
    conditions = [
        r.choice([None, within(r), All(tuple(part(r) for _ in range(r.randrange(4))))]) for _ in range(r.randrange(12))
    ]
    values = [None, r.randrange(-3, 8), Fraction(r.randrange(-9, 26), 4), Fraction(r.randrange(-4, 13), 2)]
    return conditions, {signal: r.choice(values) for signal in "ab"[: r.randrange(3)]}


def asks(condition: Condition | None) -> list[Within]:
    """The ranges in which a number has to lie."""
    match condition:
        case Within(_, (_,)):
            return [condition]
        case All(parts):
            return [w for part in parts if isinstance(part, Within) for w in asks(part)]
        case _:
            return []


def name(condition: Within) -> str:
    ((_, quantity),) = condition.number.terms
    assert isinstance(quantity, Raw)
    return quantity.signal


@pytest.mark.parametrize("most", [1024, 3])
@many(500, floors={"left": 500, "ruled out": 250})
@given(st.integers(0, 10**9).map(drawn))
def test_what_is_left(most: int, case: tuple[list[Condition | None], Raws]) -> None:
    conditions, raw = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "MOST", most)
        left = Ranges(conditions, {}).left(raw)
    assert left < 1 << len(conditions)
    for i, condition in enumerate(conditions):
        inside = all(
            value is None or value in w.ranges[0] for w in asks(condition) for value in (raw.get(name(w)),)
        )  # fmt: skip
        there = bool(left >> i & 1)
        assert there or not inside
        assert there == inside or most == 3
        compared("left" if there else "ruled out")


def test_a_range_that_has_a_name() -> None:
    policy = wrpc.api.loads(
        "signal n: int(0..100) { source total_tokens }\n"
        "let low = n < 10\nlet mid = n >= 10 and not_high\nlet not_high = n <= 20\n"
        "pool p { }\nroute a { priority 2 when low to p }\nroute b { priority 1 when mid to p }\ndefault { to p }\n"
    )
    made = Ranges([route.when for route in policy.routes.values()], policy.definitions)
    assert [made.left({"n": n}) for n in (9, 10, 20, 21, None)] == [0b01, 0b10, 0b10, 0b00, 0b11]
