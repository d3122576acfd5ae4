"""A real Envoy tries the pools of a plan in an order that `decide` allows when some of them fail: the main destinations
that stand in for one another, then the fallbacks; and in the proportions that the weights say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import sqrt
from pathlib import Path
from random import Random

from tests.conformance.envoy.drawn import Drawn, Request, StandingIn, drawn
from tests.conformance.envoy.gateway import Gateway, at_once, expected, together, told
from tests.support.envoy import CLOSES, SLEEPS, Answer
from wrpc.decide import BadRequest, Decision, decide
from wrpc.diagnostics import Refusal
from wrpc.policy.model import Action, Policy

GONE = "gone"
How = int | str
Fails = Mapping[str, How]
Outcome = tuple[tuple[str, ...], int, str | None]
"""The pools that saw a request, the status, and who is named as the last."""
Plan = tuple[Gateway, Request, Decision, Action]

LEADS_ON: Mapping[How, frozenset[str]] = {
    500: frozenset({"server_error"}),
    502: frozenset({"server_error"}),
    503: frozenset({"overload", "unavailable", "server_error"}),
    504: frozenset({"timeout", "server_error"}),
    408: frozenset({"timeout"}),
    429: frozenset({"overload", "rate_limit", "quota"}),
    402: frozenset({"quota"}),
    # Whether a connection ends or nothing comes is one to Envoy.
    CLOSES: frozenset({"timeout", "connection", "server_error"}),
    SLEEPS: frozenset({"timeout", "connection", "server_error"}),
    GONE: frozenset({"timeout", "connection", "unavailable", "server_error"}),
    400: frozenset(),
    404: frozenset(),
}
"""The causes that a failure has to Envoy; each but a mistake of the client is an error as well."""
SEEN = frozenset({"error", "any"}.union(*LEADS_ON.values()))
STATUS: Mapping[str, int] = {CLOSES: 503, SLEEPS: 504, GONE: 503}


def leads_on(how: How, causes: set[str]) -> bool:
    known = LEADS_ON[how]
    return bool(known & causes) or (bool(known) and bool(causes & {"error", "any"}))


def causes(decision: Decision, action: Action) -> set[str]:
    """One list holds for a route: which cause leads to which pool is lost, and the compile says so."""
    left = {s.pool for s in decision.destinations}
    edges = [f.causes or ("any",) for f in action.fallbacks if f.pool in left and f.pool in fallbacks(decision)]
    found = {c for edge in (*edges, decision.others or ()) for c in edge}
    return found | ({"any"} if action.retries else set())


def stand_in(decision: Decision) -> bool:
    """Not for a cause alone that Envoy does not see. That is said as well."""
    return bool(set(decision.others or ()) & SEEN)


def mains(decision: Decision) -> dict[str, Fraction]:
    return {s.pool: s.weight or Fraction(0) for s in decision.destinations if s.role == "primary"}


def fallbacks(decision: Decision) -> list[str]:
    return [s.pool for s in decision.destinations if s.role == "fallback"]


def roads(left: Mapping[str, Fraction], others: bool) -> Iterator[tuple[tuple[str, ...], Fraction]]:
    """The orders in which main destinations may be tried, each with its part of the requests."""
    total = sum(left.values())
    for pool, weight in left.items():
        part = weight / total if total else Fraction(1, len(left))
        if not part:
            continue
        rest = {p: w for p, w in left.items() if p != pool} if others else {}
        if not rest:
            yield (pool,), part
        for behind, share in roads(rest, others) if rest else ():
            yield (pool, *behind), part * share


def replayed(
    decision: Decision, action: Action, fails: Fails
) -> dict[tuple[tuple[str, ...], int, str | None], Fraction]:
    """What may come of a request, each with its part of all like it."""
    found: dict[Outcome, Fraction] = {}
    on = causes(decision, action)
    for road, part in roads(mains(decision), stand_in(decision)):
        seen: list[str] = []
        status, by = 0, ""
        for pool in (*road, *fallbacks(decision)):
            by, how = pool, fails.get(pool, 200)
            status = how if isinstance(how, int) else STATUS[how]
            again = how != 200 and leads_on(how, on)
            if how != GONE:
                seen += [pool] * (1 + (action.retries or 0) * again)
            if not again:
                break
        key = tuple(seen), status, by
        found[key] = found.get(key, Fraction(0)) + part
    return found


def failures(decision: Decision, action: Action, chance: Random) -> dict[str, How]:
    """Some that this plan leads on from, and others."""
    kinds = [how for how in LEADS_ON if how not in (GONE, SLEEPS)]
    good = [how for how in kinds if leads_on(how, causes(decision, action))] or kinds
    made = {
        pool: chance.choice(good if chance.random() < 0.8 else kinds)
        for pool in decision.pools
        if pool != GONE and chance.random() < 0.6
    }
    if made and action.timeout and chance.random() < 0.1:
        made[chance.choice(list(made))] = SLEEPS  # one of them: each costs seconds
    return made


def plans(
    examples: Sequence[Drawn], gateways: Sequence[Gateway | Refusal]
) -> Iterator[tuple[Gateway, Request, Decision, Action]]:
    for example, gateway in zip(examples, gateways, strict=True):
        assert isinstance(gateway, Gateway), f"{gateway}\n{example.text}"
        for request in example.requests:
            decision, action = planned(example.policy, request)
            if decision is not None and action is not None:
                yield gateway, request, decision, action


def test_orders(envoy: Path) -> None:
    examples = drawn(StandingIn, 100, 40)
    chance = Random(7)
    met: Counter[str] = Counter()
    with together([e.policy for e in examples], gone=GONE) as gateways:
        asked = [(*plan, failures(*plan[2:], chance)) for plan in plans(examples, gateways)]
        answers = at_once(lambda a: a[0].send(a[1], a[4]), asked)
        for (gateway, request, decision, action, fails), answer in zip(asked, answers, strict=True):
            how = {**fails, GONE: GONE}
            seen = tuple(gateway.tried(answer))
            allowed = replayed(decision, action, how)
            said = f"{request}\n{fails}\n{allowed}\n{gateway.policy.sources[0].text}"
            assert outcome(gateway, answer) in allowed, said
            assert answer.route == decision.route, said
            met["answers"] += 1
            met["stand in"] += stand_in(decision)
            met["moved on"] += len({*seen, answer.pool}) > 1
            met["orders"] += len(allowed) > 1
            met["of four"] += len(mains(decision)) == 4
            met[f"served by {len(set(seen))}"] += answer.status == 200
            met.update(str(h) for h in fails.values())
    assert met["stand in"] >= 1000, met
    assert met["moved on"] >= 500, met
    assert all(met[str(how)] >= 20 for how in LEADS_ON if how not in (GONE, SLEEPS)), met
    assert met[SLEEPS] >= 5, met


def test_proportions(envoy: Path) -> None:
    """The first that is tried, and who stands in for it, by weight; of several plans, each asked often."""
    repeats, most = 300, 6
    chosen = [e for e in drawn(StandingIn, 150, 4) if any(telling(*planned(e.policy, r)) for r in e.requests)][:most]
    assert len(chosen) == most
    with together([e.policy for e in chosen], gone=GONE) as gateways:
        for example, gateway in zip(chosen, gateways, strict=True):
            assert isinstance(gateway, Gateway), example.text
            request = next(r for r in example.requests if telling(*planned(example.policy, r)))
            decision, action = planned(example.policy, request)
            assert decision is not None
            assert action is not None
            how = next(h for h in LEADS_ON if isinstance(h, int) and leads_on(h, causes(decision, action)))
            fails: dict[str, How] = dict.fromkeys(mains(decision), how)
            parts = replayed(decision, action, {**fails, GONE: GONE})
            answers = at_once(partial(gateway.send, fails=fails), [request] * repeats)
            counts = Counter(outcome(gateway, answer) for answer in answers)
            assert not set(counts) - set(parts)
            for what, part in parts.items():
                p = float(part)
                # Five standard deviations: one run in more than a million.
                assert abs(counts[what] - repeats * p) <= 5 * sqrt(repeats * p * (1 - p)) + 1, (parts, counts)


def planned(policy: Policy, request: Request) -> tuple[Decision | None, Action | None]:
    """The decision, and the action of its route; nothing for a request that is none or goes nowhere."""
    try:
        decision = decide(policy, request)
    except BadRequest:
        return None, None
    route = policy.routes.get(decision.route or "") or policy.default
    return (decision, route.action) if decision.action == "route" and route is not None else (None, None)


def telling(decision: Decision | None, action: Action | None) -> bool:
    """Three or more pools stand in for one another, and each that is tried is seen once."""
    if decision is None or action is None or action.retries:
        return False
    return stand_in(decision) and len(mains(decision)) > 2 and GONE not in mains(decision)


def outcome(gateway: Gateway, answer: Answer) -> Outcome:
    return tuple(gateway.tried(answer)), answer.status, answer.pool


def test_nothing_fails(envoy: Path) -> None:
    examples = drawn(StandingIn, 20, 10)
    with together([e.policy for e in examples]) as gateways:
        for gateway, request, decision, _ in plans(examples, gateways):
            answer = gateway.send(request)
            assert told(answer) == expected(decision)
            assert gateway.tried(answer) == [answer.pool]
            assert mains(decision)[str(answer.pool)] or not any(mains(decision).values())
