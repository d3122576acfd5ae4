"""Random small placement problems, and what is true of them by trying every placement.

A second reading of LANGUAGE's "Placement": it shares nothing with the compiler but the text that it writes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

WATTS = {"h100": 700, "l4": 72}
UNKNOWN = "zz9"
MODELS = {"small": 4, "large": 32}


@dataclass
class Site:
    name: str
    region: str
    gpus: dict[str, int]
    power: int | None
    price: dict[str, Fraction]  # USD per hour
    watts: dict[str, int]
    floor: int | None = None


@dataclass
class Unit:
    """A pool, or a phase of one."""

    pool: str
    phase: str
    gpu: str
    each: int
    low: int
    high: int


@dataclass
class Pool:
    name: str
    trust: str | None
    pinned: str | None
    text: str
    units: list[Unit]
    speed: int | None = None
    context: int | None = None  # its own, else its model's
    price: int | None = None  # of input, in USD for a million tokens


@dataclass
class Rule:
    name: str
    pools: list[str]
    sites: list[str]
    requires: list[tuple[str, Callable[[Pool, Site], bool]]] = field(default_factory=list)
    budget: Fraction | None = None
    power: int | None = None
    limit: dict[str, int] = field(default_factory=dict)
    spread: int | None = None
    apart: bool = False
    prefer: list[str] = field(default_factory=list)


Spot = tuple[int, int]
"""A unit and a site, by number."""


Ask = Callable[[Sequence[Sequence[int]]], bool]


def barred(spots: list[Spot]) -> Ask:
    return lambda x: not any(x[i][j] for i, j in spots)


class Fleet:
    """One problem: its text, and everything about it by enumeration."""

    def __init__(self, seed: int) -> None:
        r = random.Random(seed)
        types = ["h100", "l4", UNKNOWN] if r.random() < 0.25 else ["h100", "l4"]
        names = r.sample("stu", r.choice([1, 2, 2, 3]))
        self.sites = [self._site(r, name, types, names[0]) for name in names]
        self.pools = [self._pool(r, name, types) for name in r.sample("abc", r.choice([1, 2, 2, 3]))]
        self.rules = [self._rule(r, f"r{at}") for at in range(r.choice([0, 1, 1, 2, 2]))]
        self.units = [u for p in sorted(self.pools, key=lambda p: p.name) for u in p.units]
        self.by_name = sorted(self.sites, key=lambda s: s.name)
        self.pool = {p.name: p for p in self.pools}

    # ── What it says ──────────────────────────────────────────────────────

    def _site(self, r: random.Random, name: str, types: list[str], first: str) -> Site:
        gpus = {t: r.randint(1, 9) for t in types if r.random() < 0.85}
        price = {t: Fraction(r.randint(1, 6), r.choice([1, 2, 4])) for t in types if r.random() < 0.9}
        watts = {t: r.choice([100, 300]) for t in types if r.random() < 0.15}
        floor = r.randint(1, 4) if r.random() < 0.85 or name == first else None
        power = r.choice([None, None, None, None, 300, 1400, 2800, 4200])
        return Site(name, r.choice(["eu", "us"]), gpus, power, price, watts, floor)

    def _pool(self, r: random.Random, name: str, types: list[str]) -> Pool:
        gpu, low = r.choice(types), r.choice([0, 1, 1, 2, 3])
        high = low + r.choice([0, 0, 1, 2])
        each, trust = r.choice([1, 1, 2, 3]), r.choice([None, "own", "rented"])
        pinned = r.choice([s.name for s in self.sites]) if r.random() < 0.15 else None
        text = f"gpu {gpu}  replicas {low}..{high}  tensor_parallel {each}"
        text += f'  trust "{trust}"' if trust else ""
        text += f"  site {pinned}" if pinned else ""
        speed, price = (r.randint(1, 4) if r.random() < 0.85 else None for _ in range(2))
        own, model = r.choice([None, None, 4, 16]), r.choice([None, "small", "large", "silent"])
        text += f"  labels {{ speed {speed} }}" if speed is not None else ""
        text += f"  price {{ input {price}USD/Mtok }}" if price is not None else ""
        text += f"  context {own}k" if own is not None else ""
        text += f"  model {model}" if model is not None else ""
        context = own if own is not None else MODELS.get(model or "")
        units = [Unit(name, "", gpu, each, low, high)]
        if r.random() < 0.2:
            count, other = r.randint(1, 2), r.choice(types)
            text += f"  prefill {{ replicas {count} }}  decode {{ gpu {other}  pipeline_parallel 2 }}"
            units = [Unit(name, "prefill", gpu, each, count, count), Unit(name, "decode", other, 2 * each, low, high)]
        return Pool(name, trust, pinned, text, units, speed, context, price)

    def _rule(self, r: random.Random, name: str) -> Rule:
        pools = [p.name for p in self.pools if r.random() < 0.7] if r.random() < 0.5 else []
        sites = [s.name for s in self.sites if r.random() < 0.7] if r.random() < 0.3 else []
        rule = Rule(name, pools, sites)
        kinds: list[tuple[str, Callable[[Pool, Site], bool]]] = [
            ('site.region == "eu" when pool.trust == "own"', lambda p, s: s.region == "eu" or p.trust != "own"),
            ('site.region != "us"', lambda _p, s: s.region != "us"),
            ('pool.trust != "rented" or site == ' + self.sites[0].name,
             lambda p, s: p.trust != "rented" or s is self.sites[0]),
            ("pool.trust in [\"own\", \"rented\"]", lambda p, _s: p.trust is not None),
            ('pool.trust not in ["own"]', lambda p, _s: p.trust != "own"),
            ('suffix(pool.trust, "n") or matches(pool, "[ab]")', lambda p, _s: p.trust == "own" or p.name in "ab"),
            ('not contains(pool.trust, "nt") or prefix(site.region, "e")',
             lambda p, s: p.trust != "rented" or s.region == "eu"),
            # What one number is compared with is unknown where one of the two is, and what is unknown bars.
            ("pool.speed >= site.floor",
             lambda p, s: p.speed is not None and s.floor is not None and p.speed >= s.floor),
            ("not 2 * pool.speed - site.floor > 3",
             lambda p, s: p.speed is not None and s.floor is not None and 2 * p.speed - s.floor <= 3),
            ("pool.context >= 8k", lambda p, _s: p.context is not None and p.context >= 8),
            ('pool.speed != 2 when pool.trust == "own"',
             lambda p, _s: p.trust != "own" or (p.speed is not None and p.speed != 2)),
            ("pool.trust == \"own\" when pool.price.input > 2USD/Mtok",
             lambda p, _s: p.trust == "own" or (p.price is not None and p.price <= 2)),
            ("pool.price.input in [1USD/Mtok, 3USD/Mtok] or site.floor > 1",
             lambda p, s: p.price in (1, 3) or (s.floor is not None and s.floor > 1)),
            ("(pool.context < 8k) + site.floor < 4",
             lambda p, s: p.context is not None and s.floor is not None and (p.context < 8) + s.floor < 4),
        ]  # fmt: skip
        rule.requires = r.sample(kinds, r.choice([0, 0, 0, 0, 1, 2]))
        if r.random() < 0.25:
            rule.budget = Fraction(r.randint(4, 100), 4)
        if r.random() < 0.15:
            rule.power = r.choice([200, 1400, 2800, 4900])
        if r.random() < 0.2:
            rule.limit = {t: r.randint(1, 9) for t in r.sample(["h100", "l4"], r.choice([1, 2]))}
        if r.random() < 0.2:
            rule.spread = r.choice([1, 1, 2, 2, 3])
        rule.apart = r.random() < 0.15
        rule.prefer = r.sample(["cost", "power", "sites"], r.choice([0, 1, 1, 2, 3]))
        return rule

    @property
    def text(self) -> str:
        # A pool that stands nowhere, so that somebody has the labels that rules read.
        lines = ["pool nowhere { labels { speed 9 } }", "model silent {}"]
        lines += [f"model {name} {{ context {size}k }}" for name, size in MODELS.items()]
        for s in self.sites:
            gpus = "".join(f" {t} {n} " for t, n in s.gpus.items())
            price = "".join(f" {t} {float(p)}USD/h " for t, p in s.price.items())
            power = f"power {s.power}W" if s.power is not None else ""
            watts = "".join(f" {t} {n}W " for t, n in s.watts.items())
            power += f"  labels {{ floor {s.floor} }}" if s.floor is not None else ""
            tables = f"gpus {{{gpus}}}  price {{{price}}}  watts {{{watts}}}"
            lines.append(f'site {s.name} {{ region "{s.region}"  {tables}  {power} }}')
        lines += [f"pool {p.name} {{ {p.text} }}" for p in self.pools]
        for rule in self.rules:
            parts = [f"pools [{', '.join(rule.pools)}]" if rule.pools else ""]
            parts += [f"sites [{', '.join(rule.sites)}]" if rule.sites else ""]
            parts += [f"require {text}" for text, _ in rule.requires]
            parts += [f"budget {float(rule.budget)}USD/h" if rule.budget is not None else ""]
            parts += [f"power {rule.power}W" if rule.power is not None else ""]
            parts += ["limit { " + " ".join(f"{t} {n}" for t, n in rule.limit.items()) + " }" if rule.limit else ""]
            parts += [f"spread {rule.spread}" if rule.spread is not None else "", "apart" if rule.apart else ""]
            parts += ["prefer " + ", ".join(rule.prefer) if rule.prefer else ""]
            lines.append(f"place {rule.name} {{\n  " + "\n  ".join(p for p in parts if p) + "\n}")
        return "\n".join(lines) + "\n"

    # ── What it means ─────────────────────────────────────────────────────

    def price(self, u: Unit, s: Site) -> Fraction | None:
        return s.price.get(u.gpu)

    def watts(self, u: Unit, s: Site) -> int | None:
        return s.watts.get(u.gpu, WATTS.get(u.gpu))

    def spots(self, rule: Rule) -> list[Spot]:
        return [
            (i, j)
            for i, u in enumerate(self.units)
            for j, s in enumerate(self.by_name)
            if (not rule.pools or u.pool in rule.pools) and (not rule.sites or s.name in rule.sites)
        ]

    def causes(self) -> dict[str, list[Ask]]:
        """Each cause by name: what it asks of a placement. Several `require` of a rule are several."""
        made: dict[str, list[Ask]] = {}
        for i, u in enumerate(self.units):
            name = f"{u.phase} replicas of pool {u.pool}" if u.phase else f"replicas of pool {u.pool}"
            made[name] = [self.counted(i)]
        for p in self.pools:
            if p.pinned is not None:
                away = [(i, j) for i, j in self.everywhere if self.units[i].pool == p.name]
                made[f"site of pool {p.name}"] = [barred([(i, j) for i, j in away if self.by_name[j].name != p.pinned])]
        for j, s in enumerate(self.by_name):
            here = [(i, k) for i, k in self.everywhere if k == j]
            for t in {u.gpu for u in self.units}:
                made[f"gpus {t} of site {s.name}"] = [self.most(here, t, s.gpus.get(t, 0))]
            if s.power is not None and not self.unknown(here, self.watts):
                made[f"power of site {s.name}"] = [self.drawing(here, s.power)]
        for rule in self.rules:
            self.asked(rule, made)
        return made

    def asked(self, rule: Rule, made: dict[str, list[Ask]]) -> None:
        spots, name = self.spots(rule), f"of place {rule.name}"
        for _, test in rule.requires:
            bad = [(i, j) for i, j in spots if not test(self.pool[self.units[i].pool], self.by_name[j])]
            made.setdefault(f"require {name}", []).append(barred(bad))
        if rule.budget is not None and not self.unknown(spots, self.price):
            budget = rule.budget
            made[f"budget {name}"] = [lambda x: self.paid(x, spots) <= budget]
        if rule.power is not None and not self.unknown(spots, self.watts):
            made[f"power {name}"] = [self.drawing(spots, rule.power)]
        if rule.limit:
            each = [self.most(spots, t, n) for t, n in rule.limit.items()]
            made[f"limit {name}"] = [lambda x: all(test(x) for test in each)]
        if rule.spread is not None:
            wide, own = rule.spread, [i for i, u in enumerate(self.units) if not rule.pools or u.pool in rule.pools]
            made[f"spread {name}"] = [
                lambda x: all(sum(x[i][j] > 0 for i, j in spots if i == mine) >= wide for mine in own)
            ]
        if rule.apart:
            columns = range(len(self.by_name))
            made[f"apart {name}"] = [
                lambda x: all(len({self.units[i].pool for i, k in spots if k == j and x[i][j]}) <= 1 for j in columns)
            ]

    def counted(self, i: int) -> Ask:
        u = self.units[i]
        return lambda x: u.low <= sum(x[i]) <= u.high

    def most(self, spots: list[Spot], gpu: str, count: int) -> Ask:
        of = [(i, j, self.units[i].each) for i, j in spots if self.units[i].gpu == gpu]
        return lambda x: sum(k * x[i][j] for i, j, k in of) <= count

    def drawing(self, spots: list[Spot], most: int) -> Ask:
        return lambda x: self.drawn(x, spots) <= most

    @property
    def everywhere(self) -> list[Spot]:
        return [(i, j) for i in range(len(self.units)) for j in range(len(self.by_name))]

    def could(self, i: int, j: int) -> bool:
        """Whether a replica could stand, were it alone."""
        u, s = self.units[i], self.by_name[j]
        pool = self.pool[u.pool]
        asked = [t for rule in self.rules if (i, j) in self.spots(rule) for _, t in rule.requires]
        fits = u.high > 0 and s.gpus.get(u.gpu, 0) >= u.each and pool.pinned in (None, s.name)
        return fits and all(test(pool, s) for test in asked)

    def unknown(self, spots: list[Spot], of: Callable[[Unit, Site], object]) -> bool:
        return any(self.could(i, j) and of(self.units[i], self.by_name[j]) is None for i, j in spots)

    @property
    def open(self) -> bool:
        """Whether a clause hangs on what nobody knows."""
        everywhere = [[(i, j) for i in range(len(self.units))] for j in range(len(self.by_name))]
        return (
            any(s.power is not None and self.unknown(everywhere[j], self.watts) for j, s in enumerate(self.by_name))
            or any(r.budget is not None and self.unknown(self.spots(r), self.price) for r in self.rules)
            or any(r.power is not None and self.unknown(self.spots(r), self.watts) for r in self.rules)
        )

    @property
    def vague(self) -> bool:
        """Whether what is preferred hangs on what nobody knows."""
        return any("cost" in r.prefer and self.unknown(self.spots(r), self.price) for r in self.rules) or any(
            "power" in r.prefer and self.unknown(self.spots(r), self.watts) for r in self.rules
        )

    def paid(self, x: Sequence[Sequence[int]], spots: list[Spot]) -> Fraction:
        return Fraction(
            sum(x[i][j] * self.units[i].each * (self.price(self.units[i], self.by_name[j]) or 0) for i, j in spots)
        )

    def drawn(self, x: Sequence[Sequence[int]], spots: list[Spot]) -> int:
        return sum(x[i][j] * self.units[i].each * (self.watts(self.units[i], self.by_name[j]) or 0) for i, j in spots)

    # ── Every placement ───────────────────────────────────────────────────

    def placements(self, counted: Sequence[bool]) -> Iterator[tuple[tuple[int, ...], ...]]:
        """All that can matter: of a unit whose number is `counted`, those numbers; else one replica a site at most."""
        width = len(self.by_name)

        def rows(u: Unit, bound: bool) -> list[tuple[int, ...]]:
            most = u.high if bound else 1
            each = itertools.product(range(most + 1), repeat=width)
            return [row for row in each if not bound or u.low <= sum(row) <= u.high]

        return itertools.product(*(rows(u, b) for u, b in zip(self.units, counted, strict=True)))

    def feasible(self, without: Sequence[tuple[str, int]] = (), only: Sequence[tuple[str, int]] | None = None) -> bool:
        """Whether a placement meets every cause but those; or just those of `only`. A cause is its name and which of
        that name."""
        kept = [
            (name, test)
            for name, tests in self.causes().items()
            for at, test in enumerate(tests)
            if (name, at) not in without and (only is None or (name, at) in only)
        ]
        names = {name for name, _ in kept}
        counted = [
            (f"{u.phase} replicas of pool {u.pool}" if u.phase else f"replicas of pool {u.pool}") in names
            for u in self.units
        ]
        return any(all(test(x) for _, test in kept) for x in self.placements(counted))

    def best(self) -> tuple[tuple[int, ...], ...] | None:
        tests = [test for tests in self.causes().values() for test in tests]
        aims = [(self.spots(rule), aim) for rule in self.rules for aim in rule.prefer]

        def worth(x: tuple[tuple[int, ...], ...]) -> tuple[object, ...]:
            key: list[object] = []
            for spots, aim in aims:
                if aim == "cost":
                    key.append(self.paid(x, spots))
                elif aim == "power":
                    key.append(self.drawn(x, spots))
                else:
                    key.append(len({(self.units[i].pool, j) for i, j in spots if x[i][j]}))
            return (*key, sum(map(sum, x)), tuple(-count for row in x for count in row))

        good = [x for x in self.placements([True] * len(self.units)) if all(test(x) for test in tests)]
        return min(good, key=worth, default=None)
