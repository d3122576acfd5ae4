"""Shares of traffic are what counting all requests of small policies says: the least and the most, exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.loads import Counted, Sent, loads, sent
from tests.laws.policies import policies, requests
from tests.laws.small import Request
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision, Interpreter
from wrpc.decide.request import read
from wrpc.decide.state import state
from wrpc.fleet import logs
from wrpc.fleet.flows import ORDINARY, Range, Traffic
from wrpc.fleet.lengths import of_workload
from wrpc.fleet.traffic import traffic
from wrpc.policy import model as m
from wrpc.policy.expr import Condition
from wrpc.targets.fleet_sim.shares import Lead
from wrpc.targets.gateway.settle import settle

EXAMPLES = 2_000
ZERO = Fraction(0)
Key = tuple[str, str, str]


@many(EXAMPLES, parts=2, floors={"exact": EXAMPLES // 3, "sound": 100, "range": EXAMPLES // 4, "hours": EXAMPLES // 10})
@given(dice=dices())
def test_counting(dice: Dice) -> None:
    policy = dice.draw(loads())
    counted = Counted(policy)
    if not counted.few:
        return
    expected = expect(counted)
    found = told(policy, traffic(policy))
    exact = not policy.measured
    keys = expected.keys() | found.keys()
    for key in sorted(keys):
        none = Range(ZERO, ZERO)
        least, most = expected.get(key, none), found.get(key, none)
        if exact:
            assert least == most, f"{key}: counted {least}, found {most}\n{policy.sources[0].text}"
        else:
            inside = most.low <= least.low and least.high <= most.high
            assert inside, f"{key}: counted {least}, found {most}\n{policy.sources[0].text}"
        compared("range", not least.known)
    compared("exact" if exact else "sound")
    compared("hours", "hour" in policy.signals)


@many(
    EXAMPLES,
    parts=2,
    floors={"inside": EXAMPLES // 5, "narrower": EXAMPLES // 20, "log": EXAMPLES // 5, "simulated": EXAMPLES // 5},
)
@given(dice=dices())
def test_any_traffic_lies_within(dice: Dice) -> None:
    """Of requests that are drawn, a few of each length: what they send lies in the ranges, also once shares that they
    have are assumed, or once they are the log."""
    policy = dice.draw(loads())
    counted = Counted(policy)
    if not counted.few or "hour" in policy.signals or policy.measured:
        return
    drawn: list[tuple[Fraction, Request]] = []
    for length, mass in counted.masses():
        every = [*counted.requests(length, 0)]
        some = [dice.one(every) for _ in range(dice.number(1, 3))] if every else []
        drawn += [(mass / len(some), request) for request in some]
    whole = sum((mass for mass, _ in drawn), ZERO)
    if not whole:
        return
    weighed = [(mass / whole, request) for mass, request in drawn]
    free = told(policy, traffic(policy))
    inside(policy, counted, weighed, free)
    compared("inside")
    conditions = [r.when for r in policy.routes.values() if r.when is not None][:2]
    if conditions:
        assumed = replace(policy, frequencies=tuple(frequency(counted, c, weighed) for c in conditions))
        found = traffic(assumed)
        assert not found.found, f"{[d.message for d in found.found]}\n{policy.sources[0].text}"
        bound = told(assumed, found)
        inside(policy, counted, weighed, bound)
        for key, share in bound.items():
            assert free[key].low <= share.low <= share.high <= free[key].high, f"{key}\n{policy.sources[0].text}"
        compared("narrower", any(free[key] != share for key, share in bound.items()))
    simulated(policy, counted, free)
    log(policy, counted, [request for _, request in drawn])


def inside(
    policy: m.Policy, counted: Counted, weighed: list[tuple[Fraction, Request]], ranges: dict[Key, Range]
) -> None:
    for key, share in sums(counted, weighed).items():
        there = ranges.get(key, Range(ZERO, ZERO))
        assert there.low <= share.low, f"{key}: {share}, found {there}\n{policy.sources[0].text}"
        assert share.high <= there.high, f"{key}: {share}, found {there}\n{policy.sources[0].text}"


def sums(counted: Counted, weighed: list[tuple[Fraction, Request]]) -> dict[Key, Range]:
    found: dict[Key, Range] = {}
    for mass, request in weighed:
        for key, (low, high) in ordinary(sent(counted.policy, counted.decision(request))).items():
            found[key] = found.get(key, Range(ZERO, ZERO)) + Range(low * mass, high * mass)
    return found


def frequency(counted: Counted, condition: Condition, weighed: list[tuple[Fraction, Request]]) -> m.Frequency:
    share = sum(
        (mass for mass, r in weighed if counted.machine.holds(condition, state(counted.policy, r)) is True), ZERO
    )
    return m.Frequency(condition, share, None, "it", counted.workload.span)


@many(400, floors={"sampled": 250})
@given(dice=dices())
def test_every_policy_has_traffic(dice: Dice) -> None:
    """Of policies with whatever the language has nothing breaks, and what a request comes to is possible."""
    drawn = dice.draw(policies())
    workload = m.Workload("w", None, (Fraction(1),), None, None, m.Slo(), drawn.sources[0].span())
    traffic(replace(drawn, workloads={"w": workload}))  # with what is assumed of shares
    policy = replace(drawn, workloads={"w": workload}, frequencies=())
    ranges = told(policy, traffic(policy))
    if any(s.source and s.source.name == "time_of_day" for s in policy.signals.values()):
        return  # what comes in an hour is a part of the day's
    machine = Interpreter(policy)
    for _ in range(8):
        request = read(policy, dice.draw(requests(policy, fails=False)))
        if None in request.values():
            continue
        try:
            machine.admit(request)
            decision: Decision | None = machine.decision(request)[0]
        except BadRequest:
            continue
        except Conflict:
            decision = None
        for key, (_, high) in sent(policy, decision).items():
            if high:
                assert ranges[key].high >= high, f"{key} of {request}\n{policy.sources[0].text}"
        compared("sampled")


def simulated(policy: m.Policy, counted: Counted, ranges: dict[Key, Range]) -> None:
    """What the simulator's files send a pool lies in its range; requests over which routes conflict are not in them."""
    if ("", "", "conflict") in ranges:
        return
    workload = counted.workload
    stated = of_workload(workload)
    assert stated is not None
    pieces = Lead(settle(policy)).traffic(workload, points=stated.points).pieces
    whole = sum((stated.between(p.above, p.upto) for p in pieces), ZERO)
    for pool in policy.pools:
        sent_ = sum((stated.between(p.above, p.upto) * p.pools.get(pool, ZERO) for p in pieces), ZERO) / whole
        there = sum((r for (name, _, via), r in ranges.items() if (name, via) == (pool, "primary")), Range(ZERO, ZERO))
        assert there.low <= sent_ <= there.high, f"{pool}: {sent_}, found {there}\n{policy.sources[0].text}"
    compared("simulated")


