"""Whole numbers under linear bounds, against every small solution there is."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from wrpc.solver.whole import Clash, Row, Term, Terms, Undecided, Whole, clash, holds, total

MOST = (3, 2, 4)


def terms(r: random.Random, least: int) -> Terms:
    of: list[Term] = [0, 1, 2, frozenset((0, 1)), frozenset((2,))]
    return tuple((Fraction(r.randint(least, 6), r.choice([1, 2, 3])), t) for t in r.sample(of, r.randint(1, 4)))


def rows(r: random.Random) -> list[Row]:
    made = []
    for _ in range(r.randint(1, 5)):
        bound = Fraction(r.randint(0, 24), r.choice([1, 2]))
        made.append(Row(terms(r, 0), *((bound, None) if r.random() < 0.4 else (None, bound))))
    return made


def every(among: list[Row]) -> list[tuple[int, ...]]:
    return [v for v in itertools.product(*(range(m + 1) for m in MOST)) if all(holds(row, v) for row in among)]


@pytest.mark.parametrize("seed", range(60))
def test_least_and_clash(seed):
    r = random.Random(seed)
    asked, goal = rows(r), terms(r, 0)
    known = every(asked)
    found = Whole(MOST, asked).least(goal)
    groups = [[row] for row in asked]
    if not known:
        assert found is None
        made = clash(MOST, groups)
        assert made is not None
        assert not made.unsure
        kept = [asked[at] for at in made.groups]
        assert not every(kept)
        assert all(every([row for row in kept if row is not each]) for each in kept)
    else:
        assert found is not None
        assert found in known
        assert total(goal, found) == min(total(goal, v) for v in known)
        assert clash(MOST, groups) is None


def test_options_and_what_stays():
    whole = Whole([5, 5], [Row(((Fraction(1), 0), (Fraction(1), 1)), None, Fraction(5))])
    assert whole.find([Row(((Fraction(1), 0),), Fraction(6))], [Row(((Fraction(1), 1),), Fraction(5))]) == (0, 5)
    assert whole.find([Row(((Fraction(1), 0),), Fraction(6))]) is None
    assert whole.least(((Fraction(-1), 0),)) == (5, 0)
    assert whole.find([Row(((Fraction(1), 0),), None, Fraction(4))]) is None  # the least stays


def hard() -> list[Row]:
    """Two sums that have to be exact: no solver tells quickly."""
    r = random.Random(1)
    return [
        Row(tuple((Fraction(r.randint(10**6, 10**7)), at) for at in range(30)), Fraction(n), Fraction(n))
        for n in (7 * 10**7 + 7, 8 * 10**7 + 9)
    ]


def test_what_the_limit_does_not_settle():
    with pytest.raises(Undecided):
        Whole([1] * 30, hard(), resources=1_000).find()


def test_a_group_is_not_called_needed_where_the_limit_does_not_settle_it():
    few = [Row(tuple((Fraction(1), at) for at in range(30)), None, Fraction(1))]
    assert clash([1] * 30, [hard(), few], resources=30_000) == Clash((0, 1), frozenset({1}))
