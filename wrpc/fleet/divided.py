"""Two pools of a policy by length: every boundary between them, with the whole fleet that each would take."""

from __future__ import annotations

from dataclasses import replace

from wrpc.fleet.demand import demand
from wrpc.fleet.money import cost
from wrpc.fleet.parts import parts
from wrpc.fleet.serving import Basis, basis
from wrpc.fleet.sized import short as digits
from wrpc.fleet.sizing.boundary import GAMMAS, Row, Side, best, sweep
from wrpc.fleet.sizing.load import Load, mixed
from wrpc.fleet.sizing.smallest import Promises
from wrpc.fleet.traffic import Traffic
from wrpc.policy.model import Policy
from wrpc.values import value

MOST = 24
"""Boundaries that are tried."""


class Unfit(Exception):
    """Two pools that cannot be compared; the message says why."""


@value
class Divided:
    """`rows` by boundary and γ, in USD an hour where both pools have a price, else in GPUs."""

    short: str
    long: str
    money: bool
    rows: tuple[Row, ...]

    @property
    def best(self) -> Row | None:
        return best(self.rows)

    def json(self) -> dict[str, object]:
        found = self.best
        return {
            "version": 1,
            "pools": {"short": self.short, "long": self.long},
            "unit": "USD/h" if self.money else "GPUs",
            "rows": [_json(row) for row in self.rows],
            "best": None if found is None else _json(found),
        }


def _json(row: Row) -> dict[str, object]:
    return {
        "boundary": digits(row.boundary),
        "gamma": row.gamma,
        "share": digits(row.share),
        "short": row.short,
        "long": row.long,
        "cost": None if row.cost is None else digits(row.cost),
    }


def divided(policy: Policy, traffic: Traffic, short: str, long: str, compressible: float = 0.0) -> Divided:
    """What both pools get, divided anew at each length. Engines as expected, with the most that may arrive."""
    loads: list[Load] = []
    promises = Promises()
    for name in (short, long):
        if name not in policy.pools:
            raise Unfit(f"there is no pool `{name}`")
        asked = demand(policy, traffic.pools[name])
        if asked.hours:
            loads.append(asked.hours[asked.peak].load())
            promises = promises.strictest(asked.promised)
    whole = mixed(loads) if loads else None
    if whole is None or whole.rate <= 0:
        raise Unfit("no workload with `rate` and `lengths` sends these pools anything")
    found = [_side(policy, name) for name in (short, long)]
    prices = [price for _, price in found if price is not None]
    money = len(prices) == len(found)
    made = [replace(side, cost=prices[at]) if money else side for at, (side, _) in enumerate(found)]
    totals = sorted({round(c.prompt + c.answer) for c in whole.lengths})
    step = max(1, len(totals) // MOST)
    gammas = GAMMAS if compressible > 0 else (1.0,)
    rows = sweep(whole, made[0], made[1], promises, [0, *totals[::step]], gammas, compressible)
    return Divided(short, long, money, rows)


def _side(policy: Policy, name: str) -> tuple[Side, float | None]:
    """A replica, which costs its GPUs, and its USD an hour, where a price is known: the middle of its range."""
    pool = policy.pools[name]
    made = parts(pool)
    if len(made) > 1:
        raise Unfit(f"pool `{name}` reads and writes on different replicas")
    by = basis(policy, made[0])
    if not isinstance(by, Basis):
        raise Unfit(f"pool `{name}` {by.what}")
    price = cost(policy, pool, made[0], 1)
    model = policy.models.get(pool.model or "")
    context = pool.context or (model.context if model is not None else None) or float("inf")
    middle = None if price is None else (price.low + price.high) / 2
    return Side(by.engine, float(made[0].each), float(context)), middle
