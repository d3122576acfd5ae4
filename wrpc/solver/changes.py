"""Every change that one policy makes of another: which requests, with a witness for each, complete, failures included.

A *cell* is what one policy comes to, whatever the request is asked besides: a plan with what guards leave of it, or why
nothing is served. Two cells, one of each policy, say all of a request but its obligations. So a change is found by its
cells: one request that is told otherwise shows a pair of them, the pair is asked for the effects that it has, and the
rest of the requests is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal

from wrpc.decide.change import OUTSIDE, Effect, Profile, Side, Sides, Told, denied, effect
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, promoted
from wrpc.decide.request import RequestValue
from wrpc.policy.model import Denial, Obligation, Planned, Policy, Route, plan
from wrpc.solver.decision import Define, Encoded
from wrpc.solver.encode import Encoding
from wrpc.solver.joint import Joint
from wrpc.solver.limits import RESOURCES
from wrpc.solver.room import Answer, Replay
from wrpc.solver.terms import Term, conj, disj, negate, same

Verdict = Literal["same", "different", "stronger", "weaker", "open"]
Cell = tuple[object, ...]  # ("plan", what its routes do, the pools left), or why nothing is served
Asked = tuple[Profile, str]  # an obligation of all destinations of a profile


@dataclass(frozen=True, slots=True)
class Found:
    """One change: a request, both decisions on it, and the terms of all requests that it happens to."""

    effect: Effect
    request: Mapping[str, RequestValue]
    old: Decision
    new: Decision
    terms: tuple[Term, ...] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """`unsettled`: why there may be more changes than these."""

    sides: Sides
    found: tuple[Found, ...]
    unsettled: tuple[Unsettled, ...]

    @property
    def verdict(self) -> Verdict:
        effects = {f.effect for f in self.found}
        if "weaker" in effects:
            return "weaker"
        if self.unsettled:
            return "open"
        return "stronger" if "stronger" in effects else "different" if effects else "same"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """`side` "old" or "new" where its routes conflict for `request` (WRP201), else None."""

    why: str
    side: Literal["old", "new"] | None = None
    request: Mapping[str, RequestValue] | None = None


def changes(old: Policy, new: Policy, *, named: bool = False, resources: int = RESOURCES) -> Result:
    """What the new policy makes of the old one's requests. `named`: pools are matched by their names as well."""
    return Changes(Sides(old, new, named=named), resources).result()


