"""The least change to one cause of a clash that would mend it, the others as they are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from wrpc.fleet.problem import Clause, Problem
from wrpc.policy.units import spell
from wrpc.solver.whole import Row, Terms, Undecided, Values, Whole, total
from wrpc.syntax.words import written

ONE = Fraction(1)


def change(problem: Problem, clause: Clause, others: Sequence[Clause]) -> str:
    """What to write, or to have, in words; "" where nothing short of leaving it out is known to do."""
    try:
        return _change(problem, clause, [row for other in others for row in other.rows])
    except Undecided:
        return ""


def _change(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    match clause.kind:
        case "replicas":
            return _replicas(problem, clause.rows[0], rows)
        case "gpus":
            row = clause.rows[0]
            found = _least(problem, rows, row.terms)
            assert row.high is not None, "a site has a number of GPUs"
            gpu = clause.cause.removeprefix("gpus ").removesuffix(f" of site {clause.of}")
            return "" if found is None else f"{total(row.terms, found) - row.high} more {gpu} at {written(clause.of)}"
        case "power":
            found = _least(problem, rows, clause.rows[0].terms)
            where = f" at {written(clause.of)}" if clause.of else ""
            return "" if found is None else f"`power {_watts(total(clause.rows[0].terms, found))}`{where}"
        case "budget":
            found = _least(problem, rows, clause.rows[0].terms)
            if found is None:
                return ""
            return f"`budget {_money(total(clause.rows[0].terms, found) * 3600)}USD/h`"
        case "limit":
            return _limit(problem, clause, rows)
        case "spread":
            return _spread(problem, clause, rows)
        case "site" | "require":
            return _let(problem, clause, rows)
        case "apart":
            return ""


def _least(problem: Problem, rows: Sequence[Row], terms: Terms) -> Values | None:
    return Whole([None] * len(problem.pairs), rows).least(terms)


def _replicas(problem: Problem, row: Row, rows: Sequence[Row]) -> str:
    """Fewer where there are too many to place, more where rules ask for more."""
    assert row.low is not None, "a part has a least number of replicas"
    assert row.high is not None, "and a greatest"
    whole = Whole([None] * len(problem.pairs), [*rows, Row(row.terms, None, row.low)])
    if (some := whole.find()) is None:
        found = _least(problem, rows, row.terms)
        return "" if found is None else f"`replicas {total(row.terms, found)}`"
    # The most is the least of what is missing.
    found = whole.least(tuple((-c, term) for c, term in row.terms), some)
    most = total(row.terms, found or some)
    return f"`replicas {most}`" if most else ""


def _limit(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    broken = [row for row in clause.rows if Whole([None] * len(problem.pairs), [*rows, row]).find() is None]
    if len(broken) != 1:
        return ""
    (row,) = broken
    found = _least(problem, [*rows, *(r for r in clause.rows if r is not row)], row.terms)
    if found is None or not row.terms:
        return ""
    gpu = next(problem.pairs[term].part.gpu for _, term in row.terms if isinstance(term, int))
    return f"`limit {{ {written(gpu or '')} {total(row.terms, found)} }}`"


def _spread(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    first = clause.rows[0].low
    assert first is not None, "a spread has a number"
    for less in range(int(first) - 1, 0, -1):
        asked = [Row(row.terms, Fraction(less), row.high) for row in clause.rows]
        if Whole([None] * len(problem.pairs), [*rows, *asked]).find() is not None:
            return f"`spread {less}`"
    return ""


def _let(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    """The fewest pairs to allow."""
    barred = [term for row in clause.rows for _, term in row.terms if isinstance(term, int)]
    used: Terms = tuple((ONE, frozenset((at,))) for at in barred)
    found = _least(problem, rows, used)
    if found is None:
        return ""
    pairs = [problem.pairs[at] for at in barred if found[at]]
    return (
        "let " + " and ".join(f"{p.part.title} stand at {written(p.site.name)}" for p in pairs[:3])
        if len(pairs) <= 3
        else ""
    )


def _watts(power: Fraction) -> str:
    return f"{spell(power / 1000)}kW" if power >= 1000 else f"{spell(power)}W"


def _money(amount: Fraction) -> str:
    """Cents, rounded up: what is enough."""
    cents = -(-amount * 100 // 1)
    return spell(Fraction(cents, 100))
