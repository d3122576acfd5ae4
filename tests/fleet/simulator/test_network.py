"""Requests on their ways through pools."""

from __future__ import annotations

from dataclasses import replace
from math import factorial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.simulator.test_closed_forms import STEP, exponential, steps
from tests.fleet.simulator.test_engine import UNIT
from tests.laws.volume import compared, many
from wrpc.fleet.simulator.network import run
from wrpc.fleet.simulator.plans import (
    BUDGET,
    DENIED,
    OVERLOAD,
    SERVED,
    TIMEOUT,
    TOO_LONG,
    Cap,
    CapStep,
    Fallback,
    Jobs,
    Network,
    Node,
    Plan,
    Rule,
    groups,
)
from wrpc.fleet.steps import Engine, StepModel

FAST = Engine(StepModel(0.01, 2e-5, 1e-4, 1e-8), 50_000, 32, 512)
SERVER = Engine(StepModel(STEP, 0.0, 0.0), slots=4)


def arrivals(rate: float, many: int, seed: int = 1, plan: int = 0, prompt=(10, 900), answer=(1, 200)) -> Jobs:
    rng, now, jobs = Random(seed), 0.0, Jobs()
    for _ in range(many):
        now += rng.expovariate(rate)
        jobs.at.append(now)
        jobs.prompt.append(rng.randint(*prompt))
        jobs.answer.append(rng.randint(*answer))
        jobs.plan.append(plan)
        jobs.kind.append(0)
    return jobs


def services(rate: float, many: int, seed: int = 1) -> Jobs:
    jobs = arrivals(rate, many, seed)
    rng = Random(seed)
    jobs.prompt, jobs.answer = [1] * many, [steps(exponential(rng)) for _ in range(many)]
    return jobs


def to(*nodes: int, **more) -> Plan:
    return Plan("r", tuple((n, 1 / len(nodes)) for n in nodes), **more)


@many(60, floors={"compared": 40, "in turn": 20})
@given(st.integers(1, 4), st.integers(1, 60), st.integers(1, 10_000), st.sampled_from([0.0, 0.3]))
def test_all_at_once_is_one_by_one(replicas, count, seed, found):
    """A pool that nothing hangs on gives the same, to the last bit, when every arrival is looked at on its own."""
    rng = Random(seed)
    engine = Engine(StepModel(0.25, 2 * UNIT, 8 * UNIT, UNIT, UNIT), 3000, 4, 64, UNIT)
    jobs = arrivals(rng.uniform(0.1, 3), count, seed, prompt=(1, 300), answer=(1, 50))
    jobs.at = [round(t / UNIT) * UNIT for t in jobs.at]
    node = Node("a", engine, replicas, found=found)
    other = Jobs(list(jobs.at), list(jobs.prompt), list(jobs.answer), list(jobs.plan), list(jobs.kind))
    run(Network((node,), (to(0),)), jobs)
    slow = run(Network((replace(node, queue=10**9),), (to(0),)), other)
    assert len(slow.stations[0].units) == replicas
    assert (jobs.first, jobs.last, jobs.end) == (other.first, other.last, other.end)
    compared("in turn", replicas > 1)
    compared()


def test_a_pool_without_a_queue_refuses_by_erlang_b():
    """M/G/c/c: the share that is refused depends on the mean service alone."""
    load, servers = 3.0, 4
    blocked = load**servers / factorial(servers) / sum(load**k / factorial(k) for k in range(servers + 1))
    for seed, service in enumerate((exponential, lambda _rng: 1.0)):
        jobs = services(load, 40_000)
        rng = Random(seed)
        jobs.answer = [steps(service(rng)) for _ in jobs.at]
        run(Network((Node("a", SERVER, queue=0),), (to(0),)), jobs)
        assert jobs.end.count(OVERLOAD) / 40_000 == pytest.approx(blocked, abs=0.01)
        assert jobs.end.count(OVERLOAD) + jobs.end.count(SERVED) == 40_000


