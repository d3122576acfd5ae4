"""A policy with one thing changed, as two versions of a file may differ."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.laws.dice import Dice
from wrpc.decide.request import default
from wrpc.policy.model import ABSENTEES, Int, Obligation, Policy, Score, Signal


def mutant(dice: Dice, policy: Policy, *, wide: bool = False) -> Policy:
    """`wide`: or in what requests there are, and what is asked of which pools. Now and then nothing differs."""
    for _ in range(3):
        made = _mutant(dice, policy, wide=wide)
        if made != policy:
            return made
    return policy


def _mutant(dice: Dice, policy: Policy, *, wide: bool) -> Policy:
    kinds = ["routes", "default", "guards", "reorder", "resolve"]
    kinds += ["swap", "require", "trust", "wider"] if wide else []
    kinds += ["absent"] if wide and any(sent(s) for s in policy.signals.values()) else []
    kinds += ["group", "ungroup"] * bool(policy.groups) + ["on_error", "threshold"]
    match dice.one(kinds):
        case "routes":
            name = dice.one(sorted(policy.routes))
            return replace(policy, routes={n: r for n, r in policy.routes.items() if n != name})
        case "default":
            return replace(policy, default=None)
        case "guards":
            return replace(policy, guards=dict(list(policy.guards.items())[1:]))
        case "reorder":
            names = list(policy.routes)
            whens = [policy.routes[n].when for n in names]
            turned = {n: replace(policy.routes[n], when=w) for n, w in zip(names, whens[1:] + whens[:1], strict=True)}
            return replace(policy, routes=turned)
        case "swap":
            names = list(policy.routes)
            whats = [policy.routes[n].action for n in names]
            turned = {n: replace(policy.routes[n], action=a) for n, a in zip(names, whats[1:] + whats[:1], strict=True)}
            return replace(policy, routes=turned)
        case "require":
            guards = {
                n: replace(g, rules=tuple(r for r in g.rules if not isinstance(r, Obligation)))
                for n, g in policy.guards.items()
            }
            return replace(policy, guards=guards)
        case "trust":
            pools = {n: replace(p, trust="own" if p.trust == "cloud" else "cloud") for n, p in policy.pools.items()}
            return replace(policy, pools=pools)
        case "wider":
            return replace(policy, signals={n: widened(s) for n, s in policy.signals.items()}, assumptions={})
        case "resolve":
            return replace(policy, resolve=("priority", "confidence", "name"))
        case "group":
            groups = {
                n: replace(g, default=g.members[0] if g.default is None else None) for n, g in policy.groups.items()
            }
            return replace(policy, groups=groups)
        case "ungroup":
            return replace(policy, groups={})
        case "on_error":
            signals = {
                n: replace(s, on_error=None if s.on_error else "deny") if s.can_fail else s
                for n, s in policy.signals.items()
            }
            return replace(policy, signals=signals)
        case "absent":
            return replace(policy, signals={n: found(s) for n, s in policy.signals.items()})
        case _:
            return replace(policy, signals={n: moved(s) for n, s in policy.signals.items()})


def moved(signal: Signal) -> Signal:
    """A score fires from its threshold on instead of beyond it, or the other way round."""
    if not isinstance(signal.type, Score) or signal.type.threshold is None:
        return signal
    return replace(signal, type=replace(signal.type, above=not signal.type.above))


def widened(signal: Signal) -> Signal:
    """A number may be greater, and what could not fail can."""
    of = signal.type
    if isinstance(of, Int):
        return replace(signal, type=replace(of, high=of.high + 5))
    if isinstance(of, Score):
        return replace(signal, type=replace(of, high=of.high + Fraction(1, 2)))
    return replace(signal, can_fail=not signal.can_fail, on_error=None)


def sent(signal: Signal) -> bool:
    """By the client, which may leave it out."""
    return signal.source is not None and signal.source.name in ABSENTEES


def found(signal: Signal) -> Signal:
    """An absent header is a failure instead of a value, or the other way round, or another value; a member of a group
    does not fire by it."""
    if not sent(signal):
        return signal
    claim = signal.source is not None and signal.source.name == "claim"
    plain = default(replace(signal, absent=None))
    if signal.absent is None:
        return replace(signal, absent=plain, can_fail=claim, on_error=signal.on_error if claim else None)
    other = None if signal.absent == plain else plain
    return replace(signal, absent=other, can_fail=claim or other is None)
