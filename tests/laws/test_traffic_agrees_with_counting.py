"""Shares of traffic are what counting all requests of small policies says: the least and the most, exactly."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given

from tests.laws.loads import Counted, Sent, loads, sent
from tests.laws.volume import compared, many
from wrpc.fleet.flows import ORDINARY, Range, Traffic
from wrpc.fleet.traffic import traffic
from wrpc.policy import model as m

EXAMPLES = 200
ZERO = Fraction(0)
Key = tuple[str, str, str]


@many(EXAMPLES, floors={"exact": EXAMPLES // 3, "sound": 10, "range": EXAMPLES // 4, "hours": EXAMPLES // 10})
@given(policy=loads())
def test_counting(policy: m.Policy) -> None:
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


def expect(counted: Counted) -> dict[Key, Range]:
    """By what `sent` tells apart, and of each pool in ordinary operation."""
    hours = range(24) if "hour" in counted.policy.signals else range(1)
    rate = counted.workload.rate
    by_hour: list[tuple[Fraction, dict[Key, tuple[Fraction, Fraction]]]] = []
    known: dict[tuple[int, bool, bool], tuple[bool, dict[Key, tuple[Fraction, Fraction]]]] = {}
    for hour in hours:
        kind = (0, hour >= 6, hour >= 12)  # no condition tells more of an hour
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