def test_what_a_full_pool_refuses_falls_back_and_is_served():
    jobs = services(6.0, 5_000)
    network = Network((Node("a", SERVER, queue=0), Node("b", SERVER, 8)), (to(0, fallbacks=(Fallback(1),)),))
    ran = run(network, jobs)
    assert set(jobs.end) == {SERVED}
    assert ran.fell == jobs.node.count(1) > 1_000
    # A fallback for another cause is none.
    ran = run(replace(network, plans=(to(0, fallbacks=(Fallback(1, overload=False),)),)), jobs)
    assert ran.fell == 0
    assert jobs.end.count(OVERLOAD) > 1_000


def test_the_next_fallback_is_tried_where_the_first_is_full_too():
    jobs = services(12.0, 5_000)
    nodes = (Node("a", SERVER, queue=0), Node("b", SERVER, queue=0), Node("c", SERVER, 8))
    run(Network(nodes, (to(0, fallbacks=(Fallback(1), Fallback(0), Fallback(2))),)), jobs)
    assert set(jobs.end) == {SERVED}
    assert min(jobs.node.count(n) for n in range(3)) > 500


def test_a_spill_starts_above_its_level():
    jobs = services(6.0, 4_000)
    nodes = (Node("a", SERVER, 4), Node("b", SERVER, 4))
    ran = run(Network(nodes, (to(0, spills=((1, 0.25),)),)), jobs)
    assert ran.spilled == jobs.node.count(1) > 500
    # Never were there more than a quarter of sixteen, and the one that came when there were as many.
    events = sorted((t, 1) for t, n in zip(jobs.at, jobs.node, strict=True) if n == 0)
    events += sorted((t, -1) for t, n in zip(jobs.last, jobs.node, strict=True) if n == 0)
    here = most = 0
    for _, change in sorted(events):
        here += change
        most = max(most, here)
    assert most == 5


def test_pools_that_spill_to_each_other():
    jobs = services(20.0, 4_000)
    jobs.plan = [i % 2 for i in range(4_000)]
    nodes = (Node("a", SERVER, 2), Node("b", SERVER, 4))
    plans = (to(0, spills=((1, 0.75),)), to(1, spills=((0, 0.75),)))
    ran = run(Network(nodes, plans), jobs)
    assert groups(Network(nodes, plans).edges()) == [[0, 1]]
    assert ran.spilled > 100
    assert set(jobs.end) == {SERVED}


def test_a_cascade_asks_the_next_for_its_share():
    jobs = arrivals(2.0, 4_000)
    nodes = (Node("small", FAST, 2), Node("large", FAST, 2))
    ran = run(Network(nodes, (Plan("r", (), steps=((0, 0.3), (1, 0.0))),)), jobs)
    assert ran.escalated / 4_000 == pytest.approx(0.3, abs=0.03)
    assert jobs.node.count(1) == ran.escalated
    large = ran.stations[1].requests
    assert all(e >= min(jobs.at) for e in large.enter)
    # Who is asked after another has waited for that one as well.
    waited = [f - a for f, a, n in zip(jobs.first, jobs.at, jobs.node, strict=True) if n == 1]
    straight = [f - a for f, a, n in zip(jobs.first, jobs.at, jobs.node, strict=True) if n == 0]
    assert sum(waited) / len(waited) > 3 * sum(straight) / len(straight)


def test_who_waits_too_long_is_answered_by_another_or_nobody():
    jobs = arrivals(2.0, 2_000)
    slow = replace(FAST, step=replace(FAST.step, fixed=0.03))
    nodes = (Node("a", slow), Node("b", FAST, 4))
    plan = to(0, fallbacks=(Fallback(1, overload=False),), patience=3.0)
    ran = run(Network(nodes, (plan,)), jobs)
    assert ran.fell > 200
    assert all(job.end == SERVED for job in rows(jobs))
    assert all(job.last - job.at <= 3 for job in rows(jobs) if job.node == 0)
    assert all(job.first - job.at > 3 for job in rows(jobs) if job.node == 1)
    run(Network(nodes, (replace(plan, fallbacks=()),)), jobs)
    assert jobs.end.count(TIMEOUT) > 200