class Changes:
    def __init__(self, sides: Sides, resources: int) -> None:
        self.sides = sides
        failures = any(s.can_fail for s in sides.signals.values())
        self.joint = Joint(sides, failures=failures, resources=resources)
        define = self.joint.room.define
        self.old = Half(sides.old, self.joint.old, self.joint.admits, define)
        self.new = Half(sides.new, self.joint.new, True, define)
        self._alike_asked: dict[Profile, Term] = {}
        self.unsettled: list[Unsettled] = []

    def result(self) -> Result:
        self._conflicts()
        merged: dict[object, list[Found]] = {}
        for found in self._found():
            merged.setdefault(self._alike(found), []).append(found)
        order = {"weaker": 0, "stronger": 1, "different": 2}
        each = [
            Found(f[0].effect, f[0].request, f[0].old, f[0].new, tuple(t for one in f for t in one.terms))
            for f in merged.values()
        ]
        each.sort(key=lambda f: order[f.effect])
        return Result(self.sides, tuple(each), tuple(self.unsettled))

    def _alike(self, found: Found) -> object:
        """Changes that are shown alike are one."""

        def shown(d: Decision) -> object:
            return d.action, denied(d), d.destinations, d.obligations, d.others

        return found.effect, shown(found.old), shown(found.new)

    # ── Conflicts ─────────────────────────────────────────────────────────

    @cached_property
    def _decided(self) -> Term:
        conflicts = [conj([self.joint.admits, self.joint.old.conflict]), self.joint.new.conflict]
        return conj(negate(c) for c in conflicts)

    def _conflicts(self) -> None:
        for side, term in (
            ("old", conj([self.joint.admits, self.joint.old.conflict])),
            ("new", self.joint.new.conflict),
        ):
            answer = self.joint.ask(term, lambda replay, side=side: self._conflict(replay, side))  # type: ignore[misc]
            if answer.verdict == "open":
                self.unsettled.append(Unsettled(answer.why))
            elif answer.possible:
                why = f"routes of the {side} policy conflict (WRP201)"
                self.unsettled.append(Unsettled(why, side, answer.request))  # type: ignore[arg-type]

    def _conflict(self, replay: Replay, side: str) -> bool:
        if not self.sides.admits(replay.request):
            return False
        if side == "old" and self.sides.outside(replay.request):
            return False
        half = self.sides.old if side == "old" else self.sides.new
        try:
            half.told(replay.request)
        except Conflict:
            return True
        return False

    # ── Cells ─────────────────────────────────────────────────────────────

    def _found(self) -> Iterator[Found]:
        left = conj([self._decided, negate(self._surely_same)])
        seen: set[tuple[Cell, Cell]] = set()
        while True:
            answer = self.joint.ask(left, lambda replay: self._pair(replay.request) not in (None, *seen))
            if answer.request is None:
                if answer.verdict == "open":
                    self.unsettled.append(Unsettled(answer.why))
                return
            pair = self._pair(answer.request)
            assert pair is not None, "the request was confirmed"
            seen.add(pair)
            here = conj([self.old.cell(pair[0]), self.new.cell(pair[1])])
            yield from self._effects(pair, conj([self._decided, here]), answer.request)
            left = conj([left, negate(here)])

    def _pair(self, request: Mapping[str, RequestValue]) -> tuple[Cell, Cell] | None:
        """The cells of a request that is compared."""
        found = self._told(request)
        if found is None:
            return None
        old, _, new, _ = found
        return self.old.name(old), self.new.name(new)

    def _told(self, request: Mapping[str, RequestValue]) -> tuple[Decision, Told, Decision, Told] | None:
        if not self.sides.admits(request):
            return None
        try:
            return self.sides.told(request)
        except Conflict:
            return None

    def _effects(self, pair: tuple[Cell, Cell], here: Term, request: Mapping[str, RequestValue]) -> Iterator[Found]:
        """The changes of two cells, disjoint, each with a request."""
        ours, theirs = self.old.profiles(pair[0]), self.new.profiles(pair[1])
        if theirs.keys() - ours.keys():
            yield from self._try("weaker", pair, here, request)
            return
        both = [p for p in ours if p in theirs]
        kinds: tuple[tuple[Effect, Half, Half], ...]
        kinds = ("weaker", self.old, self.new), ("stronger", self.new, self.old)
        for kind, before, after in kinds:
            if kind == "stronger" and ours.keys() - theirs.keys():
                yield from self._try("stronger", pair, here, request)
                return
            for profile, name in product(both, self._obligations):
                less = conj([before.asks(profile, name), negate(after.asks(profile, name))])
                if less is False:
                    continue
                yield from self._try(kind, pair, conj([here, less]), None, (profile, name))
                here = conj([here, negate(less)])
        if self.old.shape(pair[0]) != self.new.shape(pair[1]):
            if pair[0] == ("outside",) and not theirs and pair[1] != ("unrouted",):
                return
            yield from self._try("different", pair, here, request)
            return
        said = [negate(same(self.old.own(p, n), self.new.own(p, n))) for p, n in product(both, self._obligations)]
        yield from self._try("different", pair, conj([here, disj(said)]), None)

    def _try(
        self,
        kind: Effect,
        pair: tuple[Cell, Cell],
        term: Term,
        first: Mapping[str, RequestValue] | None,
        item: Asked | None = None,
    ) -> Iterator[Found]:
        """A change of the kind, where there is such a request; `first` is tried before any is looked for."""
        if term is False:
            return

        def confirmed(replay: Replay) -> bool:
            return self._shows(replay.request, kind, pair, item)

        answer = Answer("possible", first)
        if first is None or not self._shows(first, kind, pair, item):
            answer = self.joint.ask(term, confirmed)
        if answer.verdict == "open":
            self.unsettled.append(Unsettled(answer.why))
        if answer.request is not None:
            found = self._told(answer.request)
            assert found is not None, "the request was confirmed"
            yield Found(kind, answer.request, found[0], found[2], (term,))

    def _shows(
        self, request: Mapping[str, RequestValue], kind: Effect, pair: tuple[Cell, Cell], item: Asked | None
    ) -> bool:
        """The interpreter says so."""
        found = self._told(request)
        if found is None or self._pair(request) != pair or effect(found[1], found[3]) != kind:
            return False
        if item is None:
            return True
        profile, name = item
        return (name in found[1].asked[profile]) is (kind == "weaker") is not (name in found[3].asked[profile])

    @cached_property
    def _obligations(self) -> list[str]:
        return sorted(self.old.obligations | self.new.obligations)

    @cached_property
    def _surely_same(self) -> Term:
        """Both do the same, by plans that are alike as they are written. Plans that only the guards make alike are not
        among these: such a pair of cells is looked at, and told as no change."""
        denials = [
            (term, self.new.denials[cell]) for cell, term in self.old.denials.items() if cell in self.new.denials
        ]
        alike = [conj(pair) for pair in denials]
        alike.append(conj([negate(self.old.admitted), self.new.denies]))
        for shape, ours in self.old.plans.items():
            for mine, theirs in product(ours, self.new.plans.get(shape, ())):
                parts = [self.old.takes(mine.deed), self.new.takes(theirs.deed)]
                for p, q in zip(mine.pools, theirs.pools, strict=True):
                    parts.append(same(self.old.encoded.left(p), self.new.encoded.left(q)))
                profiles = {self.old.side.profile(p) for p in mine.pools}
                parts += [self._asked_alike(p) for p in sorted(profiles, key=repr)]
                alike.append(conj(parts))
        return self.joint.room.define("surely the same", disj(alike))

    def _asked_alike(self, profile: Profile) -> Term:
        if profile not in self._alike_asked:
            parts = [same(self.old.own(profile, n), self.new.own(profile, n)) for n in self._obligations]
            parts += [same(self.old.everywhere(n), self.new.everywhere(n)) for n in self._obligations]
            self._alike_asked[profile] = self.joint.room.define("asked alike", conj(parts))
        return self._alike_asked[profile]


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
        self._asks: dict[Asked, Term] = {}
        self._everywhere: dict[str, Term] = {}
        self._takes: dict[int, Term] = {}
        self.routes: dict[int, list[Route]] = {}
        for route in self.policy.answering:
            self.routes.setdefault(self.policy.deeds[route.name], []).append(route)
        self._pools: dict[Profile, str] = {}
        for pool in self.policy.pools:
            self._pools.setdefault(side.profile(pool), pool)
        rules = (r for g in self.policy.guards.values() for r in g.rules)
        self.obligations = {r.name for r in rules if isinstance(r, Obligation)}

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

    def profiles(self, cell: Cell) -> Mapping[Profile, str]:
        """The profiles that a cell reaches, in plan order, each with a pool."""
        if cell[0] != "plan":
            return {}
        return {self.side.profile(p.pool): p.pool for p in self._left(cell)[1]}

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
        left = {p.pool: self.encoded.left(p.pool) for p in plan(self.routes[deed][0].action)}
        return conj([self.takes(deed), *(t if p in kept else negate(t) for p, t in left.items())])

    def takes(self, deed: int) -> Term:
        """A route that does this takes a request that is admitted."""
        if deed not in self._takes:
            term = conj([self.admitted, disj(self.encoded.takes(r) for r in self.routes[deed])])
            self._takes[deed] = self._define("takes", term)
        return self._takes[deed]

    def own(self, profile: Profile, name: str) -> Term:
        """Rules over destinations ask this of those of the profile; False where no pool has it."""
        key = profile, name
        if key not in self._asks:
            pool = self._pools.get(profile)
            terms: list[Term] = []
            if pool is not None:
                at = self.encoded.encoding.at(self.policy.pools[pool])
                terms = [negate(at.condition(r.when).false) for r in self._rules(name) if r.per_destination]
            self._asks[key] = self._define("own", disj(terms))
        return self._asks[key]

    def everywhere(self, name: str) -> Term:
        """Rules over requests ask this."""
        if name not in self._everywhere:
            at = self.encoded.encoding
            terms = [negate(at.condition(r.when).false) for r in self._rules(name) if not r.per_destination]
            self._everywhere[name] = self._define("everywhere", disj(terms))
        return self._everywhere[name]

    def asks(self, profile: Profile, name: str) -> Term:
        return disj([self.everywhere(name), self.own(profile, name)])

    def _rules(self, name: str) -> Iterator[Obligation]:
        for guard in self.policy.guards.values():
            yield from (r for r in guard.rules if isinstance(r, Obligation) and r.name == name)

    @cached_property
    def denials(self) -> Mapping[Cell, Term]:
        """Why nothing is served, with the requests for which it is so."""
        found: dict[Cell, list[Term]] = {}
        encoded, space = self.encoded, self.encoded.encoding
        assert isinstance(space, Encoding)
        earlier: Term = negate(self.admitted)

        def ends(cell: Cell, term: Term) -> None:
            nonlocal earlier
            if term is not False:
                found.setdefault(cell, []).append(conj([negate(earlier), term]))
                earlier = self._define("ended", disj([earlier, term]))

        for signal in self.policy.signals.values():
            if signal.on_error == "deny":
                ends(("text", f"signal `{signal.name}` failed"), space.space.failed(signal.name))
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if isinstance(rule, Denial):
                    ends(("text", rule.reason), negate(space.condition(rule.when).false))
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
