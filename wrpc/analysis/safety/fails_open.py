"""A guard that lets requests pass while a signal fails, although it acts when the signal's value is known.

A guard counts an unknown condition as true. But `on_error silent` says that a failed signal is false, and `fires` that
it is true: then nothing is unknown any more, and a classifier that is down lets everything past the guard. For a
`sealed` or `critical` guard this is an error.

Bad:

    signal pii: bool { source classifier("pii")  on_error silent }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii }
    #     ^^^^ WRP410

Good:

    signal pii: bool { source classifier("pii")  on_error fires }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii }

To repair, let a failure mean what is safe (`on_error fires`, or `deny`), or leave `on_error` out: the guard then acts
on what it does not know. Where the gap is meant, say so with `accept_failure` in the guard.

Good:

    signal batch: bool { source header("x-batch")  on_error silent }
    pool fast { labels { class fast } }
    pool patient { labels { class patient } }
    route overnight { when batch  to patient }
    default { to fast }
    guard off_the_fast_pools { accept_failure  forbid destination.class == "fast" when batch }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code, Severity, listing
from wrpc.policy import reading
from wrpc.policy.destination import Destination
from wrpc.policy.expr import All, Any, Condition, Fires, Named, Not
from wrpc.policy.model import Denial, Forbid, Guard, Obligation, Policy, Score, Signal

if TYPE_CHECKING:
    from wrpc.decide.request import RequestValue
    from wrpc.decide.state import State
    from wrpc.solver.ask import Asker, Replay
    from wrpc.solver.decision import Encoded
    from wrpc.solver.seconds import Hidden
    from wrpc.solver.terms import Term

CODE = Code("WRP410", "fails-open", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for guard, found in opened(ask):
        if guard.accepts_failure:
            continue
        severity: Severity = "error" if guard.sealed or guard.critical else "warning"
        subjects = (f"guard {guard.name}",)
        if found.answer.request is None:
            message = f"guard `{guard.name}` may fail open"
            yield shown(CODE, message, guard.span, policy, found.answer, severity=severity, subjects=subjects)
            continue
        failed = listing([*found.values], "and")
        yield shown(
            CODE,
            f"guard `{guard.name}` fails open: while {failed} {'fails' if len(found.values) == 1 else 'fail'} it does "
            f"nothing, and for {_values(found.values)} it would {_would(policy, guard, found)}",
            guard.span,
            policy,
            found.answer,
            severity=severity,
            subjects=subjects,
            help="let the failure mean what is safe (`on_error`), or say with `accept_failure` in the guard that it is"
            " meant",
        )


@lru_cache(maxsize=4)
def opened(ask: Asker) -> tuple[tuple[Guard, Hidden], ...]:
    """The guards that fail open, each with a request, or where that is not settled; also where it is meant."""
    suspects = [g for g in ask.policy.guards.values() if _may(ask.policy, g)]
    if not suspects:
        return ()
    from wrpc.solver.hidden import hidden

    found: list[tuple[Guard, Hidden]] = []
    for guard in suspects:
        one = hidden(
            ask,
            partial(_pairs, guard),
            partial(_act, guard),
        )
        if not one.answer.impossible:
            found.append((guard, one))
    return tuple(found)


def _may(policy: Policy, guard: Guard) -> bool:
    """It reads a failure that means something. What is unknown a guard counts as true, and what is known in spite of
    it stays so whatever the value is."""
    conditions = [c for r in guard.rules for c in _conditions(r)]
    if reading.tells_failures(policy, conditions):
        return True
    read = (policy.signals[name] for name in reading.signals(policy, conditions))
    return any(_meant(s) for s in read) and not all(_most(policy, c) for c in conditions)


def _meant(signal: Signal) -> bool:
    return signal.can_fail and signal.on_error in ("fires", "silent")


def _most(policy: Policy, condition: Condition, *, so: bool = True) -> bool:
    """Plainly, what failures mean makes the condition true (or false, where not `so`) wherever any value does: then a
    guard does not act less for them."""
    match condition:
        case All(parts) | Any(parts):
            return all(_most(policy, part, so=so) for part in parts)
        case Not(operand):
            return _most(policy, operand, so=not so)
        case Named(name):
            return _most(policy, policy.conditions[name], so=so)
        case Fires(name) if name not in policy.group_of and _meant(policy.signals[name]):
            signal = policy.signals[name]
            fires = signal.on_error == "fires"
            return fires is so and (not isinstance(signal.type, Score) or signal.type.fires(Fraction(fires)) is fires)
        case _:
            read = [policy.signals[name] for name in reading.signals(policy, [condition])]
            return not any(_meant(s) or s.name in policy.group_of for s in read)


def _conditions(rule: Forbid | Denial | Obligation) -> Iterator[Condition]:
    if isinstance(rule, Forbid):
        yield rule.what
    if rule.when is not None:
        yield rule.when


# ── For all requests ──────────────────────────────────────────────────────


def _pairs(guard: Guard, seen: Encoded, known: Encoded) -> Sequence[tuple[Term, Term]]:
    """What is served while signals fail, and beside it what the guard would do."""
    from wrpc.solver.terms import conj, negate

    policy, certain = seen.policy, negate(seen.conflict)
    obligations = [r for g in policy.guards.values() for r in g.rules if isinstance(r, Obligation)]
    placing = reading.by_place([*guard.rules, *obligations])
    reached: list[tuple[Destination, Term]] = []
    judged: list[tuple[Destination, Term]] = []
    for pool, routes in policy.naming.items():
        if not placing and not seen.by_place:
            reached.append((Destination(policy.pools[pool]), conj([certain, seen.reaches(pool)])))
            continue
        for route in routes:
            there = conj([certain, seen.takes(route), seen.serves(route), seen.left(pool, route)])
            reached += [(place, conj([there, when])) for place, when in seen.places(route, pool)]
            judged += [(place, conj([there, when])) for place, when in seen.judged(route, pool)]
    pairs: list[tuple[Term, Term]] = []
    if any(isinstance(r, Forbid) for r in guard.rules):
        pairs += [(there, known.forbids(guard.name, place)) for place, there in judged or reached]
    for rule in guard.rules:
        if isinstance(rule, Denial):
            pairs.append((conj([certain, seen.served]), negate(known.encoding.condition(rule.when).false)))
        elif isinstance(rule, Obligation):
            for place, there in reached:
                at = place if rule.per_destination else None
                due = negate(known.encoding.at(at).condition(rule.when).false)
                pairs.append((conj([there, negate(_asked(seen, rule.name, place))]), due))
    return [(a, b) for a, b in pairs if a is not False and b is not False]


def _asked(d: Encoded, name: str, place: Destination) -> Term:
    """Some guard asks this of the destination, or of the whole decision."""
    from wrpc.solver.terms import disj, negate

    return disj(
        negate(d.encoding.at(place if r.per_destination else None).condition(r.when).false)
        for g in d.policy.guards.values()
        for r in g.rules
        if isinstance(r, Obligation) and r.name == name
    )


# ── For one ───────────────────────────────────────────────────────────────


def _act(guard: Guard, replay: Replay, real: State) -> bool:
    return any(True for _ in acts(guard, replay, real))


def acts(guard: Guard, replay: Replay, real: State) -> Iterator[str]:
    """What the guard would do to what is served, were it given the real values."""
    from wrpc.decide.interpret import interpreter

    decision, machine = replay.decision, interpreter(replay.policy)
    if decision is None or decision.action != "route":
        return
    places = machine.places(decision)
    obligations = [r for g in replay.policy.guards.values() for r in g.rules if isinstance(r, Obligation)]
    for rule in guard.rules:
        if isinstance(rule, Denial) and machine.denies(rule, real) is not False:
            yield "deny the request"
    judged = machine.judged(decision)
    yield from (f"remove `{n}`" for n, each in judged if any(machine.forbids(guard.name, p, real) for p in each))
    for rule in guard.rules:
        if not isinstance(rule, Obligation):
            continue
        for place in places:
            alike = [r for r in obligations if r.name == rule.name]
            if any(r.when is None or machine.test(r.when)(replay.state, place, None) is not False for r in alike):
                continue
            if rule.when is None or machine.test(rule.when)(real, place, None) is not False:
                yield f"ask `{rule.name}` of `{place.name}`"


def _would(policy: Policy, guard: Guard, found: Hidden) -> str:
    from wrpc.solver.ask import Replay
    from wrpc.solver.seconds import real, restored

    assert found.answer.request is not None, "a guard that fails open is shown by a request"
    from wrpc.decide.interpret import interpreter

    request = found.answer.request
    decision, _ = interpreter(policy).decision(request)
    state = real(policy, restored(request, found.values))
    assert state is not None, "it was confirmed"
    return next(acts(guard, Replay(policy, request, decision, None), state))


def _values(values: Mapping[str, RequestValue]) -> str:
    from wrpc.decide.request import show
    from wrpc.solver.witness import json_value

    return " and ".join(f"`{name}` = {show(json_value(value))}" for name, value in values.items())
