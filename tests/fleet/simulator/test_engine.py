"""The engine from event to event does what a loop over single steps does, to the last bit."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.simulator.stepping import simulate
from tests.laws.volume import compared, many
from wrpc.fleet.simulator.engine import Replica, Requests, running
from wrpc.fleet.steps import Engine, StepModel

# Multiples of a power of two: every sum of them is exact, however it is grouped.
UNIT = 2.0**-20


def engines():
    number = st.integers(0, 40).map(lambda i: i * UNIT)
    model = st.builds(StepModel, st.integers(1, 4000).map(lambda i: i * UNIT), number, number, number, number)
    return st.builds(
        Engine,
        model,
        st.sampled_from([inf, inf, 40, 90, 200, 500]),
        st.sampled_from([1, 2, 3, 8, 64]),
        st.sampled_from([4, 8, 30, 64, 512]),
    )


def arrivals():
    row = st.tuples(st.sampled_from([0, 0, 1, 100, 4000, 90000]), st.integers(1, 120), st.integers(1, 90))
    return st.lists(st.tuples(row, st.integers(0, 100)), min_size=6, max_size=30)


@many(400, floors={"compared": 2500, "preempted": 100, "refused": 30, "cut prompt": 300, "came read": 100})
@given(engines(), arrivals(), st.sampled_from([0.0, 0.5, 1.0]), st.lists(st.integers(1, 20000), max_size=8))
def test_it_agrees_with_single_steps(engine, rows, kept, pauses):
    now, table = 0.0, []
    for (gap, prompt, answer), percent in rows:
        now += gap * UNIT
        todo = max(1, prompt - prompt * percent // 150)
        table.append((now, prompt, answer, todo, todo - 1 if percent % 7 == 0 else 0))
    every, refused, preempted = simulate(engine, table, kept)
    replica, requests = run(engine, table, kept, pauses)
    assert replica.refused == refused
    assert replica.preempted == preempted
    for s in every:
        if s.number not in refused:
            assert requests.began[s.number] == s.began
            assert requests.first[s.number] == s.first
            assert requests.last[s.number] == s.last
            compared("cut prompt", s.todo - s.ready > engine.chunk)
            compared("came read", s.ready > 0)
    assert sorted(replica.done + refused) == list(range(len(table)))
    compared(times=len(every) - len(refused))
    compared("preempted", preempted)
    compared("refused", len(refused))


def run(engine, table, kept=0.0, pauses=()):
    """All at once where there are no pauses, else told piece by piece."""
    replica, requests = Replica(engine, kept), Requests()
    loop = running(replica, requests)
    next(loop)
    until, told, finished = 0.0, 0, 0
    for pause in pauses:
        until += pause * UNIT
        some = [row for row in table[told:] if row[0] < until]
        replica.inbox += add(requests, some)
        told += len(some)
        asleep, before = replica.wake, finished
        finished = loop.send(until)
        assert some or until < asleep or finished >= before
        assert some or until >= asleep or finished == before
    replica.inbox += add(requests, table[told:])
    loop.send(inf)
    return replica, requests


def add(requests, rows):
    return requests.extend(*(list(column) for column in zip(*rows, strict=True))) if rows else range(0)


def test_many_steps_cost_one_addition():
    """A million tokens of one answer are one jump."""
    engine = Engine(StepModel(1.0, 0.0, 0.0, 2.0**-10))
    replica, requests = run(engine, [(0.0, 1, 1_000_001, 1, 0)])
    steps = 1_000_000
    assert requests.last[0] == 1 + steps + 2.0**-10 * sum(range(1, steps + 1))
    assert replica.batches[1] == requests.last[0] - requests.first[0]
