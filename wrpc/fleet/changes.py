"""The least change to one cause of a clash that would mend it, the others as they are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from wrpc.fleet.problem import Clause, Problem
from wrpc.policy.units import spell
from wrpc.solver.whole import Row, Terms, Undecided, Values, Whole, total
from wrpc.syntax.words import written

ONE = Fraction(1)


MOST = 6
"""Causes of a large clash for which a change is looked for, the first by `ORDER`: nobody reads a hundred."""
ORDER = ("budget", "limit", "power", "spread", "gpus", "require", "site", "replicas", "apart")
STEPS = 2_000_000


def changes(problem: Problem, causes: Sequence[Clause]) -> dict[int, str]:
    """For causes, by number, what to write or to have; none where nothing short of leaving it out is known to do."""
    first = sorted(range(len(causes)), key=lambda at: ORDER.index(causes[at].kind))[:MOST]
    found: dict[int, str] = {}
    for at in first:
        rows = [row for other in causes if other is not causes[at] for row in other.rows]
        try:
            found[at] = _change(problem, causes[at], rows)
        except Undecided:
            continue
    return found


def _whole(problem: Problem, rows: Sequence[Row]) -> Whole:
    return Whole([None] * len(problem.pairs), rows, resources=STEPS)


def _change(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    match clause.kind:
        case "replicas":
            return _replicas(problem, clause, rows)
        case "gpus":
            row = clause.rows[0]
            found = _least(problem, rows, row.terms)
            assert row.high is not None, "a site has a number of GPUs"
            gpu = clause.cause.removeprefix("gpus ").removesuffix(f" of site {clause.of}")
            return "" if found is None else f"{total(row.terms, found) - row.high} more {gpu} at {written(clause.of)}"
        case "power":
            found = _least(problem, rows, clause.rows[0].terms)
            return "" if found is None else f"`power {_watts(total(clause.rows[0].terms, found))}` {_in(clause)}"
        case "budget":
            found = _least(problem, rows, clause.rows[0].terms)
            if found is None:
                return ""
            return f"`budget {_money(total(clause.rows[0].terms, found) * 3600)}USD/h` {_in(clause)}"
        case "limit":
            return _limit(problem, clause, rows)
        case "spread":
            return _spread(problem, clause, rows)
        case "site" | "require":
            return _let(problem, clause, rows)
        case "apart":
            return ""


def _least(problem: Problem, rows: Sequence[Row], terms: Terms) -> Values | None:
    return _whole(problem, rows).least(terms)


def _in(clause: Clause) -> str:
    return f"in place {written(clause.place)}" if clause.place else f"in site {written(clause.of)}"


def _replicas(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    """Fewer where there are too many to place, more where rules ask for more."""
    row = clause.rows[0]
    assert row.low is not None, "a part has a least number of replicas"
    assert row.high is not None, "and a greatest"
    whole = _whole(problem, [*rows, Row(row.terms, None, row.low)])
    if (some := whole.find()) is None:
        found = _least(problem, rows, row.terms)
        return "" if found is None else f"`replicas {total(row.terms, found)}` for {clause.of}"
    # The most is the least of what is missing.
    found = whole.least(tuple((-c, term) for c, term in row.terms), some)
    most = total(row.terms, found or some)
    return f"`replicas {most}` for {clause.of}" if most else ""


def _limit(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    broken = [row for row in clause.rows if _whole(problem, [*rows, row]).find() is None]
    if len(broken) != 1:
        return ""
    (row,) = broken
    found = _least(problem, [*rows, *(r for r in clause.rows if r is not row)], row.terms)
    if found is None or not row.terms:
        return ""
    gpu = next(problem.pairs[term].part.gpu for _, term in row.terms if isinstance(term, int))
    return f"`limit {{ {written(gpu or '')} {total(row.terms, found)} }}` {_in(clause)}"


def _spread(problem: Problem, clause: Clause, rows: Sequence[Row]) -> str:
    first = clause.rows[0].low
    assert first is not None, "a spread has a number"
    for less in range(int(first) - 1, 0, -1):
        asked = [Row(row.terms, Fraction(less), row.high) for row in clause.rows]
        if _whole(problem, [*rows, *asked]).find() is not None:
            return f"`spread {less}` {_in(clause)}"
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
