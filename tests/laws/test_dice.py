"""What laws are drawn from: the same numbers from the same seed, and small examples of what fails."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices, smaller
from tests.laws.policies import policies
from tests.laws.volume import DRAWN, compared, many, tally, told, tried


def test_a_seed_says_it_all() -> None:
    one, other = (Dice(7).draw(policies()).sources[0].text for _ in range(2))
    assert one == other
    again = Dice(7)
    again.draw(policies())
    assert Dice(0, again.taken).draw(policies()).sources[0].text == one


def test_what_fails_is_made_small() -> None:
    """Nine routes of which one has a weight of 90: what is left is little more than that."""
    long = next(d for d in map(Dice, range(100)) if "weight 90" in d.draw(policies(9)).sources[0].text)
    text = Dice(0, long.taken).draw(policies(9)).sources[0].text

    def fails(dice: Dice) -> bool:
        return "weight 90" in dice.draw(policies(9)).sources[0].text

    found = smaller(fails, long)
    small = found.draw(policies(9)).sources[0].text
    assert "weight 90" in small
    assert len(small) < len(text) / 3
    assert len(small.splitlines()) <= 12


def test_examples_differ_and_are_counted() -> None:
    seeds: list[int] = []

    @many(40, parts=2, floors={"low": 8})
    @given(dice=dices())
    def law(dice: Dice) -> None:
        seeds.append(dice.seed)
        tried(str(dice.seed))
        compared("low", dice.number(0, 9) < 5)

    law(part=0)
    assert tally[DRAWN] == 20
    first = list(seeds)
    law(part=1)
    assert len({*seeds}) == 40
    seeds.clear()
    law(part=0)
    assert seeds == first


def test_too_little_is_a_failure() -> None:
    @many(10, floors={"never": 1})
    @given(dice=dices())
    def law(dice: Dice) -> None:
        compared("never", dice.seed < 0)

    with pytest.raises(AssertionError, match="compared too little"):
        law()


def test_the_table_adds_up_the_parts_of_a_law() -> None:
    law = "tests/laws/test_a.py::test_b"
    assert told([(f"{law}[0]", {DRAWN: 900, "found": 3}), (f"{law}[1]", {DRAWN: 1100})]) == [
        "  2,000  laws/test_a.py::test_b  3 found"
    ]
    assert told([(f"{law}[envoy-0]", {DRAWN: 7})]) == ["      7  laws/test_a.py::test_b[envoy]  "]
