"""The guards of a policy, settled: the five steps of LANGUAGE.md's `decide` as branches.

A guard's condition for a pool of a plan is one that is known of the request alone (`pools.at`). What always acts is
done at once, also where only the solver sees that it does (`surely.py`); what may act is a fork. A fork that would
change nothing is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from wrpc.decide.interpret import rising
from wrpc.override import override
from wrpc.policy import reading
from wrpc.policy.destination import Destination, written
from wrpc.policy.expr import Condition, Constant, Failed
from wrpc.policy.model import Action, Denial, Forbid, Obligation, Policy, Route, Rule, plan
from wrpc.source import Span
from wrpc.targets.gateway.branches import Branch, Deny, Outcome, Send, Settled, Way, Ways
from wrpc.targets.gateway.plans import left
from wrpc.targets.gateway.pools import at, every
from wrpc.targets.gateway.reach import Reach
from wrpc.targets.gateway.surely import Surely

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

Removal = tuple[str, str, bool]
"""A pool, the guard that takes it away, and whether as the primary that the pool would become."""
Due = tuple[str, str | None, str]
"""An obligation, the pool that owes it, or None for the decision, and what that is then: "" for anything, "written",
"primary" for what has become one, "others" for a primary beside another."""


def settle(policy: Policy) -> Settled:
    bare = replace(policy, routes={}, default=None, guards={}, assertions={}, tests=(), overridden=())
    ask = cache(partial(_asker, policy))
    surely = Surely(policy, ask)
    branches = {route.name: _branch(policy, route, surely) for route in policy.routes.values()}
    return Settled(
        bare,
        tuple(_faults(policy)),
        tuple(_denials(policy)),
        tuple(tuple(branches[r.name] for r in ranked) for ranked in policy.ranked),
        tuple(branches.values()),
        None if policy.default is None else _branch(policy, policy.default, surely),
        tuple(f"guard {g.name}" for g in policy.guards.values() if any(isinstance(r, Obligation) for r in g.rules)),
        Reach(policy, ask),
    )


def _asker(policy: Policy) -> Asker:
    """The one that all questions about a policy are asked of, whatever targets it is for."""
    from wrpc.solver.ask import Asker

    return Asker(policy)


def _faults(policy: Policy) -> Iterator[Branch]:
    for signal in policy.signals.values():
        if signal.on_error == "deny":
            ended = _Ended(Deny(f"signal `{signal.name}` failed"))
            yield Branch(f"signal {signal.name}", signal.name, Failed(signal.name), "true", signal.span, ended)


def _denials(policy: Policy) -> Iterator[Branch]:
    for guard in policy.guards.values():
        for rule in guard.rules:
            if isinstance(rule, Denial):
                ended = _Ended(Deny(rule.reason))
                yield Branch(f"guard {guard.name}", guard.name, rule.when, "maybe", rule.span, ended)
    for route in policy.routes.values():
        if route.on_unknown == "deny" and route.when is not None:
            ended = _Ended(Deny(f"whether route `{route.name}` holds is unknown"))
            yield Branch(f"route {route.name}", route.name, route.when, "unknown", route.span, ended)


def _branch(policy: Policy, route: Route, surely: Surely) -> Branch:
    action = route.action
    denied = action.kind == "deny"
    return Branch(
        "default" if route is policy.default else f"route {route.name}",
        route.name,
        route.when,
        "maybe" if route.on_unknown == "fires" else "true",
        route.span,
        _Ended(Deny(action.reason or "denied", route.name)) if denied else _Guarded(policy, route, surely),
        route.tier,
        route.priority,
        route.on_unknown,
        route.labels,
        route.description,
        policy.deeds[route.name],
    )


@dataclass(frozen=True, slots=True)
class _Ended(Ways):
    outcome: Outcome

    @property
    def conditions(self) -> Sequence[Condition]:
        return ()

    @override
    def way(self, *, obligations: bool, reasons: bool) -> Way:
        return self.outcome


# ── Plans ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Effect:
    """What guards do under one condition: removals, and obligations."""

    condition: Condition
    span: Span
    removals: tuple[Removal, ...] = ()
    obligations: tuple[Due, ...] = ()


@dataclass(frozen=True)
class _Guarded:
    """A plan as it was written, and every guard that may change it. What comes of it leaves through `way` alone."""

    _policy: Policy = field(repr=False)
    _route: Route = field(repr=False)
    _surely: Surely = field(repr=False)

    @property
    def _action(self) -> Action:
        return self._route.action

    @property
    def conditions(self) -> Sequence[Condition]:
        return [e.condition for e in self._effects]

    def way(self, *, obligations: bool, reasons: bool) -> Way:
        effects = [e for e in self._effects if e.removals or obligations]
        if not obligations:
            effects = [replace(e, obligations=()) for e in effects]
        always = [e for e in effects if self._always(e)]
        forks = [e for e in effects if not self._always(e)]
        # What rises is known once it is known what is removed as written.
        forks.sort(key=lambda e: all(risen for _, _, risen in e.removals) and bool(e.removals))
        return self._next(tuple(forks), tuple(always), reasons)

    def _always(self, effect: _Effect) -> bool:
        return effect.condition == Constant(True) or self._surely.acts(self._route, effect.condition)

    @cached_property
    def _effects(self) -> Sequence[_Effect]:
        """By guard, rule and pool; equal conditions are one effect."""
        found: dict[Condition, _Effect] = {}
        for effect in self._each():
            if effect.condition != Constant(False):
                same = found.get(effect.condition)
                found[effect.condition] = (
                    effect
                    if same is None
                    else replace(
                        same,
                        removals=same.removals + effect.removals,
                        obligations=same.obligations + effect.obligations,
                    )
                )
        return tuple(found.values())

    def _each(self) -> Iterator[_Effect]:
        places = {p.name: p for p in reversed(written(self._policy, self._action))}
        pools = [places[p] for p in dict.fromkeys(p.pool for p in plan(self._action))]
        for guard in self._policy.guards.values():
            for rule in guard.rules:
                match rule:
                    case Forbid(what, when):
                        for pool in pools:
                            rises = pool.role in ("cascade", "fallback") and reading.by_place([rule])
                            for place in (pool, pool.risen) if rises else (pool,):
                                # True or unknown as a whole where both parts are.
                                both = every(at(self._policy, c, place) for c in (what, when) if c is not None)
                                yield _Effect(both, rule.span, ((pool.name, guard.name, place is not pool),))
                    case Obligation(name, when, False):
                        yield _Effect(when or Constant(True), rule.span, obligations=((name, None, ""),))
                    case Obligation(name, when, _):
                        assert when is not None, "only a condition can name `destination`"
                        for pool in pools:
                            for kind, place in self._becomes(pool, rule).items():
                                yield _Effect(
                                    at(self._policy, when, place), rule.span, obligations=((name, pool.name, kind),)
                                )
                    case _:
                        pass

    def _becomes(self, place: Destination, rule: Rule) -> dict[str, Destination]:
        """What a destination may be when it is asked for something."""
        if not reading.by_place([rule]):
            return {"": place}
        found = {"written": place}
        if place.role in ("cascade", "fallback"):
            found["primary"] = place.risen
        elif place.role == "primary" and self._action.others is not None:
            found["others"] = Destination(place.pool, "primary", frozenset(self._action.others) or None)
        return found

    def _gone(self, removals: set[Removal]) -> dict[str, list[str]]:
        """The pools that are removed, each with the guards that do it."""
        found: dict[str, list[str]] = {}
        for pool, guard, risen in removals:
            if not risen:
                found.setdefault(pool, []).append(guard)
        while True:
            kept = [p for p in plan(self._action) if p.pool not in found]
            at = rising(kept, range(len(kept)))
            again = [g for p, g, risen in removals if at is not None and risen and p == kept[at].pool]
            if at is None or not again:
                return found
            found[kept[at].pool] = again

    def _next(self, forks: tuple[_Effect, ...], acting: tuple[_Effect, ...], reasons: bool) -> Way:
        """The next fork that changes anything; the outcome behind the last."""
        removals = {r for e in acting for r in e.removals}
        gone = self._gone(removals)
        due = {o for e in acting for o in e.obligations}
        for i, effect in enumerate(forks):
            more = [
                r for r in effect.removals
                if r not in removals and (r[0] not in gone or (reasons and r[1] not in gone[r[0]]))
            ]  # fmt: skip
            if more or any(o not in due and o[1] not in gone for o in effect.obligations):
                return _Fork(self, effect, forks[i + 1 :], acting, reasons)
        return self._outcome(removals, due)

    def _outcome(self, removals: set[Removal], due: set[Due]) -> Outcome:
        gone = self._gone(removals)
        action = left(self._action, gone)
        if action is None:
            by = [g for p in plan(self._action) for g in self._policy.guards if g in gone.get(p.pool, ())]
            return Deny(f"guard `{by[-1]}` leaves no destination", self._route.name, emptied=True)
        kinds = self._kinds(action)
        owed = {(name, pool) for name, pool, kind in due if pool is None or kind in kinds.get(pool, ())}
        return Send(self._route.name, action, tuple(sorted(owed, key=lambda o: (o[0], o[1] or ""))))

    def _kinds(self, action: Action) -> dict[str, tuple[str, str]]:
        """What the destinations of what is left are."""
        was = {p.pool: p.role for p in plan(self._action)}
        found = {}
        for p in plan(action):
            risen = p.role == "primary" and was[p.pool] != "primary"
            beside = p.role == "primary" and not risen and action.others is not None
            found[p.pool] = "", "primary" if risen else "others" if beside else "written"
        return found


@dataclass(frozen=True)
class _Fork:
    _plan: _Guarded = field(repr=False)
    _effect: _Effect
    _later: tuple[_Effect, ...] = field(repr=False)
    _acting: tuple[_Effect, ...] = field(repr=False)
    _reasons: bool = field(repr=False)

    @property
    def condition(self) -> Condition:
        return self._effect.condition

    @property
    def span(self) -> Span:
        return self._effect.span

    @cached_property
    def acts(self) -> Way:
        return self._plan._next(self._later, (*self._acting, self._effect), self._reasons)

    @cached_property
    def rests(self) -> Way:
        return self._plan._next(self._later, self._acting, self._reasons)
