"""The decision on every request at once: steps 1 to 5 of LANGUAGE.md as terms. Mirrors `decide/interpret.py`.

Each piece that many questions share is given a name in the solver (`define`), so that a question stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

from wrpc.policy import reading
from wrpc.policy.destination import Destination, written
from wrpc.policy.expr import Condition, Outcome, fold
from wrpc.policy.model import Denial, Forbid, Obligation, Policy, Route, plan
from wrpc.policy.numbers import Reached
from wrpc.solver.terms import Term, Truth, conj, disj, negate, two_hold
from wrpc.solver.truths import Outcomes, Planning

if TYPE_CHECKING:
    from wrpc.solver.evidence import Behind, EvidenceTerms

Define = Callable[[str, Term], Term]


class Conditions(Protocol):
    """What conditions are as terms: Z3's, or the index's."""

    @property
    def failures(self) -> bool: ...

    planning: Planning | None

    def at(self, place: Destination | None, outcomes: Outcomes | None = None) -> Conditions: ...
    def condition(
        self, condition: Condition | None, *, unknown: bool | None = None, of: Reached | None = None
    ) -> Truth: ...
    def denied_by_faults(self) -> Term: ...


class Encoded:
    """Terms over one request space. `define(label, term)` names a term that is used often."""

    def __init__(self, policy: Policy, encoding: Conditions, define: Define) -> None:
        self.policy = policy
        self.encoding = encoding
        encoding.planning = self._planned
        self._define = define
        self._conditions: dict[str, Truth] = {}
        self._when: dict[str, Truth] = {}
        self._takes: dict[str, Term] = {}
        self._first: dict[str, Term] = {}
        self._left: dict[tuple[str, int], Term] = {}
        self._risen: dict[tuple[str, int], Term] = {}
        self._serves: dict[str, Term] = {}
        self._removes: dict[tuple[str, str, int], Term] = {}
        self._forbids: dict[tuple[object, ...], Term] = {}
        self._earlier: list[Term] = [False]
        self.covered: set[str] = set()  # routes of which it is known that earlier ones leave nothing to them
        self._behind: dict[str, Behind] = {}
        self._compared: dict[int, Term] = {}
        self._before: dict[str, Term] = {}
        self._plans: Sequence[tuple[Term, Sequence[str]]] | None = None

    # ── Steps 1 and 2 ─────────────────────────────────────────────────────

    @cached_property
    def denied_by_faults(self) -> Term:
        return self.encoding.denied_by_faults()

    @cached_property
    def denied_early(self) -> Term:
        """A deny guard, or a route whose `on_unknown deny` meets the unknown."""
        terms = [
            negate(self.encoding.condition(rule.when).false)
            for guard in self.policy.guards.values()
            for rule in guard.rules
            if isinstance(rule, Denial)
        ]
        for route in self.policy.routes.values():
            if route.on_unknown == "deny" and self.encoding.failures:
                when = self.when(route)
                terms.append(conj([negate(when.true), negate(when.false)]))
        return disj(terms)

    @cached_property
    def goes_on(self) -> Term:
        """Steps 1 and 2 do not end it."""
        return self._define("goes on", negate(disj([self.denied_by_faults, self.denied_early])))

    def _planned(self) -> Sequence[tuple[Term, Sequence[str]]]:
        """The plans of the routes that step 3 would choose, each with when it would."""
        if self._plans is None:
            found: dict[tuple[str, ...], list[Route]] = {}
            for route in self.policy.answering:
                pools = tuple(sorted({p.pool for p in plan(route.action)}))
                found.setdefault(pools, []).append(route)
            made = [(self._define("planned", disj(self.first(r) for r in rs)), pools) for pools, rs in found.items()]
            self._plans = [*made, (negate(disj(term for term, _ in made)), ())]
        return self._plans

    # ── Step 3 ────────────────────────────────────────────────────────────

    def condition(self, route: Route) -> Truth:
        """The `when` of a route as it is; `when` gives it a name."""
        if route.name not in self._conditions:
            self._conditions[route.name] = self.encoding.condition(route.when)
        return self._conditions[route.name]

    def when(self, route: Route) -> Truth:
        if route.name not in self._when:
            truth = self.condition(route)
            true = self._define(f"when {route.name}", truth.true)
            false = self._define(f"not when {route.name}", truth.false) if self.encoding.failures else negate(true)
            self._when[route.name] = Truth(true, false)
        return self._when[route.name]

    def holds(self, route: Route) -> Term:
        """The route is in the running: its condition is true, or unknown with `on_unknown fires`."""
        return running(route, self.when(route))

    def earlier(self, rank: int) -> Term:
        """A route of a class of higher precedence than the `rank`-th holds."""
        while len(self._earlier) <= rank:
            i = len(self._earlier)
            taking = (r for r in self.policy.ranked[i - 1] if r.name not in self.covered)
            term = disj([self._earlier[i - 1], *(self.holds(r) for r in taking)])
            self._earlier.append(self._define(f"earlier than {i}", term))
        return self._earlier[rank]

    def chosen(self, route: Route) -> Term:
        """Step 3 alone chooses this route, were it asked; among equals that do the same the first by name."""
        if self.policy.default is route:
            return negate(self.earlier(len(self.policy.ranked)))
        parts = [self.first(route)] if self._measured else [self.holds(route), self._unpreceded(route)]
        if len(self.policy.ranked[self.policy.rank[route.name]]) > 1:
            parts.append(negate(self.before(route)))
        return conj(parts)

    @property
    def _measured(self) -> bool:
        """What orders routes of a class is not all known before the request."""
        return self.policy.measured

    def _unpreceded(self, route: Route) -> Term:
        return negate(self.earlier(self.policy.rank[route.name]))

    def first(self, route: Route) -> Term:
        """Step 3 leaves this route, and perhaps others that the keys of `resolve` do not tell from it: nothing goes
        before it. Where two that differ are first, they conflict."""
        if self.policy.default is route:
            return negate(self.earlier(len(self.policy.ranked)))
        if route.name not in self._first:
            self._first[route.name] = self._define(f"first {route.name}", self._made_first(route))
        return self._first[route.name]

    def _made_first(self, route: Route) -> Term:
        if not self._measured and "name" in self.policy.resolve:
            return self.chosen(route)
        rivals = self.policy.ranked[self.policy.rank[route.name]] if self._measured else ()
        beaten = [conj([self.holds(r), self._strictly(r, route)]) for r in rivals if r is not route]
        return conj([self.holds(route), self._unpreceded(route), *(negate(b) for b in beaten)])

    def before(self, route: Route) -> Term:
        """A route of the class goes before this one: one that keys known beforehand put there and that holds, or, where
        they are not, of several that are first the least by name. One chain for the whole class."""
        if route.name not in self._before:
            rank = self.policy.rank[route.name]
            term: Term = False
            for i, other in enumerate(sorted(self.policy.ranked[rank], key=self._order)):
                self._before[other.name] = term
                goes = self.first(other) if self._measured else self.holds(other)
                term = self._define(f"before {i + 1} of {rank}", disj([term, goes]))
        return self._before[route.name]

    def _order(self, route: Route) -> tuple[int | str, ...]:
        """The keys of `resolve`, where none of them is measured, then the name."""
        keys = () if self._measured else self.policy.resolve
        return (*(-route.priority if key == "priority" else route.name for key in keys), route.name)

    def takes(self, route: Route) -> Term:
        if route.name not in self._takes:
            label = f"takes {'' if route is self.policy.default else 'route '}{route.name}"
            self._takes[route.name] = self._define(label, conj([self.goes_on, self.chosen(route)]))
        return self._takes[route.name]

    def tied(self, a: Route, b: Route) -> Term:
        """The keys of `resolve` leave the two equal."""
        return conj([negate(self._strictly(a, b)), negate(self._strictly(b, a))])

    def _strictly(self, a: Route, b: Route) -> Term:
        """Of two routes of one class that hold, `a` goes before `b` by the keys of `resolve`."""
        return self._by_keys(a, b, self.policy.resolve)

    def _by_keys(self, a: Route, b: Route, keys: Sequence[str]) -> Term:
        if not keys:
            return False
        rest = self._by_keys(a, b, keys[1:])
        match keys[0]:
            case "priority":
                return rest if a.priority == b.priority else a.priority > b.priority
            case "name":
                return a.name < b.name
            case _:
                compared = self.compared(a.tier or 0)
                if a.when is None or b.when is None or compared is False:
                    return rest  # catch-alls have no evidence, and stand in a class of their own
                ours, theirs = self.behind(a).confidence, self.behind(b).confidence
                same = conj([disj([negate(compared), ours == theirs]), rest]) if rest is not False else False
                return disj([conj([compared, ours > theirs]), same])

    def behind(self, route: Route) -> Behind:
        if route.name not in self._behind:
            assert route.when is not None, "evidence stands behind a condition"
            self._behind[route.name] = fold(route.when, self._evidence)
        return self._behind[route.name]

    @cached_property
    def _evidence(self) -> EvidenceTerms:
        from wrpc.solver.encode import Encoding
        from wrpc.solver.evidence import EvidenceTerms

        assert isinstance(self.encoding, Encoding), "confidences are compared by the solver alone"
        return EvidenceTerms(self.encoding)

    def compared(self, tier: int) -> Term:
        """Confidence counts in the tier: every route that holds there is comparable, and the scores have one kind."""
        if tier not in self._compared:
            routes = [r for r in self.policy.routes.values() if (r.tier or 0) == tier and r.when is not None]
            kinds = sorted({self.policy.signals[s].evidence for r in routes for s in self.behind(r).scores})
            by_kind = [conj(self._comparable(r, kind) for r in routes) for kind in kinds]
            self._compared[tier] = self._define(f"confidence counts in tier {tier}", disj(by_kind))
        return self._compared[tier]

    def _comparable(self, route: Route, kind: str) -> Term:
        """The route does not hold, or exactly one score stands behind it, of this kind."""
        scores = self.behind(route).scores
        some = disj(w for s, w in scores.items() if self.policy.signals[s].evidence == kind)
        more = disj(
            [two_hold(scores.values()), *(w for s, w in scores.items() if self.policy.signals[s].evidence != kind)]
        )
        return disj([negate(self.holds(route)), conj([self.when(route).true, some, negate(more)])])

    @cached_property
    def conflict(self) -> Term:
        """Two routes conflict on the request; the policy does not say what to do."""
        return self._define("conflict", disj(self.conflict_in(i) for i in range(len(self.policy.ranked))))

    def conflict_in(self, rank: int) -> Term:
        """Two routes of one class that differ are both first."""
        by_action = self.actions(rank)
        if len(by_action) < 2 or "name" in self.policy.resolve:
            return False
        if set(self.policy.resolve) <= {"priority"}:
            some = two_hold(disj(self.holds(r) for r in same) for same in by_action)
            return conj([self.goes_on, negate(self.earlier(rank)), some])
        return conj([self.goes_on, two_hold(disj(self.first(r) for r in same) for same in by_action)])

    def actions(self, rank: int) -> list[list[Route]]:
        """The routes of a class by what they do, in order of first use."""
        groups: dict[int, list[Route]] = {}
        for route in self.policy.ranked[rank]:
            groups.setdefault(self.policy.deeds[route.name], []).append(route)
        return list(groups.values())

    # ── Steps 4 and 5 ─────────────────────────────────────────────────────

    @cached_property
    def by_place(self) -> bool:
        """Some guard removes by role or causes: what it leaves of a pool is then not the same in all plans."""
        return bool(self._placing)

    @cached_property
    def _placing(self) -> frozenset[str]:
        forbids = {n: [r for r in g.rules if isinstance(r, Forbid)] for n, g in self.policy.guards.items()}
        return frozenset(n for n, rules in forbids.items() if reading.by_place(rules))

    def _plan(self, route: Route) -> int:
        """What plan a route has, as far as guards tell plans apart."""
        return self.policy.deeds[route.name] if self.by_place else -1

    def forbids(self, guard: str, place: Destination) -> Term:
        """A guard forbids a destination in the role that it is seen in."""
        key = (guard, *place.key)
        if key not in self._forbids:
            encoding = self.encoding.at(place)
            rules = [r for r in self.policy.guards[guard].rules if isinstance(r, Forbid)]
            term = disj(
                conj([negate(encoding.condition(r.what).false), negate(encoding.condition(r.when).false)])
                for r in rules
            )
            self._forbids[key] = self._define(f"{guard} removes {place.name}", term)
        return self._forbids[key]

    def removes(self, guard: str, pool: str, route: Route) -> Term:
        """A guard removes a pool from the plan of a route: as it is written, or as the primary that it would become."""
        key = guard, pool, self._plan(route) if guard in self._placing else -1
        if key not in self._removes:
            place = self._written(route, pool) if guard in self._placing else Destination(self.policy.pools[pool])
            term = self.forbids(guard, place)
            if guard in self._placing and place.role in ("cascade", "fallback"):
                spared = negate(disj(self.forbids(g, self._written(route, pool)) for g in self.policy.guards))
                risen = conj([spared, self.risen(route, pool), self.forbids(guard, place.risen)])
                term = self._define(f"{guard} removes {pool}", disj([term, risen]))
            self._removes[key] = term
        return self._removes[key]

    def left(self, pool: str, route: Route) -> Term:
        """Guards leave the pool in the plan of the route."""
        key = pool, self._plan(route)
        if key not in self._left:
            self._left[key] = negate(disj(self.removes(g, pool, route) for g in self.policy.guards))
        return self._left[key]

    def risen(self, route: Route, pool: str) -> Term:
        """What goes before a fallback or a later step of a cascade is not left, so that it would be the primary."""
        key = pool, self.policy.deeds[route.name]
        if key not in self._risen:
            role = self._written(route, pool).role
            before = []
            for planned in plan(route.action):
                if planned.pool == pool:
                    break
                if planned.role in ("primary", "cascade") or planned.role == role:
                    before.append(planned.pool)
            term = negate(disj(self.left(p, route) for p in before))
            self._risen[key] = self._define(f"{pool} is first", term)
        return self._risen[key]

    def _written(self, route: Route, pool: str) -> Destination:
        return next(p for p in written(self.policy, route.action) if p.name == pool)

    def places(self, route: Route, pool: str) -> list[tuple[Destination, Term]]:
        """What a pool that is left of a plan is in the decision, with when it is that."""
        place = self._written(route, pool)
        action = route.action
        if place.role in ("cascade", "fallback"):
            rises = self.risen(route, pool)
            return [(place.risen, rises), (place, negate(rises))]
        if place.role == "primary" and action.others is not None:
            two = two_hold(self.left(s.pool, route) for s in action.shares)
            beside = Destination(place.pool, "primary", frozenset(action.others) or None)
            return [(beside, two), (place, negate(two))]
        return [(place, True)]

    def judged(self, route: Route, pool: str) -> list[tuple[Destination, Term]]:
        """What guards judge a pool of a plan as: what is written, and what it becomes, with when it does."""
        place = self._written(route, pool)
        rises = place.role in ("cascade", "fallback")
        return [(place, True), *([(place.risen, self.risen(route, pool))] if rises else [])]

    def serves(self, route: Route) -> Term:
        """Something that can serve is left of the route's plan."""
        if route.name not in self._serves:
            serving = [p.pool for p in plan(route.action) if p.role in ("primary", "cascade", "fallback")]
            self._serves[route.name] = disj(self.left(pool, route) for pool in serving)
        return self._serves[route.name]

    def obliges(self, guard: str) -> Term:
        """A guard adds an obligation to the decision as a whole."""
        return disj(
            negate(self.encoding.condition(r.when).false)
            for r in self.policy.guards[guard].rules
            if isinstance(r, Obligation) and not r.per_destination
        )

    def asks(self, guard: str, pool: str, through: Callable[[Route], Term], name: str | None = None) -> Term:
        """A guard adds an obligation, perhaps one of this name alone, to a pool that guards leave of the plan of a
        route, and `through` holds of that."""
        return disj(
            self.reached(pool, through, partial(_due, rule), by_place=reading.of_place(rule.when))
            for rule in self.policy.guards[guard].rules
            if isinstance(rule, Obligation) and rule.per_destination and name in (None, rule.name)
        )

    def reached(
        self,
        pool: str,
        through: Callable[[Route], Term],
        test: Callable[[Conditions], Term],
        *,
        by_place: bool,
        claim: bool = False,
    ) -> Term:
        """`through` holds of a route whose plan can reach the pool, by whatever edge, and `test` of what it is then;
        `by_place` where that reads its role or causes, `claim` where it reads the decision."""
        outcomes = self.outcomes if claim else None
        if not by_place:
            place = Destination(self.policy.pools[pool])
            return conj([self._through(pool, through), test(self.encoding.at(place, outcomes))])
        found = []
        for route in self.policy.naming.get(pool, ()):
            seen = disj(
                conj([when, test(self.encoding.at(place, outcomes))]) for place, when in self.places(route, pool)
            )
            found.append(conj([through(route), self.serves(route), self.left(pool, route), seen]))
        return disj(found)

    def _through(self, pool: str, through: Callable[[Route], Term]) -> Term:
        routes = self.policy.naming.get(pool, ())
        if not self.by_place and routes:
            return conj([self.left(pool, routes[0]), disj(conj([through(r), self.serves(r)]) for r in routes)])
        return disj(conj([through(r), self.serves(r), self.left(pool, r)]) for r in routes)

    # ── The decision as a whole ───────────────────────────────────────────

    @cached_property
    def routed(self) -> Term:
        if self.policy.default is not None:
            return self.goes_on
        return conj([self.goes_on, self.earlier(len(self.policy.ranked))])

    @cached_property
    def served(self) -> Term:
        return self._define("served", disj(conj([self.takes(r), self.serves(r)]) for r in self.policy.answering))

    @cached_property
    def denied(self) -> Term:
        return disj([negate(self.goes_on), conj([self.routed, negate(self.served)])])

    @cached_property
    def unrouted(self) -> Term:
        return conj([self.goes_on, negate(self.routed)])

    def reaches(self, pool: str) -> Term:
        """The decision can reach this pool, by whatever edge."""
        return self._through(pool, self.takes)

    def might_take(self, route: Route) -> Term:
        """The route takes the request, or conflicts for it with others and would take it if it won."""
        return conj([self.goes_on, self.first(route)])

    def might_reach(self, pool: str) -> Term:
        """As `reaches`, by a route that might take the request."""
        return self._through(pool, self.might_take)

    def outcomes(self, node: Outcome) -> Term:
        match node.kind:
            case "route":
                return disj(self.takes(r) for r in self.policy.answering if r.name in node.routes)
            case "routed":
                return self.routed
            case "denied":
                return self.denied
            case "served":
                return self.served
            case "reaches":
                return disj(self.reaches(p) for p in sorted(node.pools))


def _due(rule: Obligation, encoding: Conditions) -> Term:
    return negate(encoding.condition(rule.when).false)


def running(route: Route, when: Truth) -> Term:
    """A route whose `when` is this may be chosen: it is true, or unknown with `on_unknown fires`."""
    return negate(when.false) if route.on_unknown == "fires" else when.true