def rows(jobs: Jobs):
    from types import SimpleNamespace

    names = ("at", "prompt", "answer", "plan", "first", "last", "end", "node")
    return [
        SimpleNamespace(**dict(zip(names, row, strict=True)))
        for row in zip(*(getattr(jobs, n) for n in names), strict=True)
    ]


def test_pools_that_hand_requests_back_lose_none():
    """A cascade from a to b, and what b is too full for spills to a: nothing comes first, and each is answered."""
    jobs = arrivals(12.0, 3_000)
    jobs.plan = [i % 2 for i in range(3_000)]
    nodes = (Node("a", FAST, 2), Node("b", FAST, 1))
    plans = (Plan("r", (), steps=((0, 0.5), (1, 0.0))), to(1, spills=((0, 0.3),), patience=60))
    ran = run(Network(nodes, plans), jobs)
    assert set(jobs.end) == {SERVED}
    assert ran.escalated > 500
    assert ran.spilled > 50
    assert all(j.at < j.first <= j.last < jobs.at[-1] + 60 for j in rows(jobs))


def test_prompts_are_read_here_and_answers_written_there():
    jobs = arrivals(3.0, 3_000)
    nodes = (Node("p", FAST, 2, then=1, transfer=1e-5), Node("d", FAST, 3))
    ran = run(Network(nodes, (to(0),)), jobs)
    assert set(jobs.end) == {SERVED}
    assert jobs.node == [1] * 3_000
    assert sum(u.replica.reading for u in ran.stations[0].units) > 0
    assert all(sum(u.replica.batches[1:]) == 0 for u in ran.stations[0].units)  # nobody writes where prompts are read
    read, write = ran.stations[0].requests, ran.stations[1].requests
    last = dict(zip(ran.stations[0].owners, read.last, strict=True))
    for row, job in enumerate(ran.stations[1].owners):
        assert write.enter[row] == last[job] + 1e-5 * jobs.prompt[job]
    # Apart, writing is never held up by the prompts of others.
    together = run(Network((Node("a", FAST, 5),), (to(0),)), arrivals(3.0, 3_000))
    pace = [(j.last - j.first) / (j.answer - 1) for j in rows(jobs) if j.answer > 50]
    mixed = [(j.last - j.first) / (j.answer - 1) for j in rows(together.jobs) if j.answer > 50]
    assert max(pace) < max(mixed)


