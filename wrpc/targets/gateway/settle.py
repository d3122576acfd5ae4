"""The guards of a policy, settled: the five steps of LANGUAGE.md's `decide` as branches.

A guard's condition for a pool of a plan is one that is known of the request alone (`pools.at`). What always acts is
done at once, also where only the solver sees that it does (`surely.py`); what may act is a fork. A fork that would
change nothing is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from wrpc.override import override
from wrpc.policy.expr import Condition, Constant, Failed
from wrpc.policy.model import Action, Denial, Forbid, Obligation, Policy, Route, plan
from wrpc.source import Span
from wrpc.targets.gateway.branches import Branch, Deny, Outcome, Send, Settled, Way, Ways
from wrpc.targets.gateway.plans import left
from wrpc.targets.gateway.pools import at, every
from wrpc.targets.gateway.reach import Reach
from wrpc.targets.gateway.surely import Surely

Removal = tuple[str, str]
"""A pool, and the guard that takes it away."""


def settle(policy: Policy) -> Settled:
    bare = replace(policy, routes={}, default=None, guards={}, assertions={}, tests=(), overridden=())
    surely = Surely(policy)
    branches = {route.name: _branch(policy, route, surely) for route in policy.routes.values()}
    return Settled(
        bare,
        tuple(_faults(policy)),
        tuple(_denials(policy)),
        tuple(tuple(branches[r.name] for r in ranked) for ranked in policy.ranked),
        tuple(branches.values()),
        None if policy.default is None else _branch(policy, policy.default, surely),
        tuple(f"guard {g.name}" for g in policy.guards.values() if any(isinstance(r, Obligation) for r in g.rules)),
        Reach(policy),
    )


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
    """What guards do under one condition: removals, and obligations with their pool."""

    condition: Condition
    span: Span
    removals: tuple[Removal, ...] = ()
    obligations: tuple[tuple[str, str | None], ...] = ()


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
        return self._next(tuple(e for e in effects if not self._always(e)), tuple(always), reasons)

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
        pools = [self._policy.pools[p] for p in dict.fromkeys(p.pool for p in plan(self._action))]
        for guard in self._policy.guards.values():
            for rule in guard.rules:
                match rule:
                    case Forbid(what, when):
                        for pool in pools:
                            # True or unknown as a whole where both parts are.
                            both = every(at(c, pool) for c in (what, when) if c is not None)
                            yield _Effect(both, rule.span, removals=((pool.name, guard.name),))
                    case Obligation(name, when, per_destination):
                        for place in pools if per_destination else (None,):
                            due = when or Constant(True)
                            due = due if place is None else at(due, place)
                            owner = None if place is None else place.name
                            yield _Effect(due, rule.span, obligations=((name, owner),))
                    case _:
                        pass

    def _next(self, forks: tuple[_Effect, ...], acting: tuple[_Effect, ...], reasons: bool) -> Way:
        """The next fork that changes anything; the outcome behind the last."""
        removals = {r for e in acting for r in e.removals}
        gone = {pool for pool, _ in removals}
        due = {o for e in acting for o in e.obligations}
        for i, effect in enumerate(forks):
            more = set(effect.removals) - removals if reasons else {p for p, _ in effect.removals} - gone
            if more or any(o not in due and o[1] not in gone for o in effect.obligations):
                return _Fork(self, effect, forks[i + 1 :], acting, reasons)
        return self._outcome(removals, due)

    def _outcome(self, removals: set[Removal], due: set[tuple[str, str | None]]) -> Outcome:
        action = left(self._action, {pool for pool, _ in removals})
        if action is None:
            by = [g for p in plan(self._action) for g in self._policy.guards if (p.pool, g) in removals]
            return Deny(f"guard `{by[-1]}` leaves no destination", self._route.name, emptied=True)
        stays = {p.pool for p in plan(action)}
        ordered = sorted((o for o in due if o[1] is None or o[1] in stays), key=lambda o: (o[0], o[1] or ""))
        return Send(self._route.name, action, tuple(ordered))


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
