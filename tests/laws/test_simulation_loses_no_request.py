"""Of each request that is simulated something becomes, whatever the policy: it ends once, after it came, and a pool has
finished or refused what it was sent."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import texts
from tests.laws.volume import compared, many
from wrpc.diagnostics import Refusal
from wrpc.fleet.simulator.figures import ends
from wrpc.fleet.simulator.network import run
from wrpc.fleet.simulator.plans import ELSEWHERE, SERVED
from wrpc.fleet.simulator.scenario import Building, Scenario, Settings, mean_tokens
from wrpc.fleet.simulator.trace import Trace
from wrpc.fleet.traffic import traffic
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy

FLEET = """
workload drawn_load { rate 20/s  lengths [[512, 40%], [2_048, 80%], [8_000, 100%]] }
model drawn_model { weights 16GiB  kv_per_token 144KiB }
"""
TRACE = Trace("t", tuple(i / 5 for i in range(60)), (50, 3000, 9000) * 20, (5, 100, 30) * 20)
GPUS = ("h100", "a100", "l40s")


@many(60, floors={"compared": 6000, "drawn": 15, "replayed": 40})
@given(dice=dices())
def test_each_request_ends_once(dice: Dice):
    policy, found = from_text(texts(6)(dice) + FLEET)
    if policy is None or found.errors:
        return
    policy = with_engines(policy, dice)
    settings = Settings(requests=200, queue=dice.number(0, 3) or None, balance="fewer" if dice.chance(5) else "turns")
    held(Building(policy, settings, {}).replayed(TRACE), "replayed")
    try:
        arriving = traffic(policy)
        scenario = Building(policy, settings, mean_tokens(arriving)).drawn(arriving)
    except Refusal:
        return
    held(scenario, "drawn")


def with_engines(policy: Policy, dice: Dice) -> Policy:
    """Its own pools, on machines that are known. Confidences order no routes: which of them is higher nobody draws."""
    own = {load: w for load, w in policy.workloads.items() if load == "drawn_load"}
    pools = {
        name: replace(pool, model="drawn_model", gpu=GPUS[dice.number(0, 2)], profile=None, prefill=None, decode=None)
        for name, pool in policy.pools.items()
    }
    return replace(policy, pools=pools, workloads=own, resolve=("priority",))


def held(scenario: Scenario, how: str) -> None:
    jobs = scenario.jobs
    if not jobs.at:
        return
    ran = run(scenario.network, jobs)
    compared(how)
    compared(times=len(jobs.at))
    every = range(len(jobs.at))
    assert sum(ends(jobs, every).values()) == len(jobs.at)
    for job in every:
        if jobs.end[job] == SERVED:
            assert jobs.at[job] <= jobs.began[job] < jobs.first[job] <= jobs.last[job] < inf
            assert jobs.node[job] >= 0
        elif jobs.end[job] != ELSEWHERE:
            assert jobs.last[job] == inf
    for station in ran.stations:
        finished = sum(len(u.replica.done) + len(u.replica.refused) for u in station.units)
        assert finished == len(station.owners)
