"""What a sample shows, nothing proves otherwise: that a route or a part of a condition is needed. And what no sample
shows is asked: the findings are those of the reference, which has no samples."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

import wrpc.api
from benchmarks.families import KINDS
from tests.laws.test_families_agree import made
from tests.laws.volume import compared, many
from wrpc.analysis.conflicts import redundant_part, redundant_route
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.run import run_one
from wrpc.analysis.sampled import parts
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.solver.ask import Asker

RESOLVES = [("priority",), ("priority", "name"), ("name",)]
Told = set[tuple[str, tuple[str, ...], int]]


def few_pools(policy: Policy) -> Policy:
    """Many routes do the same."""
    text = re.sub(r"to p(\d+)", lambda found: f"to p{int(found[1]) % 2}", policy.sources[0].text)
    return wrpc.api.loads(re.sub(r"fallback p\d+ on timeout", "", text))


def told(policy: Policy, asker: Asker) -> Told:
    found = [*run_one(redundant_route.__name__, policy, asker), *run_one(redundant_part.__name__, policy, asker)]
    return {(f.code.id, f.subjects, f.span.start) for f in found if isinstance(f, Diagnostic) and f.span is not None}


@many(60, floors={"policies": 60, "WRP204": 20, "WRP211": 20, "routes shown": 150, "parts shown": 60})
@given(data=st.data())
def test_findings(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    seed = data.draw(st.integers(0, 1 << 30))
    policy = few_pools(made(kind, data.draw(st.integers(2, 12)), data.draw(st.sampled_from(RESOLVES)), seed))
    asker, reference = Asker(policy, body="clauses"), Asker(policy, index=False)
    found, expected = told(policy, asker), told(policy, reference)
    assert found == expected, f"found {found - expected}, expected {expected - found}\n{policy.sources[0].text}"
    compared("policies")
    for code, _, _ in found:
        compared(code)
    needless = {subjects for code, subjects, _ in expected if code == "WRP204"}
    partly = {subjects for code, subjects, _ in expected if code == "WRP211"}
    those = redundant_part._Parts(asker.healthy)
    for room in asker.rooms:
        seen = redundant_route._Elsewhere(room)
        for route in policy.routes.values():
            if reach(asker)[route.name].left.possible and seen.differs(route):
                assert (f"route {route.name}",) not in needless, (route.name, policy.sources[0].text)
                compared("routes shown")
    for route in policy.routes.values():
        if route.when is not None and any(parts(route.when)) and those.all_matter(route.when):
            assert (f"route {route.name}",) not in partly, (route.name, policy.sources[0].text)
            compared("parts shown")


def test_a_class_that_is_far_behind_is_asked_too() -> None:
    """What takes a route's requests elsewhere comes later than the classes that are looked at first."""
    between = "".join(f"route n{i} {{ priority {900 - i}  when b{i % 5 + 2}  to p0 }}\n" for i in range(60))
    head = "".join(f'signal b{k}: bool {{ source keywords("w{k}") }}\n' for k in range(8))
    text = (
        'policy far { language 1  owner "a@example.com" }\npool p0 { }\npool p1 { }\n'
        + head
        + "route first { priority 999  when b0  to p0 }\n"
        + between
        + "route last { priority 1  when OTHER  to p1 }\ndefault { to p0 }\n"
    )
    for other, needed in (("b0", True), ("b1", True), ("not b0", False)):
        policy = wrpc.api.loads(text.replace("OTHER", other))
        for asker in (Asker(policy, body="clauses"), Asker(policy, body="diagrams"), Asker(policy, body="points")):
            found = run_one(redundant_route.__name__, policy, asker)
            names = {s for f in found for s in getattr(f, "subjects", ())}
            assert ("route first" in names) is not needed, other
