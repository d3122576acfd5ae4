"""Blocks of targets, found by name."""

from __future__ import annotations

import pytest

from tests.support.compiling import policy, target
from wrpc.policy.load import from_text
from wrpc.policy.vocabulary import SETTINGS
from wrpc.targets import TARGETS, named
from wrpc.targets.settings import COMMON, block, spelled, unknown_blocks
from wrpc.targets.target import CONSTRUCTS, Construct, Elsewhere

TEXT = "pool a { } default { to a } "


def test_a_block_is_spelled_with_underscores() -> None:
    found = block(policy(TEXT + "target fleet_sim { seed 1 }"), "fleet-sim")
    assert found is not None
    assert list(found.settings) == ["seed"]
    assert block(policy(TEXT), "fleet-sim") is None


def test_a_block_of_no_target_is_an_error() -> None:
    found = unknown_blocks(policy(TEXT + "target envoi { } target envoy { } target fleet_sim { }"))
    assert [(d.code.id, d.message) for d in found] == [("WRP806", "there is no target `envoi`")]
    assert found[0].help == "did you mean `envoy`?"


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_a_row_for_every_construct(name: str) -> None:
    found = target(name)
    assert found.name == name
    assert set(found.carries) == set(CONSTRUCTS)
    assert found.versions


@pytest.mark.parametrize("name", TARGETS)
def test_no_guard_is_kept_elsewhere_by_a_program_that_could_break_it(name: str) -> None:
    found = target(name)
    rows = [found.carries[c] for c in (Construct.GUARD_DENY, Construct.GUARD_FORBID, Construct.GUARD_REQUIRE)]
    assert not (found.decides and any(isinstance(row, Elsewhere) for row in rows))


@pytest.mark.parametrize("name", TARGETS)
def test_settings_are_documented_and_hide_none_that_all_have(name: str) -> None:
    settings = target(name).settings
    assert not set(settings) & set(COMMON)
    assert all(setting.doc for setting in settings.values())


@pytest.mark.parametrize("name", TARGETS)
def test_the_language_knows_the_settings_of_every_target(name: str) -> None:
    """`lint` tells an unknown one without loading a target."""
    assert {*SETTINGS[spelled(name)]} == {*named(name).settings, *COMMON}


def test_an_unknown_setting_is_told_by_lint() -> None:
    found = from_text('pool p { endpoint "127.0.0.1:1" }\ndefault { to p }\ntarget envoy { signal_by "127.0.0.1:2" }')[
        1
    ]
    (one,) = [d for d in found.diagnostics if d.severity == "error"]
    assert (one.code.id, one.span.text, one.help) == ("WRP119", "signal_by", "did you mean `signals_by`?")
