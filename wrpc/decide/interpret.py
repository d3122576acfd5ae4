"""The plain interpreter of the five steps: faults, denials, route, plan, guards (LANGUAGE.md, "What a policy means").

It is written to be read beside that page. Speed is `decide/compiled.py`'s business, and a law holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import groupby

from wrpc.decide import codes
from wrpc.decide.candidates import Candidates
from wrpc.decide.decision import Decision, Removal, Served
from wrpc.decide.evaluate import Evaluation, Evidence, Test
from wrpc.decide.request import BadRequest, Request, read
from wrpc.decide.state import State, Truth, state
from wrpc.policy import reading
from wrpc.policy.destination import Destination, decided, written
from wrpc.policy.expr import Condition, fold
from wrpc.policy.model import Action, Assertion, Claim, Denial, Forbid, Obligation, Planned, Policy, Route, plan
from wrpc.policy.numbers import TRUE, both, costly, numeric
from wrpc.values import value


class Conflict(Exception):
    """Two routes of equal precedence hold and differ: the policy does not say what to do (WRP201)."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)
        names = " and ".join(f"`{r.name}`" for r in self.routes[:2])
        self.message = f"routes {names} both take this request and differ"
        super().__init__(self.message)

    def json(self) -> dict[str, object]:
        return {"error": {"code": codes.CONFLICT.id, "message": self.message}}


def decide(policy: Policy, given: Mapping[str, object]) -> Decision:
    """What the policy does with one request. Raises BadRequest for a request that is none, Conflict for WRP201."""
    return interpreter(policy).decide(given)


def interpreter(policy: Policy) -> Interpreter:
    """The interpreter of a policy, made once."""
    return _made(_Same(policy))


@value
class _Same:
    """Compares by identity: hashing a whole policy would cost more than interpreting a request."""

    policy: Policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.policy is other.policy


@lru_cache(maxsize=8)
def _made(same: _Same) -> Interpreter:
    return Interpreter(same.policy)