def test_a_budget_denies_shortens_and_sends_elsewhere():
    nodes = (Node("a", FAST, 4), Node("b", FAST, 4))
    counted = Cap(10, 60.0, "requests")
    jobs = arrivals(1.0, 3_000)
    run(Network(nodes, (to(0, caps=(counted,)),)), jobs)
    minutes = {int(t // 60) for t in jobs.at}
    served = [sum(j.end == SERVED and j.at // 60 == m for j in rows(jobs)) for m in sorted(minutes)]
    assert max(served) == 10
    assert sum(n == 10 for n in served) > 0.9 * len(minutes)
    assert jobs.end.count(BUDGET) == 3_000 - sum(served)
    jobs = arrivals(1.0, 3_000, prompt=(500, 600))
    steps_up = (CapStep(1.0, compress=100), CapStep(1.5, node=1), CapStep(3.0))
    run(Network(nodes, (to(0, caps=(replace(counted, steps=steps_up),)),)), jobs)
    for minute in sorted(minutes)[:-1]:
        here = [j for j in rows(jobs) if j.at // 60 == minute]
        assert [j.prompt <= 100 for j in here] == [i >= 10 for i in range(len(here))]
        assert [j.node for j in here if j.end == SERVED] == [int(i >= 15) for i in range(min(30, len(here)))]
        assert [j.end == BUDGET for j in here] == [i >= 30 for i in range(len(here))]


def test_a_mirror_costs_and_changes_nothing():
    jobs, alone = arrivals(3.0, 2_000), arrivals(3.0, 2_000)
    nodes = (Node("a", FAST, 2), Node("m", FAST))
    ran = run(Network(nodes, (to(0, mirrors=((1, 0.25),)),)), jobs)
    run(Network(nodes, (to(0),)), alone)
    assert jobs.last == alone.last
    assert len(ran.stations[1].owners) == ran.mirrored
    assert ran.mirrored / 2_000 == pytest.approx(0.25, abs=0.04)


def test_what_no_cache_could_hold_and_what_nobody_takes():
    jobs = arrivals(1.0, 200)
    jobs.prompt[7] = 60_000
    jobs.plan[9] = -1
    run(Network((Node("a", FAST),), (to(0),)), jobs)
    assert [i for i, end in enumerate(jobs.end) if end == TOO_LONG] == [7]
    assert [i for i, end in enumerate(jobs.end) if end == DENIED] == [9]
    assert jobs.end.count(SERVED) == 198


def test_fewer_of_two_waits_less_than_in_turn():
    waits = {}
    for balance in ("turns", "fewer"):
        jobs = services(12.0, 8_000)
        run(Network((Node("a", Engine(StepModel(STEP, 0.0, 0.0), slots=1), 16, balance=balance),), (to(0),)), jobs)
        waits[balance] = sum(f - a for f, a in zip(jobs.first, jobs.at, strict=True))
    assert waits["fewer"] < 0.8 * waits["turns"]


# ── Replicas that come and go ─────────────────────────────────────────────


def test_replicas_follow_the_load_after_their_start_up():
    jobs = services(2.0, 1_000)
    burst = services(24.0, 12_000, seed=2)
    start = jobs.at[-1]
    jobs.at += [start + t for t in burst.at]
    jobs.prompt += burst.prompt
    jobs.answer += burst.answer
    jobs.plan += burst.plan
    jobs.kind += burst.kind
    rule = Rule(every=5.0, target=3.0, hold=60.0)
    node = Node("a", SERVER, 1, 1, 12, rule, startup=30.0)
    ran = run(Network((node,), (to(0),)), jobs)
    wanted = ran.stations[0].changes
    assert set(jobs.end) == {SERVED}
    assert max(n for _, n in wanted) == 12
    first = next(t for t, n in wanted if n > 3)
    assert start < first < start + 15
    grown = [u for u in ran.stations[0].units if u.since > start]
    assert all(u.serves == u.since + 30 for u in grown)
    assert all(min(ran.stations[0].requests.enter[r] for r in u.replica.inbox) >= u.serves for u in grown if u.given)
    paid = ran.stations[0].replica_seconds(jobs.at[-1])
    assert start < paid < 12 * jobs.at[-1]
    instant = run(Network((replace(node, startup=0.0),), (to(0),)), replace_jobs(jobs))
    assert mean_wait(instant.jobs) < 0.5 * mean_wait(jobs)


def test_a_schedule_is_ready_when_its_time_comes():
    rule = Rule(every=10.0, schedule=(1, 4), period=600.0)
    jobs = services(1.0, 1_500)
    ran = run(Network((Node("a", SERVER, 1, 1, 4, rule, startup=40.0),), (to(0),)), jobs)
    changes = ran.stations[0].changes
    assert changes[0] == (0.0, 1)
    assert changes[1] == (260.0, 4)  # forty seconds before half of the period
    assert changes[2] == (600.0, 1)
    assert set(jobs.end) == {SERVED}


def replace_jobs(jobs: Jobs) -> Jobs:
    return Jobs(list(jobs.at), list(jobs.prompt), list(jobs.answer), list(jobs.plan), list(jobs.kind))


def mean_wait(jobs: Jobs) -> float:
    return sum(f - a for f, a in zip(jobs.first, jobs.at, strict=True)) / len(jobs.at)


def test_the_same_seed_gives_the_same():
    def once(seed: int):
        jobs = arrivals(4.0, 1_000)
        nodes = (Node("a", FAST, 3, balance="fewer"), Node("b", FAST))
        run(Network(nodes, (Plan("r", (), steps=((0, 0.3), (1, 0.0))),)), jobs, seed)
        return jobs.last

    assert once(1) == once(1)
    assert once(1) != once(2)


def test_groups_come_in_the_order_of_the_ways():
    assert groups([{1}, {2}, set()]) == [[0], [1], [2]]
    assert groups([set(), {0}, {1}]) == [[2], [1], [0]]
    assert groups([{1}, {0, 2}, set()]) == [[0, 1], [2]]
