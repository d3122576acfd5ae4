"""Distributions: what is one, and what the simulator must never be given."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.support.compiling import policy
from wrpc.fleet.lengths import SIMULATOR, Unusable
from wrpc.policy.model import Value
from wrpc.targets.fleet_sim.lengths import lengths


def given(text: str) -> Value | None:
    return policy(f"pool a {{ }} default {{ to a }} workload w {{ {text} }}").workloads["w"].lengths


def test_points() -> None:
    found = lengths(given("lengths [[512, 40%], [1_024, 0.9], [8k, 1]]"), None, None)
    assert found.points == ((512, Fraction(2, 5)), (1024, Fraction(9, 10)), (8000, Fraction(1)))
    assert found.package is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not say its `lengths`"),
        ("lengths []", "has no points"),
        ("lengths [512]", "no pair of tokens and a share"),
        ("lengths [[512, 1, 1]]", "no pair of tokens and a share"),
        ("lengths [[512, 1s]]", "no pair of tokens and a share"),
        ("lengths [[512, 50%], [512, 100%]]", "do not ascend"),
        ("lengths [[512, 50%], [100, 100%]]", "do not ascend"),
        ("lengths [[0, 50%], [100, 100%]]", "do not ascend"),
        ("lengths [[1.5, 50%], [100, 100%]]", "do not ascend"),
        ("lengths [[512, 50%], [1024, 40%], [2048, 1]]", "do not rise"),
        ("lengths [[512, 120%]]", "do not rise"),
        ("lengths [[512, 90%]]", "has 0.9, not 1, for the last share"),
        ("lengths normal(512)", "neither points nor `cdf(…)`"),
        ('lengths cdf("a", "b")', "neither points nor `cdf(…)`"),
        ('lengths cdf("nowhere")', "does not exist, `nowhere`"),
        ('lengths cdf("../x.json")', "does not lie below"),
        ('lengths cdf("/etc/passwd")', "does not lie below"),
    ],
)
def test_no_distribution(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(Unusable) as found:
        lengths(given(text), str(tmp_path), None)
    assert message in found.value.message


@pytest.mark.parametrize("name", SIMULATOR)
def test_the_simulator_s_own_are_left_to_it(name: str, tmp_path: Path) -> None:
    found = lengths(given(f'lengths cdf("{name}")'), str(tmp_path), None)
    assert (found.points, found.package) == (None, name)


@pytest.mark.parametrize("content", [[[512, 0.5], [1024, 1.0]], {"cdf": [[512, 0.5], [1024, 1]], "source": "x"}])
def test_a_file_beside_the_policy(content: object, tmp_path: Path) -> None:
    (tmp_path / "azure.json").write_text(json.dumps(content))
    for text in ('cdf("azure")', 'cdf("azure.json")', "cdf(azure)"):
        found = lengths(given(f"lengths {text}"), str(tmp_path), None)
        assert found.points == ((512, Fraction(1, 2)), (1024, Fraction(1)))


def test_a_folder_of_its_own_goes_first(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.json").write_text("[[10, 1.0]]")
    (tmp_path / "x.json").write_text("[[20, 1.0]]")
    assert lengths(given('lengths cdf("x")'), str(tmp_path), "data").points == ((10, Fraction(1)),)


@pytest.mark.parametrize(
    "text", ["", "{", "5", '{"cdf": 5}', "[[1]]", '[["a", 1]]', "[[true, 1]]", "[[NaN, 1]]", "[" * 100_000, "\xff"]
)
def test_a_file_that_holds_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(Unusable, match="`x`"):
        lengths(given('lengths cdf("x")'), str(tmp_path), None)
