"""The placement problem of a policy: its pairs of part and site, every clause as rows over them, what is to be least.

A pair is a variable, how many replicas of the part stand on the site, numbered in the order in which names settle what
is equal: by pool, phase (prefill first), site. A clause is what can be at fault: its rows hold together or not at all.
What hangs on a price or a power that nobody knows is no row, but open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from wrpc.fleet.parts import Part, parts
from wrpc.fleet.required import allowed
from wrpc.policy.hardware import key, watts
from wrpc.policy.model import Place, Policy, Site
from wrpc.solver.whole import Row, Term, Terms
from wrpc.source import Span
from wrpc.values import value

Kind = Literal["replicas", "site", "gpus", "power", "budget", "limit", "spread", "apart", "require"]

# Clauses that need not hold for a placement to be worth looking at: most often they do by themselves, and without them
# the problem falls into small ones.
TOGETHER: frozenset[Kind] = frozenset(("power", "budget", "limit"))


@value
class Pair:
    """What one replica draws (`watts`) and costs (USD per second) there, None where that is not known."""

    part: Part
    site: Site
    watts: Fraction | None
    cost: Fraction | None


@value
class Clause:
    """`cause` is its name in a clash, `place` its rule's, `of` whom else it is about: a part's title, a site's name."""

    kind: Kind
    cause: str
    span: Span
    rows: tuple[Row, ...]
    place: str = ""
    of: str = ""


@value
class Open:
    """A clause, or an aim where `aim`, that hangs on what is not known; `what` is that, `settle` what would tell."""

    cause: str
    span: Span
    what: str
    settle: str
    aim: bool = False


@value
class Problem:
    """`most` is how many replicas of a pair could stand by the clauses that speak of it alone; 0 where none can."""

    parts: tuple[Part, ...]
    sites: tuple[Site, ...]
    pairs: tuple[Pair, ...]
    most: tuple[int, ...]
    clauses: tuple[Clause, ...]
    aims: tuple[Terms, ...]
    open: tuple[Open, ...]


def problem(policy: Policy) -> Problem:
    return _Reading(policy).problem()


