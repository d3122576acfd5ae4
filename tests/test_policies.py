"""The library of policies: each is clean, does what its tests say, and compiles for its targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, ROOT
from wrpc.policy.model import Policy
from wrpc.targets import TARGETS
from wrpc.targets.settings import block, unknown_blocks

KEPT = {"proved", "enforced"}


@pytest.fixture(scope="module", params=POLICIES, ids=str)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def policy(name: str) -> Policy:
    return wrpc.api.load(POLICIES[name])


def test_there_are_enough_of_them() -> None:
    assert len(POLICIES) >= 18
    assert sum("target envoy {" in path.read_text() for path in POLICIES.values()) >= 4


def test_it_has_every_part(policy: Policy, name: str) -> None:
    assert policy.name == name
    assert policy.owner
    assert policy.pools
    assert policy.guards
    assert policy.assertions
    assert len(policy.tests) >= 3
    assert policy.targets
    assert policy.header is not None
    assert policy.header.source.text.startswith("# "), "a policy begins with what it is for"


def test_it_is_clean_and_everything_is_proved_or_enforced(policy: Policy) -> None:
    found = wrpc.api.check(policy)
    assert [(d.code.id, d.message) for d in found.diagnostics if d.severity != "info"] == []
    verdicts = {proof.subject: proof.verdict for proof in found.proofs}
    assert {s for s in verdicts if s.startswith("guard ")} == {f"guard {g}" for g in policy.guards}
    assert set(verdicts.values()) <= KEPT
    assert {v for s, v in verdicts.items() if s.startswith("assert ")} <= {"proved"}


def test_sealed_guards_over_destinations_are_proved(policy: Policy) -> None:
    """A removal at run time is a last resort: the routes keep to the guard by themselves."""
    from wrpc.policy.model import Forbid

    verdicts = {proof.subject: proof.verdict for proof in wrpc.api.check(policy).proofs}
    for guard in policy.guards.values():
        if any(isinstance(rule, Forbid) for rule in guard.rules):
            assert verdicts[f"guard {guard.name}"] == "proved"


def test_every_case_of_it_is_tried(policy: Policy) -> None:
    """Each route, each guard and each branch of theirs is what some test is about."""
    from wrpc.analysis.tested import tested

    found = tested(policy)
    assert found.passed
    assert found.hit == found.of, [(c.subject, [m.condition for m in c.missed]) for c in found.rules]


def test_it_is_laid_out_as_fmt_does(name: str) -> None:
    from wrpc.cli.app import run

    assert run(["fmt", "--check", str(POLICIES[name])]) == 0


def test_its_blocks_are_of_targets_that_exist(policy: Policy) -> None:
    assert not unknown_blocks(policy)


def test_it_compiles_for_its_targets(policy: Policy) -> None:
    targets = [t for t in TARGETS if block(policy, t)]
    found = wrpc.api.compile(policy, *targets)
    assert [(d.code.id, d.message) for d in found.findings.diagnostics if d.severity != "info"] == []
    assert {path.partition("/")[0] for path in found.files} == {*targets, "wrp-manifest.json"}


def test_it_needs_nothing_but_this_folder(policy: Policy, tmp_path: Path) -> None:
    for source in policy.sources:
        assert source.path is not None
        assert source.path.resolve().is_relative_to(ROOT / "policies")


def test_endpoints_are_all_on_this_machine() -> None:
    """Copied and run as it is, no policy of the library sends a request anywhere."""
    for path in POLICIES.values():
        addresses = re.findall(r'"([^"\s]+):\d{4,5}"', path.read_text())
        assert all(a.endswith("127.0.0.1") for a in addresses), path.name


def test_every_target_has_some_of_them() -> None:
    loaded = [wrpc.api.load(path) for path in POLICIES.values()]
    assert all(any(block(policy, t) for policy in loaded) for t in TARGETS)
    # One that sees no more than the name of a model carries few that the others do.
    assert any(all(block(policy, t) for t in TARGETS if t != "litellm") for policy in loaded)