def log(policy: m.Policy, counted: Counted, requests: list[Request]) -> None:
    """Of a workload that states no lengths, shares are those of the log; else the log has a say in each length."""
    open_ = replace(policy, workloads={"w": replace(counted.workload, lengths=None)})
    found = traffic(open_, logs.of(open_, requests))
    each = [(Fraction(1, len(requests)), r) for r in requests]
    expected = {key: share for key, share in sums(counted, each).items() if share.high}
    assert told(open_, found) == expected, policy.sources[0].text
    assert found.leans == ("log",)
    ends = traffic(policy, logs.of(policy, requests)).ends["w"]
    assert all(r.known for r in (ends.served, ends.denied, ends.unrouted, ends.conflict)), policy.sources[0].text
    assert ends.served.low + ends.denied.low + ends.unrouted.low + ends.conflict.low == 1
    compared("log")


def expect(counted: Counted) -> dict[Key, Range]:
    """By what `sent` tells apart, and of each pool in ordinary operation."""
    hours = range(24) if "hour" in counted.policy.signals else range(1)
    rate = counted.workload.rate
    by_hour: list[tuple[Fraction, dict[Key, tuple[Fraction, Fraction]]]] = []
    known: dict[tuple[bool, ...], tuple[bool, dict[Key, tuple[Fraction, Fraction]]]] = {}
    for hour in hours:
        kind = tuple(hour >= bound for bound in (6, 7, 12, 13))  # no condition tells more of an hour
        if kind not in known:
            known[kind] = one_hour(counted, hour)
        some, shares = known[kind]
        weight = rate[hour] if len(rate) == len(hours) else Fraction(1)
        by_hour.append((weight if some else ZERO, shares))
    whole = sum((w for w, _ in by_hour), ZERO)
    found: dict[Key, Range] = {}
    for weight, shares in by_hour:
        for key, (low, high) in shares.items():
            if weight:
                found[key] = found.get(key, Range(ZERO, ZERO)) + Range(low, high) * (weight / whole)
    return found


def one_hour(counted: Counted, hour: int) -> tuple[bool, dict[Key, tuple[Fraction, Fraction]]]:
    masses: list[tuple[Fraction, list[Sent]]] = []
    for length, mass in counted.masses():
        every = [ordinary(sent(counted.policy, counted.decision(r))) for r in counted.requests(length, hour)]
        if every:
            masses.append((mass, every))
    whole = sum((mass for mass, _ in masses), ZERO)
    found: dict[Key, tuple[Fraction, Fraction]] = {}
    for mass, every in masses:
        for key in {key for one in every for key in one}:
            low, high = found.get(key, (ZERO, ZERO))
            none = (ZERO, ZERO)
            least = min(one.get(key, none)[0] for one in every)
            most = max(one.get(key, none)[1] for one in every)
            found[key] = low + least * mass / whole, high + most * mass / whole
    return bool(whole), found


def ordinary(one: Sent) -> Sent:
    """With what each pool gets in ordinary operation, by all routes together."""
    found = dict(one)
    for (pool, _, via), (low, high) in one.items():
        if via in ORDINARY:
            before = found.get((pool, "", "ordinary"), (ZERO, ZERO))
            found[pool, "", "ordinary"] = before[0] + low, before[1] + high
    return found


def told(policy: m.Policy, found: Traffic) -> dict[Key, Range]:
    ends = found.ends["w"]
    made: dict[Key, Range] = {
        ("", "", "served"): ends.served, ("", "", "denied"): ends.denied,
        ("", "", "unrouted"): ends.unrouted, ("", "", "conflict"): ends.conflict,
    }  # fmt: skip
    for pool in found.pools.values():
        for flow in pool.flows:
            made[flow.pool, flow.route, flow.via] = flow.share
        for arrival in pool.arrivals:
            made[pool.pool, "", "ordinary"] = arrival.share
    assert set(found.pools) == set(policy.pools)
    return {key: share for key, share in made.items() if share.high}
