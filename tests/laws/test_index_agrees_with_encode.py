"""What the index answers is what the reference encoding answers, and what the interpreter does with a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.test_encode_agrees_with_decide import encoded, interpreted
from tests.laws.volume import compared, many
from wrpc.decide.request import RequestValue, read
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.solver.index.room import Index
from wrpc.solver.limits import POINTS
from wrpc.solver.reference import Reference
from wrpc.solver.terms import Term, negate, same


def indexes(policy: Policy, points: int) -> Iterator[Index]:
    if "confidence" in policy.resolve:
        return
    for failures in (False, True):

        def reference(failures: bool = failures) -> Reference:
            return Reference(policy, failures=failures)

        yield Index(policy, failures=failures, reference=reference, points=points)


@many(2_000, parts=2, floors={"impossible": 28_000, "surely": 42_000})
@given(dice=dices())
def test_verdicts(dice: Dice) -> None:
    policy = dice.draw(policies())
    for index in indexes(policy, dice.one([1, 6, 40, POINTS, POINTS])):
        reference = encoded(index.reference)
        for aspect, term in encoded(index).items():
            where = f"{aspect}\n{policy.sources[0].text}"
            for ours, theirs in ((term, reference[aspect]), (negate(term), negate(reference[aspect]))):
                impossible, surely = index.look(ours)
                if impossible:
                    compared("impossible")
                    assert index.reference.settle(theirs).impossible, where
                elif surely:
                    compared("surely")
                    assert index.reference.settle(theirs).possible, where
            again = index.again(term)
            assert index.reference.settle(negate(same(again, reference[aspect]))).impossible, where


@many(2_000, floors=9_000)
@given(dice=dices())
def test_requests(dice: Dice) -> None:
    """A request lies in a point: what is so of it may be so there, and what must be so there is so of it."""
    policy = dice.draw(policies())
    rooms = [(index, encoded(index)) for index in indexes(policy, dice.one([1, 40, POINTS, POINTS]))]
    for _ in range(8):
        request = read(policy, dice.draw(requests(policy)))
        for index, terms in rooms:
            if index.failures or None not in request.values():
                compare(index, terms, request)


def compare(index: Index, terms: Mapping[str, Term], request: Mapping[str, RequestValue]) -> None:
    here = index.universe.full
    for name, domain in index.universe.domains.items():
        here &= index.universe.at(name, 1 << domain.cell(request[name]))
    assert here.bit_count() == 1
    some, every = index.allowed
    replay, text = index.replay(request), index.policy.sources[0].text
    if replay is None:
        assert not every & here, f"{request} is none\n{text}"
        return
    compared()
    assert some & here, f"{request} is one\n{text}"
    for aspect, so in interpreted(index, replay):
        may, must = index.sets(terms[aspect])
        assert may & here if so else not must & here, f"{aspect} of {request} is {so}\n{text}"


def told(d: Diagnostic) -> tuple[object, ...]:
    match d.code.id:
        case "WRP201":  # of pairs that hold together, those are named that the requests show
            return d.code.id, d.severity
        case "WRP407":  # of several routes that lose a pool, one is named
            return d.code.id, d.subjects[0], d.message.split("`")[3]
        case "WRP401" | "WRP202":  # which routes go before, and which request, is told of one of several
            return d.code.id, d.span, d.subjects
        case "WRP410":  # an example of the values that a failure hides, and of what the guard would do then
            return d.code.id, d.severity, d.verdict, d.span, d.subjects
        case _:
            return d.code.id, d.severity, d.verdict, d.span, d.message