class _Reading:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        placed = [p for name in sorted(policy.pools) for p in parts(policy.pools[name]) if p.placed]
        self.parts = tuple(placed)
        self.sites = tuple(policy.sites[name] for name in sorted(policy.sites))
        self.pairs = tuple(_pair(part, site) for part in self.parts for site in self.sites)
        self.most = [0 if (high := p.part.replicas) is None else high[1] for p in self.pairs]
        self.opened: list[Open] = []

    def problem(self) -> Problem:
        alone = [*self.replicas(), *self.named(), *self.gpus()]
        asked = [clause for place in self.policy.places.values() for clause in self.requires(place)]
        for clause in (*alone, *asked):
            for row in clause.rows:
                self.narrow(row)
        rules = [clause for place in self.policy.places.values() for clause in self.rules(place, asked)]
        clauses = (*alone, *self.powers(), *rules)
        aims = tuple(aim for place in self.policy.places.values() for aim in self.aims(place))
        return Problem(self.parts, self.sites, self.pairs, tuple(self.most), clauses, aims, tuple(self.opened))

    def narrow(self, row: Row) -> None:
        """What a row of upper bounds says of each of its pairs by itself."""
        if row.high is None:
            return
        for coefficient, term in row.terms:
            if isinstance(term, int) and coefficient > 0:
                self.most[term] = min(self.most[term], int(row.high // coefficient))

    def chosen(self, *, part: Part | None = None, site: Site | None = None) -> list[int]:
        return [
            at
            for at, pair in enumerate(self.pairs)
            if (part is None or pair.part is part) and (site is None or pair.site is site)
        ]

    # ── What each pool and each site says ─────────────────────────────────

    def replicas(self) -> Iterator[Clause]:
        # The largest first: a clash leaves out what it can from the end, and so names few pools.
        for part in sorted(self.parts, key=lambda p: -p.low * p.each):
            assert part.replicas is not None, "a part that is placed has replicas"
            low, high = (Fraction(bound) for bound in part.replicas)
            name = f"{part.phase} replicas of pool {part.pool.name}" if part.phase else f"replicas of {part.title}"
            terms = tuple((Fraction(1), at) for at in self.chosen(part=part))
            yield Clause("replicas", name, part.span, (Row(terms, low, high),), of=part.title)

    def named(self) -> Iterator[Clause]:
        for name, pool in sorted(self.policy.pools.items()):
            elsewhere = [a for a, p in enumerate(self.pairs) if p.part.pool is pool and p.site.name != pool.site]
            if pool.site is not None and any(p.pool is pool for p in self.parts):
                span = pool.spans.get("site", pool.span)
                yield Clause("site", f"site of pool {name}", span, _barred(elsewhere), of=name)

    def gpus(self) -> Iterator[Clause]:
        wanted = {part.type: part.gpu or "" for part in reversed(self.parts)}
        for site in self.sites:
            there: dict[str, tuple[str, int]] = {}
            for gpu, count in site.gpus.items():
                spelled, before = there.get(key(gpu), (gpu, 0))
                there[key(gpu)] = spelled, before + count
            for gpu, spelling in sorted(wanted.items()):
                spelled, count = there.get(gpu, (spelling, 0))
                span = site.spans.get("gpus", site.span) if gpu in there else site.span
                terms = [(Fraction(self.pairs[a].part.each), a) for a in self.of_type(gpu, self.chosen(site=site))]
                row = Row(tuple(terms), None, Fraction(count))
                yield Clause("gpus", f"gpus {spelled} of site {site.name}", span, (row,), of=site.name)

    def of_type(self, gpu: str, among: Iterable[int]) -> list[int]:
        return [at for at in among if self.pairs[at].part.type == gpu]

    def powers(self) -> Iterator[Clause]:
        for site in self.sites:
            if site.power is not None:
                cause, span = f"power of site {site.name}", site.spans.get("power", site.span)
                terms = self.known(self.chosen(site=site), "watts", cause, span)
                if terms is not None:
                    yield Clause("power", cause, span, (Row(terms, None, site.power),), of=site.name)

    # ── Rules ─────────────────────────────────────────────────────────────

    def among(self, place: Place) -> list[int]:
        """The pairs that a rule speaks of."""
        pools, sites = set(place.pools), set(place.sites)
        return [
            at
            for at, pair in enumerate(self.pairs)
            if (not pools or pair.part.pool.name in pools) and (not sites or pair.site.name in sites)
        ]

    def requires(self, place: Place) -> Iterator[Clause]:
        for rule in place.requires:
            test = allowed(rule, self.policy)
            barred = [at for at in self.among(place) if not test(self.pairs[at].part, self.pairs[at].site)]
            yield Clause("require", f"require of place {place.name}", rule.span, _barred(barred), place.name)

    def rules(self, place: Place, asked: Sequence[Clause]) -> Iterator[Clause]:
        among, name = self.among(place), place.name
        at = {word: place.spans.get(word, place.span) for word in ("budget", "power", "limit", "spread", "apart")}
        yield from (clause for clause in asked if clause.place == name)
        if place.budget is not None:
            cause = f"budget of place {name}"
            terms = self.known(among, "cost", cause, at["budget"])
            if terms is not None:
                yield Clause("budget", cause, at["budget"], (Row(terms, None, place.budget),), name)
        if place.power is not None:
            cause = f"power of place {name}"
            terms = self.known(among, "watts", cause, at["power"])
            if terms is not None:
                yield Clause("power", cause, at["power"], (Row(terms, None, place.power),), name)
        if place.limit:
            rows = tuple(
                Row(tuple((Fraction(self.pairs[v].part.each), v) for v in self.of_type(key(gpu), among)), None, most)
                for gpu, most in ((gpu, Fraction(count)) for gpu, count in place.limit.items())
            )
            yield Clause("limit", f"limit of place {name}", at["limit"], rows, name)
        if place.spread is not None:
            rows = tuple(
                Row(tuple((Fraction(1), frozenset((v,))) for v in among if self.pairs[v].part is part), Fraction(n))
                for part, n in ((part, place.spread) for part in self.about(place))
            )
            yield Clause("spread", f"spread of place {name}", at["spread"], rows, name)
        if place.apart:
            rows = tuple(
                Row(tuple((Fraction(1), u) for u in self.pools_at(site, among)), None, Fraction(1))
                for site in self.sites
            )
            yield Clause("apart", f"apart of place {name}", at["apart"], rows, name)

    def about(self, place: Place) -> list[Part]:
        return [part for part in self.parts if not place.pools or part.pool.name in place.pools]

    def pools_at(self, site: Site, among: Iterable[int]) -> list[frozenset[int]]:
        """The pairs of each pool at a site: its phases count as one."""
        found: dict[str, list[int]] = {}
        for at in among:
            if self.pairs[at].site is site:
                found.setdefault(self.pairs[at].part.pool.name, []).append(at)
        return [frozenset(each) for each in found.values()]

    def aims(self, place: Place) -> Iterator[Terms]:
        among, span = self.among(place), place.spans.get("prefer", place.span)
        for aim in place.prefer:
            terms: Terms | None
            if aim == "sites":
                used: list[tuple[Fraction, Term]] = [
                    (Fraction(1), u) for site in self.sites for u in self.pools_at(site, among)
                ]
                terms = tuple(used)
            else:
                of: Literal["cost", "watts"] = "cost" if aim == "cost" else "watts"
                terms = self.known(among, of, f"prefer of place {place.name}", span, aim=True)
            if terms is not None:
                yield terms

    def known(
        self, among: Sequence[int], of: Literal["cost", "watts"], cause: str, span: Span, *, aim: bool = False
    ) -> Terms | None:
        """The money or power of pairs as terms; None, and open, where that of one that could stand is not known."""
        lost = [at for at in among if self.most[at] > 0 and getattr(self.pairs[at], of) is None]
        if lost:
            pair = self.pairs[lost[0]]
            gpu, site = pair.part.gpu, pair.site.name
            if of == "cost":
                what, settle = "price", f"`price {{ {gpu} … }}` in site `{site}`"
            else:
                what, settle = "power", f"`watts {{ {gpu} … }}` in site `{site}`"
            said = f"the {what} of a GPU of type `{gpu}` at site `{site}` is not known"
            self.opened.append(Open(cause, span, said, f"give {settle}", aim))
            return None
        return tuple((cost, at) for at in among if (cost := getattr(self.pairs[at], of)) is not None)


def _pair(part: Part, site: Site) -> Pair:
    own = {key(gpu): drawn for gpu, drawn in site.watts.items()}
    prices: Mapping[str, Fraction] = {key(gpu): price for gpu, price in site.price.items()}
    known = watts(part.type)
    drawn = own.get(part.type, None if known is None else Fraction(known))
    price = prices.get(part.type)
    return Pair(part, site, None if drawn is None else part.each * drawn, None if price is None else part.each * price)


def _barred(pairs: Iterable[int]) -> tuple[Row, ...]:
    return tuple(Row(((Fraction(1), at),), None, Fraction(0)) for at in pairs)
