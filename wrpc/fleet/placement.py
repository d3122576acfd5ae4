"""Where the pools of a policy stand: the best placement, or why there is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from wrpc.fleet.parts import Side
from wrpc.fleet.problem import Clause, Open, Problem, problem
from wrpc.policy.model import Policy
from wrpc.solver.whole import Undecided, Values, clash
from wrpc.source import Span
from wrpc.values import value

HOUR = 3600


@value
class Standing:
    """Replicas of a pool, or of a phase of it, on one site. `watts` and `cost` (USD per hour) are those of all of them,
    None where that is not known."""

    pool: str
    phase: Side | None
    site: str
    replicas: int
    gpus: int
    watts: Fraction | None
    cost: Fraction | None

    def json(self) -> dict[str, object]:
        return {
            "pool": self.pool,
            "phase": self.phase,
            "site": self.site,
            "replicas": self.replicas,
            "gpus": self.gpus,
            "watts": _plain(self.watts),
            "usd_per_hour": _plain(self.cost),
        }


@value
class Cause:
    """One of the causes that clash. `change` is the least change to it that would mend the clash, "" where none is
    known but leaving it out. `needed`: without it the others can hold together; False where the solver gives up within
    its limit before it tells."""

    name: str
    span: Span
    change: str = ""
    needed: bool = True

    def json(self) -> dict[str, object]:
        return {"cause": self.name, "span": self.span.json(), "change": self.change or None, "needed": self.needed}


@value
class Placement:
    """`standings` by name of pool, phase (prefill first) and site, where the verdict is "placed". `clash`: causes that
    cannot hold together, where it is "impossible". `open`: what keeps it open."""

    verdict: Literal["placed", "impossible", "open"]
    standings: tuple[Standing, ...] = ()
    clash: tuple[Cause, ...] = ()
    open: tuple[Open, ...] = ()

    @property
    def watts(self) -> Fraction | None:
        return _sum([s.watts for s in self.standings])

    @property
    def cost(self) -> Fraction | None:
        """USD per hour."""
        return _sum([s.cost for s in self.standings])

    @property
    def sites(self) -> int:
        """Pairs of site and pool in use."""
        return len({(s.site, s.pool) for s in self.standings})

    def json(self) -> dict[str, object]:
        return {
            "version": 1,
            "verdict": self.verdict,
            "placement": [s.json() for s in self.standings],
            "totals": {"watts": _plain(self.watts), "usd_per_hour": _plain(self.cost), "sites": self.sites},
            "clash": [c.json() for c in self.clash],
            "open": [{"cause": o.cause, "span": o.span.json(), "why": o.what, "settle": o.settle} for o in self.open],
        }


def place(policy: Policy, *, optimal: bool = True) -> Placement:
    """The one best placement of a policy's pools over its sites, the same whatever the machine.

    Without `optimal` any placement will do, and what is only preferred keeps nothing open.
    """
    from wrpc.fleet.changes import changes
    from wrpc.fleet.search import best

    asked = problem(policy)
    if not asked.parts:
        return Placement("placed")
    if not asked.sites:
        first = asked.parts[0]
        why, settle = "the policy declares no site", "declare them: `site north { gpus { … } }`"
        return Placement("open", open=(Open(first.title, first.span, why, settle),))
    kept = tuple(o for o in asked.open if optimal or not o.aim)
    try:
        values = best(asked, optimal=optimal and not kept)
        if values is None:
            every = [c.rows for c in asked.clauses]
            clashing = clash([None] * len(asked.pairs), every)
            assert clashing is not None, "what the search found to be impossible is"
            causes = [asked.clauses[at] for at in clashing.groups]
            advice = changes(asked, causes)
            found = tuple(
                Cause(c.cause, c.span, advice.get(at, ""), number not in clashing.unsure)
                for at, (number, c) in enumerate(zip(clashing.groups, causes, strict=True))
            )
            return Placement("impossible", clash=found)
    except Undecided as why:
        return Placement("open", open=(_given_up(asked.clauses[0], str(why)),))
    if kept:
        return Placement("open", open=kept)
    return Placement("placed", tuple(_standings(asked, values)))


def _standings(asked: Problem, values: Values) -> list[Standing]:
    return [
        Standing(
            pair.part.pool.name,
            pair.part.phase,
            pair.site.name,
            count,
            count * pair.part.each,
            None if pair.watts is None else count * pair.watts,
            None if pair.cost is None else count * pair.cost * HOUR,
        )
        for pair, count in zip(asked.pairs, values, strict=True)
        if count
    ]


def _given_up(clause: Clause, why: str) -> Open:
    said = f"the solver gives up within its limit ({why})"
    return Open(clause.cause, clause.span, said, "fewer pools or sites in one policy, or fewer rules over them")


def _sum(values: list[Fraction | None]) -> Fraction | None:
    known = [v for v in values if v is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)
