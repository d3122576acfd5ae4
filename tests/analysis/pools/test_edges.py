"""WRP504 to WRP506 in numbers: how severe, with which request, and how much is asked."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest

from tests.support.work import calls
from wrpc import check, loads
from wrpc.analysis.run import run_one
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.solver.ask import Answer, Asker, Confirm, Room
from wrpc.solver.terms import Term

MODULES = ("leaving_region", "leaving_provider", "shrinking_context")
CODES = {import_module(f"wrpc.analysis.pools.{m}").CODE.id for m in MODULES}


class Counting(Asker):
    """Counts the questions."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.asked = 0

    def anywhere(self, term: Callable[[Room], Term], confirm: Confirm) -> Answer:
        self.asked += 1
        return super().anywhere(term, confirm)

    @property
    def rooms(self) -> tuple[Room, ...]:
        assert self.asked, "a room is made for a question"
        return super().rooms


def found(text: str) -> list[Diagnostic]:
    return [d for d in check(loads(text)).diagnostics if d.code.id in CODES]


def asked(policy: Policy) -> int:
    ask = Counting(policy)
    for module in MODULES:
        run_one(f"wrpc.analysis.pools.{module}", policy, ask)
    return ask.asked


def many(count: int, near: str, far: str) -> Policy:
    text = f'signal tenant: string {{ source header("x-tenant") }}\npool a {{ {near} }}\npool b {{ {far} }}\n'
    text += "default { to a }\n"
    for i in range(count):
        text += f'route r{i} {{ when tenant == "t{i}"  to a  fallback b on context, timeout }}\n'
    return loads(text)


@pytest.mark.parametrize(
    ("text", "severities"),
    [
        ('pool a { region "eu" } pool b { region "us" } default { to a  fallback b }', {"WRP504": "warning"}),
        (
            'pool a { region "us-east-1" } pool b { region "us-west-2" } default { to a  fallback b }',
            {"WRP504": "info"},
        ),
        (
            'pool a { region "eu-central-1" } pool b { region "swedencentral" } default { to a  fallback b }',
            {"WRP504": "info"},
        ),
        (
            'pool a { region "westeurope" } pool b { region "eastus2" } default { to a  fallback b }',
            {"WRP504": "warning"},
        ),
        ('pool a { provider "x" } pool b { provider "y" } default { to a  fallback b on timeout }', {"WRP505": "info"}),
        # It is taken after refusals too, and a rule over causes silences WRP507 alone.
        (
            """pool a { provider "x" } pool b { provider "y" } default { to a  fallback b }
            assert c { never refusal in destination.causes and destination.pool == a }""",
            {"WRP505": "info"},
        ),
        ("pool a { context 2 } pool b { context 1 } default { to a  fallback b on context }", {"WRP506": "warning"}),
        ("pool a { context 1 } pool b { context 1 } default { to a  fallback b on context }", {"WRP506": "info"}),
        # Some of what the smaller one turns away fits.
        (
            "pool a { context 3 } pool b { context 1 } pool c { context 2 } default { to a, b  fallback c on context }",
            {"WRP506": "info"},
        ),
        # Nothing of what either turns away fits.
        (
            "pool a { context 3 } pool b { context 2 } pool c { context 2 } default { to a, b  fallback c on context }",
            {"WRP506": "warning"},
        ),
        # Nobody knows what the other turns away.
        (
            "pool a { context 3 } pool b { } pool c { context 2 } default { to a, b  fallback c on context }",
            {"WRP506": "info"},
        ),
        # It comes after a larger one, whatever the main destinations take.
        (
            "pool a { context 1 } pool b { context 3 } pool c { context 2 } default { to a  fallback b, c on context }",
            {"WRP506": "warning"},
        ),
    ],
)
def test_how_severe(text: str, severities: dict[str, str]) -> None:
    assert {d.code.id: d.severity for d in found(text)} == severities


def test_a_request_shows_it_and_the_pools_are_named() -> None:
    text = """
signal pii: bool { source keywords("passport") }
signal long: bool { source keywords("long") }
pool near { region "eu"  trust "own"  context 8k }
pool far { region "us"  trust "cloud"  context 4k }
route hers { when long  to near  fallback far on context }
default { to near }
guard home { forbid destination.trust != "own" when pii }
"""
    leaves, shrinks = found(text)
    for finding in (leaves, shrinks):
        assert finding.verdict == "refuted"
        assert finding.witness == {"long": True}
        assert finding.subjects == ("route hers", "pool far")
        assert finding.span.text == "far"
    assert [r.span.text for r in leaves.related] == ["far"]
    assert [r.span.text for r in shrinks.related] == ["far", "near"]


def test_what_the_solver_gives_up_on_is_open() -> None:
    sums = " + ".join(f"{i + 3} * n{i}" for i in range(12))
    text = "".join(f'signal n{i}: int(0..1M) {{ source header("n{i}") }}\n' for i in range(12))
    text += 'pool near { region "eu" }\npool far { region "us" }\ndefault { to near }\n'
    text += f"route r {{ when {sums} == 7_654_321  to near  fallback far }}\n"
    policy = loads(text)
    (finding,) = run_one("wrpc.analysis.pools.leaving_region", policy, Asker(policy, resources=1))
    assert isinstance(finding, Diagnostic)
    assert (finding.verdict, finding.witness, finding.severity) == ("open", None, "warning")


@pytest.mark.parametrize(
    "pools",
    [
        ("", ""),
        ('region "eu"', ""),
        ('provider "x"', ""),
        ("context 8k", ""),
        ('region "eu"  provider "x/small"  context 8k', 'region "eu"  provider "x/large"  context 9k'),
    ],
)
def test_where_nothing_differs_nothing_is_asked(pools: tuple[str, str]) -> None:
    assert asked(many(20, *pools)) == 0


@pytest.mark.parametrize(
    "rule", ['guard g { forbid destination.region == "x" }', 'assert k { never destination.region == "x" }']
)
def test_where_a_rule_speaks_nothing_is_asked(rule: str) -> None:
    policy = loads(f'pool a {{ region "eu" }} pool b {{ region "us" }} default {{ to a  fallback b }} {rule}')
    assert asked(policy) == 0


def test_one_question_an_edge() -> None:
    assert asked(many(20, 'region "eu"', 'region "us"')) == 20


def test_comparing_is_linear_in_routes_and_pools() -> None:
    """`to any` names every pool in every route: 300 of each would be 90,000 destinations to look at."""

    def wide(count: int) -> Policy:
        text = 'signal tenant: string { source header("x-tenant") }\n'
        text += "".join(f'pool p{i} {{ region "r{i}"  provider "v{i}"  context {i + 1} }}\n' for i in range(count))
        text += "".join(f'route r{i} {{ when tenant == "t{i}"  to any }}\n' for i in range(count))
        return loads(text)

    small, large = wide(30), wide(300)
    assert asked(small) == asked(large) == 0
    assert calls(lambda: asked(large)) < 12 * calls(lambda: asked(small))
