"""Values that the grid finds for sums are values: Z3 finds the same way possible, and every atom is then what was
found. Where rows of whole numbers have a solution among few, the search finds one that satisfies them."""

from __future__ import annotations

from itertools import product
from random import Random

import z3
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.test_families_agree import made
from tests.laws.volume import compared, many
from wrpc.policy.model import Policy
from wrpc.solver.index.engine import Engine
from wrpc.solver.index.grid import GRIDS, Search
from wrpc.solver.index.leaves import Below
from wrpc.solver.index.realise import Found, Values
from wrpc.solver.index.wide import Wide
from wrpc.solver.limits import RESOURCES
from wrpc.solver.reference import Reference


@many(60, floors={"ways": 300, "found": 120, "none": 40, "failed": 40})
@given(data=st.data())
def test_ways_of_sums(data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 1 << 30))
    kind, size = data.draw(st.sampled_from(["sums", "sums", "mixed"])), data.draw(st.integers(2, 10))
    agreed(made(kind, size, ("name",), seed), Random(seed))


@many(600, floors={"ways": 150, "found": 35, "none": 40, "failed": 4})
@given(dice=dices())
def test_ways_of_any_policy(dice: Dice) -> None:
    agreed(dice.draw(policies()), Random(dice.seed))


def agreed(policy: Policy, r: Random) -> None:
    if policy.measured:
        return
    engine = Engine(policy, resources=RESOURCES)
    for failures in (False, True):
        room = Wide(engine, failures=failures, reference=lambda f=failures: Reference(policy, failures=f))  # type: ignore[misc]
        for route in policy.routes.values():
            room.decision.condition(route)
    table = engine.table
    atoms = [a for a in table.atoms if isinstance(a.make, Below) and a.signals <= table.domains.keys()]
    if not atoms:
        return
    values = Values(table, RESOURCES)
    for _ in range(10):
        names = sorted({n for atom in atoms for n in atom.signals})
        way = Found(
            cells={n: r.randrange(table.domains[n].size) for n in names},
            failed={n: r.random() < 0.3 for n in names if policy.signals[n].can_fail},
            atoms={atom.number: r.random() < 0.6 for atom in r.sample(atoms, min(3, len(atoms)))},
        )
        compared("ways")
        found = values._grid.values(way)
        literals = tuple(values._literals(way))
        if found is None:
            compared("none")
            continue
        compared("found")
        compared("failed") if any(way.failed.get(n) for a in way.atoms for n in table.atoms[a].signals) else None
        space = values._spaces[True]
        solver = values._solver
        terms = [values._name(literal) for literal in literals]
        values._catch_up()
        solver.push()
        for name, value in found.items():
            of = space.of(name).value
            solver.add(of == value if isinstance(value, bool) else of * value.denominator == value.numerator)  # type: ignore[union-attr]
        assert solver.check(*terms) == z3.sat, (found, literals, policy.sources[0].text)
        solver.pop()


@many(300, floors={"solved": 60, "not": 60})
@given(data=st.data())
def test_rows(data: st.DataObject) -> None:
    r = Random(data.draw(st.integers(0, 1 << 30)))
    count = r.randint(1, 3)
    ranges = [(low := r.randint(-4, 2), low + r.randint(-1, 5)) for _ in range(count)]
    rows = [
        ([(r.choice([-3, -2, -1, 1, 2, 3]), i) for i in r.sample(range(count), r.randint(1, count))], r.randint(-6, 6))
        for _ in range(r.randint(1, 4))
    ]

    def satisfies(values: tuple[int, ...]) -> bool:
        return all(sum(f * values[i] for f, i in terms) <= most for terms, most in rows)

    found = Search(rows, count).solved([low for low, _ in ranges], [high for _, high in ranges], [0] * count)
    some = any(satisfies(values) for values in product(*(range(low, high + 1) for low, high in ranges)))
    if found is None:
        compared("not")
        return
    assert some
    assert satisfies(tuple(found)), (rows, ranges, found)
    assert all(low <= value <= high for value, (low, high) in zip(found, ranges, strict=True))
    compared("solved")


def test_it_is_a_grid_of_few_decimals() -> None:
    assert all(1000 % parts == 0 for parts in GRIDS)