class Interpreter:
    """A policy with its conditions folded to closures."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._truth = Evaluation(policy)
        self._evidence = Evidence(policy, self._truth)
        self._tests: dict[int, Test] = {}
        self._keep: list[Condition] = []
        self._front: tuple[State, list[Route]] | None = None
        self._last: tuple[Request, tuple[Decision, State] | Conflict] | None = None  # what is shown is asked again

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates([r for c in self.contests for r in c], self.policy.definitions)

    @cached_property
    def _contest(self) -> Mapping[str, int]:
        """The contest of each route."""
        return {r.name: i for i, c in enumerate(self.contests) for r in c}

    @cached_property
    def _wary(self) -> Sequence[Route]:
        """The routes that end a request for which it is unknown whether they hold."""
        return [r for r in self.policy.routes.values() if r.on_unknown == "deny"]

    @cached_property
    def contests(self) -> Sequence[Sequence[Route]]:
        """Routes in the order in which they are asked: by tier, and in it those with a `when` first. Every route of a
        tier has a say in whether confidence counts; where it is no key, all that `resolve` knows beforehand counts."""
        if not self.policy.measured:
            return self.policy.ranked
        found: dict[tuple[int, bool], list[Route]] = {}
        for route in (r for c in self.policy.ranked for r in c):
            found.setdefault((route.tier or 0, route.when is None), []).append(route)
        return list(found.values())

    # ── The five steps ────────────────────────────────────────────────────

    def decide(self, given: Mapping[str, object]) -> Decision:
        """Raises BadRequest and Conflict."""
        request = read(self.policy, given)
        self.admit(request)
        return self.decision(request)[0]

    def admit(self, request: Request) -> None:
        """Raises BadRequest for a request outside the space: a broken axiom."""
        seen = state(self.policy, request, meanings=False)
        for assumption in self.policy.assumptions.values():
            if self.test(assumption.condition)(seen, None, None) is False:
                raise BadRequest(codes.BROKEN_AXIOM, f"the request breaks `assume {assumption.name}`")

    def decision(self, request: Request) -> tuple[Decision, State]:
        """The decision on a request that is admitted, and the state it rests on. Raises Conflict."""
        last = self._last  # another thread may put its own there meanwhile
        if last is None or last[0] != request:
            try:
                made: tuple[Decision, State] | Conflict = self._decision(request)
            except Conflict as conflict:
                made = conflict
            last = self._last = dict(request), made
        found = last[1]
        if isinstance(found, Conflict):
            raise found
        return found

    def _decision(self, request: Request) -> tuple[Decision, State]:
        s = state(self.policy, request)
        fired = s.fired()
        if s.denied_by is not None:
            reason = f"signal `{s.denied_by}` failed"
            return Decision(None, "deny", reason, fired=fired, by=f"signal {s.denied_by}"), s
        for by, reason in self.denials(s):
            return Decision(None, "deny", reason, fired=fired, by=by), s
        route = self.route(s)
        if route is None:
            return Decision(None, "unrouted", fired=fired), s
        return replace(self.guarded(route, s), fired=fired), s

    def denials(self, s: State) -> Iterator[tuple[str, str]]:
        """Step 2: who denies, and why; deny guards first, in order of declaration."""
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if isinstance(rule, Denial) and self.denies(rule, s) is not False:
                    yield f"guard {guard.name}", rule.reason
        for route in self._wary:
            if self.holds(route.when, s) is None:
                yield f"route {route.name}", f"whether route `{route.name}` holds is unknown"

    def denies(self, rule: Denial, s: State) -> bool | None:
        """Whether the condition of a denial holds; its `cost` is that of the plan, before guards, of the route that
        step 3 would choose. Where several conflict, one of them is enough."""
        if rule.when is None or not costly(rule.when):
            return self.holds(rule.when, s)
        holding = self._foremost(s)
        routes = self.first(holding, s) if holding else [r for r in (self.policy.default,) if r is not None]
        plans = [tuple(Served(p.pool, p.weight, p.role) for p in plan(r.action)) for r in routes]
        test = self.test(rule.when)
        truths = [test(s, None, Decision(None, "route", destinations=planned)) for planned in plans or [()]]
        return True if True in truths else None if None in truths else False

    def _foremost(self, s: State) -> list[Route]:
        """Those that hold, of the first contest of which any does."""
        last = self._front  # another thread may put its own there meanwhile
        if last is None or last[0] is not s:
            contests = groupby(self.holding(s), lambda r: self._contest[r.name])
            last = self._front = s, next(([*routes] for _, routes in contests), [])
        return last[1]

    def route(self, s: State) -> Route | None:
        """Step 3: the route that takes the request; the default when none does. Raises Conflict."""
        holding = self._foremost(s)
        if not holding:
            return self.policy.default
        first = self.first(holding, s)
        if any(r.action.same != first[0].action.same for r in first[1:]):
            raise Conflict(sorted(first, key=lambda r: r.name))
        return min(first, key=lambda r: r.name)

    def holding(self, s: State) -> Iterator[Route]:
        """Every route that holds, in the order in which they are asked."""

        def truth(condition: Condition) -> Truth:
            return self.test(condition)(s, None, None)

        return (r for r in self._candidates.of(s.values, truth, s.raw) if self.takes(r, s))

    def takes(self, route: Route, s: State) -> bool:
        truth = self.holds(route.when, s)
        return truth is True or (truth is None and route.on_unknown == "fires")

    def first(self, holding: Sequence[Route], s: State) -> Sequence[Route]:
        """Those of the routes that hold in one tier which the keys of `resolve` leave equal."""
        left = list(holding)
        for key in self.policy.resolve:
            match key:
                case "priority":
                    highest = max(r.priority for r in left)
                    left = [r for r in left if r.priority == highest]
                case "confidence":
                    confidences = self.confidences(holding, s)
                    if confidences is not None:
                        greatest = max(confidences[r.name] for r in left)
                        left = [r for r in left if confidences[r.name] == greatest]
                case "name":
                    least = min(r.name for r in left)
                    left = [r for r in left if r.name == least]
        return left

    def confidences(self, holding: Sequence[Route], s: State) -> dict[str, Fraction | int] | None:
        """The confidence of each route, or None where one is not comparable or the scores differ in kind."""
        found: dict[str, Fraction | int] = {}
        kinds = set()
        for route in holding:
            scores = self.evidence(route, s)
            if len(scores) != 1:
                return None
            found[route.name] = s.confidence[scores[0]] or Fraction(0)
            kinds.add(self.policy.signals[scores[0]].evidence)
        return found if len(kinds) == 1 else None

    def evidence(self, route: Route, s: State) -> tuple[str, ...]:
        """The scores that stand behind a route that holds; none where its condition is not true."""
        if route.when is None or self.holds(route.when, s) is not True:
            return ()
        return fold(route.when, self._evidence)[1](s)

    def guarded(self, route: Route, s: State) -> Decision:
        """Steps 4 and 5: the plan of a route, and what the guards leave of it."""
        if route.action.kind == "deny":
            denier = "default" if route is self.policy.default else f"route {route.name}"
            return Decision(route.name, "deny", route.action.reason, by=denier)
        removed, left = self.spared(route, s)
        destinations = promoted(route.action, left)
        if not destinations:
            by_guard = removed[-1].guard if removed else ""
            reason = f"guard `{by_guard}` leaves no destination"
            return Decision(route.name, "deny", reason, removed=removed, by=f"guard {by_guard}")
        union, served = self.obliged(destinations, decided(self.policy, route.action, destinations), s)
        others, budgets = route.action.others_of(destinations), route.action.budgets_of(destinations)
        return Decision(route.name, "route", None, served, union, removed=removed, others=others, budgets=budgets)

    def spared(self, route: Route, s: State) -> tuple[tuple[Removal, ...], list[Planned]]:
        """What guards remove of a plan, and what they leave. Each destination is judged in the role that is written,
        and again as a primary where it would become one; what is forbidden there is removed too, and the next asked."""
        places = written(self.policy, route.action)
        planned = plan(route.action)
        by = [self._forbidding(place, s) for place in places]
        while self._by_place:
            first = rising(planned, [i for i in range(len(planned)) if not by[i]])
            if first is None:
                break
            by[first] = self._forbidding(places[first].risen, s)
            if not by[first]:
                break
        removed: dict[tuple[str, str], Removal] = {}
        for one, guards in zip(planned, by, strict=True):
            for guard in guards:
                removed.setdefault((one.pool, guard), Removal(one.pool, guard, one.role))
        return tuple(removed.values()), [p for p, guards in zip(planned, by, strict=True) if not guards]

    @cached_property
    def _by_place(self) -> bool:
        """Some rule forbids by role."""
        return reading.by_place(r for g in self.policy.guards.values() for r in g.rules if isinstance(r, Forbid))

    def _forbidding(self, place: Destination, s: State) -> list[str]:
        return [g for g in self.policy.guards if self.forbids(g, place, s)]

    def forbids(self, guard: str, place: Destination, s: State) -> bool:
        return any(
            isinstance(rule, Forbid)
            and self.test(rule.what)(s, place, None) is not False
            and (rule.when is None or self.test(rule.when)(s, place, None) is not False)
            for rule in self.policy.guards[guard].rules
        )

    def obliged(
        self, left: Sequence[Planned], places: Sequence[Destination], s: State
    ) -> tuple[tuple[str, ...], tuple[Served, ...]]:
        """The obligations of the decision and of each destination that is left, in the role that it then has."""
        union: set[str] = set()
        own: list[set[str]] = [set() for _ in left]
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if not isinstance(rule, Obligation):
                    continue
                if not rule.per_destination:
                    if self.holds(rule.when, s) is not False:
                        union.add(rule.name)
                    continue
                for place, names in zip(places, own, strict=True):
                    assert rule.when is not None, "only a condition can name `destination`"
                    if self.test(rule.when)(s, place, None) is not False:
                        names.add(rule.name)
        served = tuple(Served(p.pool, p.weight, p.role, tuple(sorted(o))) for p, o in zip(left, own, strict=True))
        return tuple(sorted(union.union(*own))), served

    def places(self, d: Decision) -> tuple[Destination, ...]:
        """The destinations of a decision, as rules see them."""
        if not d.destinations:
            return ()
        route = self.policy.default if d.route == "default" else self.policy.routes[d.route or ""]
        assert route is not None, "a decision's route is one of the policy's"
        return decided(self.policy, route.action, [Planned(p.pool, p.role) for p in d.destinations])

    def judged(self, d: Decision) -> Iterator[tuple[str, list[Destination]]]:
        """Each destination of a decision with what guards judged it as: what is written, and what it has become."""
        if not d.destinations:
            return
        route = self.policy.default if d.route == "default" else self.policy.routes[d.route or ""]
        assert route is not None, "a decision's route is one of the policy's"
        places = {p.name: p for p in written(self.policy, route.action)}
        for served in d.destinations:
            place = places[served.pool]
            yield served.pool, [place, *([place.risen] if served.role != place.role else [])]

    # ── Claims ────────────────────────────────────────────────────────────

    def violations(self, claim: Claim, s: State, d: Decision, *, lenient: bool = False) -> tuple[str, ...] | None:
        """The destinations for which a claim does not hold; () where it fails without one; None where it holds.

        An unknown `when` counts as true, and so does what would break the claim; where `lenient`, a comparison with a
        number that nobody declares counts for the claim.
        """
        if lenient and (numeric(claim.what) or numeric(claim.when)):
            return self._clear_violations(claim, s, d)
        places = self.places(d) if claim.reads_destination else [None]
        what, when = self.test(claim.what), None if claim.when is None else self.test(claim.when)
        good = claim.kind == "always"
        bad = [one for one in places if (when is None or when(s, one, d) is not False) and what(s, one, d) is not good]
        return tuple(dict.fromkeys(p.name for p in bad if p is not None)) if bad else None

    def _clear_violations(self, claim: Claim, s: State, d: Decision) -> tuple[str, ...] | None:
        reached = [(TRUE, self.policy.pools[p]) for p in d.pools]
        good = claim.kind == "always"
        bad: list[Destination | None] = []
        for one in self.places(d) if claim.reads_destination else [None]:
            what = both(self.policy, claim.what, one, reached)[good]
            when = TRUE if claim.when is None else both(self.policy, claim.when, one, reached)[0]
            if fold(when, self._truth)(s, one, d) is not False and fold(what, self._truth)(s, one, d) is not good:
                bad.append(one)
        return tuple(dict.fromkeys(p.name for p in bad if p is not None)) if bad else None

    def broken(self, assertion: Assertion, s: State, d: Decision) -> Claim | None:
        """The first claim of an assertion that does not hold for a request."""
        return next((c for c in assertion.claims if self.violations(c, s, d) is not None), None)

    # ── Conditions ────────────────────────────────────────────────────────

    def holds(self, condition: Condition | None, s: State) -> bool | None:
        """Of the request alone; no condition is true."""
        return True if condition is None else self.test(condition)(s, None, None)

    def test(self, condition: Condition) -> Test:
        found = self._tests.get(id(condition))
        if found is None:
            found = self._tests[id(condition)] = fold(condition, self._truth)
            self._keep.append(condition)  # an id is only good as long as its object lives
        return found


def rising(planned: Sequence[Planned], left: Sequence[int]) -> int | None:
    """Of what is left of a plan, by its places in it, the one that becomes a primary without being one as written."""
    main = next((i for i in left if planned[i].role in ("primary", "cascade")), None)
    if main is not None:
        return main if planned[main].role == "cascade" else None
    return next((i for i in left if planned[i].role == "fallback"), None)


def promoted(action: Action, left: Sequence[Planned]) -> list[Planned]:
    """What is left of a plan, with its weights: the primaries' renormalised, the first step a primary, or the first
    fallback in the place of them all. Nothing where nothing that can serve is left."""
    main = [p for p in left if p.role in ("primary", "cascade")]
    edges = [p for p in left if p.role not in ("primary", "cascade")]
    if not main:
        first = next((p for p in edges if p.role == "fallback"), None)
        if first is None:
            return []
        return [replace(first, role="primary", weight=Fraction(1)), *(p for p in edges if p is not first)]
    if action.kind == "cascade":
        main = [replace(main[0], role="primary", weight=Fraction(1)), *main[1:]]
    elif main[0].weight is not None:
        total = sum((p.weight or Fraction(0) for p in main), Fraction(0))
        main = [replace(p, weight=(p.weight or Fraction(0)) / total if total else Fraction(1, len(main))) for p in main]
    return main + edges
