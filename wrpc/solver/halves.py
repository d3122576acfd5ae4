"""What one policy comes to, by *cells*: a plan with what guards leave of it, or why nothing is served; and what becomes
of the requests of two cells, one of each of two policies. Terms are a room's: Z3's, or circuits'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from wrpc.decide.change import OUTSIDE, Effect, Profile, Side, denied
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import promoted
from wrpc.policy import reading
from wrpc.policy.destination import Destination, decided
from wrpc.policy.model import Denial, Obligation, Planned, Policy, Route, plan
from wrpc.solver.decision import Define, Encoded
from wrpc.solver.terms import Term, conj, disj, negate, same

Cell = tuple[object, ...]  # ("plan", what its routes do, the pools left), or why nothing is served
Asked = tuple[Profile, str]  # an obligation of all destinations of a profile


class Part(NamedTuple):
    """The requests of two cells for which the effect is this one; where obligations alone make it so, by `item`."""

    pair: tuple[Cell, Cell]
    effect: Effect
    item: Asked | None


# ── Both ──────────────────────────────────────────────────────────────────


class Pairs:
    """What becomes of the requests of two cells, one of each policy."""

    def __init__(self, old: Half, new: Half) -> None:
        self.old = old
        self.new = new
        self.obligations = sorted(old.obligations | new.obligations)

    @cached_property
    def decided(self) -> Term:
        """No routes conflict, in either."""
        return conj([negate(self.old.conflict), negate(self.new.conflict)])

    def here(self, pair: tuple[Cell, Cell]) -> Term:
        return conj([self.old.cell(pair[0]), self.new.cell(pair[1])])

    def parts(self, pair: tuple[Cell, Cell], here: Term) -> Iterator[tuple[Part, Term]]:
        """The parts of a pair, disjoint, with the term of each; some of them may be empty."""
        ours, theirs = self.old.profiles(pair[0]), self.new.profiles(pair[1])
        if theirs.keys() - ours.keys():
            yield Part(pair, "weaker", None), here
            return
        both = [p for p in ours if p in theirs]
        kinds: tuple[tuple[Effect, Half, Half], ...]
        kinds = ("weaker", self.old, self.new), ("stronger", self.new, self.old)
        for kind, before, after in kinds:
            if kind == "stronger" and ours.keys() - theirs.keys():
                yield Part(pair, "stronger", None), here
                return
            for profile, name in product(both, self.obligations):
                places = (self.old.profiles(pair[0])[profile], self.new.profiles(pair[1])[profile])
                mine, others = places if before is self.old else places[::-1]
                less = conj([before.asks(mine, name), negate(after.asks(others, name))])
                if less is not False:
                    yield Part(pair, kind, (profile, name)), conj([here, less])
                    here = conj([here, negate(less)])
        if self.old.shape(pair[0]) != self.new.shape(pair[1]):
            if pair[0] == ("outside",) and not theirs and pair[1] != ("unrouted",):
                return
            yield Part(pair, "different", None), here
            return
        said = [negate(self._asked_alike(ours[p], theirs[p])) for p in both]
        if (term := conj([here, disj(said)])) is not False:
            yield Part(pair, "different", None), term

    def _asked_alike(self, ours: Sequence[Destination], theirs: Sequence[Destination]) -> Term:
        """Of two lists of destinations, each is asked by itself what one of the other is."""
        alike = [
            [conj(same(self.old.own(p, n), self.new.own(q, n)) for n in self.obligations) for q in theirs] for p in ours
        ]
        found = [disj(row) for row in alike]
        return conj([*found, *(disj(row[j] for row in alike) for j in range(len(theirs)))])


# ── One of the two ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as written: what its routes do, and its pools in an order in which alike plans have alike pools."""

    deed: int
    pools: tuple[str, ...]


