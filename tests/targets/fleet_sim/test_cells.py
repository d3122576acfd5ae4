"""One value of each kind that conditions tell apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.support.compiling import policy
from wrpc.targets.fleet_sim.cells import MOST_COMBINATIONS, combinations_of, reads, values
from wrpc.targets.gateway.settle import settle

TEXT = """
signal n: int(0..100) { source prompt_tokens }
signal x: real(0..1) { source header("x") }
signal s: score { source classifier("s") threshold 0.5 on_error fires }
signal c: one_of(red, green, blue, grey) { source claim("c") }
signal t: any_of(a, b, other) { source tools }
signal w: string { source header("w") }
signal idle: bool { source keywords("x") }
pool p { }
default { to p }
route r {
  when n > 10 and n <= 20 and x < 0.25 and s and c in [red, blue] and a in t and w == "k" and prefix(w, "eu-")
  to p
}
"""


def kinds(name: str, text: str = TEXT) -> list[object]:
    resolved = policy(text)
    return values(resolved.signals[name], reads(resolved, settle(resolved).conditions))


def test_numbers() -> None:
    numbers = [v for v in kinds("n") if isinstance(v, Fraction)]
    assert any(v <= 10 for v in numbers)
    assert any(10 < v <= 20 for v in numbers)
    assert any(v > 20 for v in numbers)
    assert {Fraction(1, 4)} < set(kinds("x"))


def test_a_score_on_both_sides_of_its_threshold() -> None:
    assert {v >= Fraction(1, 2) for v in kinds("s") if isinstance(v, Fraction)} == {True, False}


def test_names_and_one_for_the_rest() -> None:
    assert kinds("c") == ["red", "blue", "green"]
    assert kinds("t") == [[], ["a"]]


def test_strings() -> None:
    assert set(kinds("w")) == {"", "k", "eu-~"}


def test_what_nothing_reads_is_left_out() -> None:
    resolved = policy(TEXT)
    first = combinations_of(resolved, reads(resolved, settle(resolved).conditions), {"n"}).requests[0]
    assert set(first) == {"x", "s", "c", "t", "w"}


def test_a_sample_is_the_same_every_time() -> None:
    resolved = policy(TEXT)
    found = reads(resolved, settle(resolved).conditions)
    first, second = (combinations_of(resolved, found, set()).requests for _ in range(2))
    assert first == second
    assert len(first) <= MOST_COMBINATIONS


BOOLS = "".join(f'signal b{i}: bool {{ source keywords("{i}") }}\n' for i in range(16))


@pytest.mark.parametrize(
    ("when", "exact"),
    [
        ("n > 3 and idle", True),
        ('w == "a" or prefix(w, "b")', True),
        ("0.5 * idle + 0.5 * s >= 1", True),
        ("x + raw(s) > 1", False),
        ("risk > 1", False),
        ('w < "m"', False),
        (" and ".join(f"b{i}" for i in range(16)), False),
    ],
)
def test_where_one_of_each_kind_stands_for_all(when: str, exact: bool) -> None:
    resolved = policy(BOOLS + TEXT.split("route r")[0] + f"score risk = x + 2 * raw(s)\nroute r {{ when {when} to p }}")
    found = reads(resolved, settle(resolved).conditions)
    assert combinations_of(resolved, found, set()).exact is exact
