"""What diagrams and clauses answer is what the reference encoding answers, and what the interpreter says of a request.

As `test_index_agrees_with_encode.py`, of the bodies that large policies are given to: here each is forced, and the
budget of nodes at times so small that clauses take over in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.test_encode_agrees_with_decide import encoded, interpreted
from tests.laws.test_index_agrees_with_encode import told as told_of_points
from tests.laws.volume import compared, many
from wrpc.analysis import CHECKS
from wrpc.analysis.run import check, lint, run_one
from wrpc.decide.request import RequestValue, read
from wrpc.diagnostics import Diagnostic, Proof
from wrpc.policy.model import Policy
from wrpc.solver.ask import Asker
from wrpc.solver.index.engine import Body, Engine
from wrpc.solver.index.wide import Wide
from wrpc.solver.limits import NODES, RESOURCES
from wrpc.solver.reference import Reference
from wrpc.solver.terms import Term, conj, negate, same

BODIES: list[tuple[Body, int]] = [("diagrams", NODES), ("diagrams", 300), ("clauses", NODES)]


def rooms(policy: Policy, body: tuple[Body, int]) -> Iterator[Wide]:
    if "confidence" in policy.resolve:
        return
    engine = Engine(policy, resources=RESOURCES, body=body[0], nodes=body[1])
    for failures in (False, True):

        def reference(failures: bool = failures) -> Reference:
            return Reference(policy, failures=failures)

        yield Wide(engine, failures=failures, reference=reference)


@many(2_000, parts=3, floors={"impossible": 35_000, "possible": 55_000})
@given(dice=dices())
def test_verdicts(dice: Dice) -> None:
    policy = dice.draw(policies())
    for room in rooms(policy, dice.one(BODIES)):
        reference = encoded(room.reference)
        for aspect, term in encoded(room).items():
            where = f"{aspect}\n{policy.sources[0].text}"
            for so, ours, theirs in (
                (True, term, reference[aspect]),
                (False, negate(term), negate(reference[aspect])),
            ):
                answer = room.settle(ours)
                assert room.reference.settle(theirs).verdict == answer.verdict, where
                compared(answer.verdict)
                if answer.possible:
                    confirm(room, room.found([ours]), aspect, so)
            again = room.again(term)
            assert room.reference.settle(negate(same(again, reference[aspect]))).impossible, where
        terms = [*encoded(room).values()]
        alone = [i for i, term in enumerate(terms) if room.settle(term).possible]
        assert {*alone} <= {*room.among(terms)}, f"of many asked together\n{policy.sources[0].text}"
        together = [i for i, answer in room.each(terms, [lambda _: True] * len(terms)) if answer.possible]
        assert together == alone, f"of each asked together\n{policy.sources[0].text}"


def confirm(room: Wide, request: Mapping[str, RequestValue] | None, aspect: str, so: bool) -> None:
    """What is found is a request, and the interpreter says of it what the term does."""
    text = room.policy.sources[0].text
    assert request is not None, text
    replay = room.replay(request)
    assert replay is not None, f"{request} is none\n{text}"
    known = dict(interpreted(room, replay))
    assert known.get(aspect, so) is so, f"{aspect} of {request}\n{text}"


@many(2_000, parts=2, floors=8_000)
@given(dice=dices())
def test_requests(dice: Dice) -> None:
    """A request lies among the leaves that say so, and what is so of it is possible there."""
    policy = dice.draw(policies())
    known = [(room, encoded(room)) for room in rooms(policy, dice.one(BODIES))]
    for _ in range(8):
        request = read(policy, dice.draw(requests(policy)))
        for room, terms in known:
            if room.failures or None not in request.values():
                compare(room, terms, request)


def compare(room: Wide, terms: Mapping[str, Term], request: Mapping[str, RequestValue]) -> None:
    here, replay, text = lies(room, request), room.replay(request), room.policy.sources[0].text
    if replay is None:
        return
    compared()
    for aspect, so in interpreted(room, replay):
        term = terms[aspect] if so else negate(terms[aspect])
        assert room.engine.found([room.allowed, here, term], failures=room.failures) is not None, (
            f"{aspect} of {request} is {so}\n{text}"
        )


def lies(room: Wide, request: Mapping[str, RequestValue]) -> Term:
    space, table = room.space, room.engine.table
    parts: list[Term] = []
    for name, value in request.items():
        if value is None:
            parts.append(space.failed(name))
            continue
        parts.append(negate(space.failed(name)))
        if name in table.domains:
            parts.append(space.at(name, 1 << table.domains[name].cell(value)))
        elif isinstance(value, frozenset):
            for member in table.asked.members(name):
                there = space.member(name, member)
                parts.append(there if member in value else negate(there))
    return conj(parts)


@many(2_000, parts=6)
@given(dice=dices())
def test_findings(dice: Dice) -> None:
    """The same findings and proofs, whoever answers: points, one of the bodies, the reference alone. What a witness
    decides may differ, such as the route that a claim names."""
    policy = dice.draw(policies())
    found = check(policy)
    plain = Asker(policy, index=False)
    alone = [f for module in CHECKS for f in run_one(module, policy, plain)]
    static = lint(policy).diagnostics
    told_alone = {told(d) for d in (*static, *(f for f in alone if isinstance(f, Diagnostic)))}
    assert {told(d) for d in found.diagnostics} == told_alone, policy.sources[0].text
    proved_alone = {(p.subject, p.verdict, p.leans_on) for p in alone if isinstance(p, Proof)}
    assert {(p.subject, p.verdict, p.leans_on) for p in found.proofs} == proved_alone, policy.sources[0].text
    body, _ = dice.one(BODIES)
    ask = Asker(policy, body=body)
    ours = [f for module in CHECKS for f in run_one(module, policy, ask)]
    codes = {c for of in CHECKS.values() for c in of}
    theirs = {told(d) for d in found.diagnostics if d.code.id in codes}
    assert {told(d) for d in ours if isinstance(d, Diagnostic) and d.code.id in codes} == theirs, policy.sources[0].text
    proofs = {(p.subject, p.verdict, p.leans_on) for p in ours if isinstance(p, Proof)}
    assert {(p.subject, p.verdict, p.leans_on) for p in found.proofs} == proofs, policy.sources[0].text


def told(d: Diagnostic) -> tuple[object, ...]:
    if d.code.id == "WRP406":  # of several guards that empty a plan, that of the request is named
        return d.code.id, d.verdict, d.subjects[1:]
    return told_of_points(d)