class Half:
    """The decisions of one policy, by cells."""

    def __init__(self, side: Side, encoded: Encoded, admitted: Term, define: Define) -> None:
        self.side = side
        self.policy: Policy = side.policy
        self.encoded = encoded
        self.admitted = admitted
        self._define = define
        self._asks: dict[object, Term] = {}
        self._everywhere: dict[str, Term] = {}
        self._takes: dict[int, Term] = {}
        self.routes: dict[int, list[Route]] = {}
        for route in self.policy.answering:
            self.routes.setdefault(self.policy.deeds[route.name], []).append(route)
        rules = (r for g in self.policy.guards.values() for r in g.rules)
        self.obligations = {r.name for r in rules if isinstance(r, Obligation)}

    @cached_property
    def conflict(self) -> Term:
        """Routes conflict for a request that is admitted."""
        return conj([self.admitted, self.encoded.conflict]) if self.side.conflicts else False

    # ── Names of cells ────────────────────────────────────────────────────

    def name(self, decision: Decision) -> Cell:
        if decision is OUTSIDE:
            return ("outside",)
        denial = denied(decision)
        return denial or ("plan", self.policy.deeds[decision.route or ""], frozenset(decision.pools))

    def _left(self, cell: Cell) -> tuple[Route, list[Planned]]:
        _, deed, kept = cell
        assert isinstance(deed, int)
        assert isinstance(kept, frozenset)
        route = self.routes[deed][0]
        return route, promoted(route.action, [p for p in plan(route.action) if p.pool in kept])

    def profiles(self, cell: Cell) -> Mapping[Profile, Sequence[Destination]]:
        """The profiles that a cell reaches, in plan order, each with the destinations that have it."""
        if cell[0] != "plan":
            return {}
        found: dict[Profile, list[Destination]] = {}
        route, left = self._left(cell)
        for place in decided(self.policy, route.action, left):
            found.setdefault(self.side.profile(place.name), []).append(place)
        return found

    def shape(self, cell: Cell) -> object:
        """What counts of a cell beside profiles and obligations."""
        if cell[0] != "plan":
            return cell
        route, left = self._left(cell)
        return self.side.shape(route.action, left, route.action.others_of(left))

    # ── Terms ─────────────────────────────────────────────────────────────

    def cell(self, cell: Cell) -> Term:
        """The requests of a cell."""
        if cell == ("outside",):
            return negate(self.admitted)
        if cell[0] != "plan":
            return self.denials[cell]
        _, deed, kept = cell
        assert isinstance(deed, int)
        assert isinstance(kept, frozenset)
        route = self.routes[deed][0]
        left = {p.pool: self.encoded.left(p.pool, route) for p in plan(route.action)}
        return conj([self.takes(deed), *(t if p in kept else negate(t) for p, t in left.items())])

    def takes(self, deed: int) -> Term:
        """A route that does this takes a request that is admitted."""
        if deed not in self._takes:
            term = conj([self.admitted, disj(self.encoded.takes(r) for r in self.routes[deed])])
            self._takes[deed] = self._define("takes", term)
        return self._takes[deed]

    def own(self, place: Destination, name: str) -> Term:
        """Rules over destinations ask this of one."""
        rules = [r for r in self._rules(name) if r.per_destination]
        if not reading.by_place(rules):
            place = Destination(place.pool)
        key = *place.key, name
        if key not in self._asks:
            at = self.encoded.encoding.at(place)
            self._asks[key] = self._define("own", disj(negate(at.condition(r.when).false) for r in rules))
        return self._asks[key]

    def told_apart(self, deed: int, pool: str) -> tuple[int, str]:
        """A pool of a plan, as far as what it is asked depends on the plan."""
        return deed if self._owing else -1, pool

    @cached_property
    def _owing(self) -> bool:
        rules = (r for g in self.policy.guards.values() for r in g.rules if isinstance(r, Obligation))
        return reading.by_place(rules)

    def owed(self, deed: int, pool: str, name: str) -> Term:
        """Rules over destinations ask this of a pool that is left of a plan."""
        if not reading.by_place(r for r in self._rules(name) if r.per_destination):
            return self.own(Destination(self.policy.pools[pool]), name)
        places = self.encoded.places(self.routes[deed][0], pool)
        return self._define("owed", disj(conj([when, self.own(place, name)]) for place, when in places))

    def everywhere(self, name: str) -> Term:
        """Rules over requests ask this."""
        if name not in self._everywhere:
            at = self.encoded.encoding
            terms = [negate(at.condition(r.when).false) for r in self._rules(name) if not r.per_destination]
            self._everywhere[name] = self._define("everywhere", disj(terms))
        return self._everywhere[name]

    def asks(self, places: Sequence[Destination], name: str) -> Term:
        """Every one of these destinations is asked this."""
        return disj([self.everywhere(name), conj(self.own(p, name) for p in places)])

    def _rules(self, name: str) -> Iterator[Obligation]:
        for guard in self.policy.guards.values():
            yield from (r for r in guard.rules if isinstance(r, Obligation) and r.name == name)

    @cached_property
    def denials(self) -> Mapping[Cell, Term]:
        """Why nothing is served, with the requests for which it is so."""
        found: dict[Cell, list[Term]] = {}
        encoded = self.encoded
        conditions: Any = encoded.encoding  # a room's, whose space says which signals failed
        earlier: Term = negate(self.admitted)

        def ends(cell: Cell, term: Term) -> None:
            nonlocal earlier
            if term is not False:
                found.setdefault(cell, []).append(conj([negate(earlier), term]))
                earlier = self._define("ended", disj([earlier, term]))

        for signal in self.policy.signals.values():
            if signal.on_error == "deny":
                ends(("text", f"signal `{signal.name}` failed"), conditions.space.failed(signal.name))
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if isinstance(rule, Denial):
                    ends(("text", rule.reason), negate(conditions.condition(rule.when).false))
        wary = [encoded.when(r) for r in self.policy.routes.values() if r.on_unknown == "deny"]
        ends(("unknown",), disj(conj([negate(w.true), negate(w.false)]) for w in wary))
        for deed, routes in self.routes.items():
            action = routes[0].action
            if action.kind == "deny":
                found.setdefault(("text", action.reason or ""), []).append(self.takes(deed))
            else:
                nothing = conj([self.takes(deed), negate(encoded.serves(routes[0]))])
                found.setdefault(("removed",), []).append(nothing)
        found[("unrouted",)] = [conj([self.admitted, encoded.unrouted])]
        return {cell: self._define("denied", disj(terms)) for cell, terms in found.items()}

    @cached_property
    def denies(self) -> Term:
        return disj(t for cell, t in self.denials.items() if cell != ("unrouted",))

    @cached_property
    def plans(self) -> Mapping[object, list[Plan]]:
        """Every plan as written, by what counts of it."""
        found: dict[object, list[Plan]] = {}
        for deed, routes in self.routes.items():
            action = routes[0].action
            planned = promoted(action, plan(action))
            if planned:
                main = sorted(
                    (p for p in planned if p.role == "primary"),
                    key=lambda p: repr((self.side.profile(p.pool), p.weight)),
                )
                rest = [p for p in planned if p.role != "primary"]
                shape = self.side.shape(action, planned, action.others_of(planned))
                pools = tuple(p.pool for p in (*main, *rest))
                found.setdefault(shape, []).append(Plan(deed, pools))
        return found
