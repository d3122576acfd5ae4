"""Tables decided by `docs/table/decide.mjs` under node, as a page in a browser would."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.test_table_agrees_with_decide import WRONG, expected
from wrpc import load, loads
from wrpc.decide import table
from wrpc.policy.model import Policy


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node on this machine")
    return found


def decided(node: str, root: Path, folder: Path, policy: Policy, asked: Sequence[Mapping[str, object]]) -> list[Any]:
    """What the evaluator answers to each request."""
    file = folder / "table.json"
    file.write_text(table.text(table.table(policy)[0]), encoding="utf-8")
    lines = "".join(json.dumps({n: sent(v) for n, v in r.items()}) + "\n" for r in asked)
    command = [node, str(root / "docs/table/decide.mjs"), str(file)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def sent(value: object) -> object:
    """Numbers as a table has them, which no double rounds."""
    if isinstance(value, (Fraction, Decimal)):
        return table.number(Fraction(value))
    return sorted(value) if isinstance(value, frozenset) else value


def test_random_policies(node: str, root: Path, tmp_path: Path) -> None:
    answers: Counter[str] = Counter()

    # Without shrinking: each example starts a program.
    @settings(max_examples=80, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(dice=dices())
    def each(dice: Dice) -> None:
        policy = dice.draw(policies())
        asked = [dict(dice.draw(requests(policy))) for _ in range(8)]
        asked += [{**r, dice.one([*policy.signals, "nobody"]): dice.one(WRONG)} for r in asked]
        for request, answer in zip(asked, decided(node, root, tmp_path, policy, asked), strict=True):
            if answer == {"error": {"code": "WRP820"}}:
                answers["undecided"] += 1
                continue
            right = expected(policy, request)
            assert answer == right, (request, policy.sources[0].text)
            answers["error" if "error" in right else "decided"] += 1

    each()
    assert answers["decided"] >= 500, answers
    assert answers["error"] >= 100, answers


def test_the_projects_own_policies(node: str, root: Path, tmp_path: Path) -> None:
    for path in sorted((root / "policies").glob("*.wrp")):
        policy = load(path)
        asked = [*(t.given for t in policy.tests), {}]
        for request, answer in zip(asked, decided(node, root, tmp_path, policy, asked), strict=True):
            assert answer == expected(policy, request), (path.name, request)


ORDER = """\
signal a: string { source header("a") }
pool p { }
pool q { }
route r { when a < "\U0001f600"  to p }
default { to q }
"""


def test_strings_go_by_code_point(node: str, root: Path, tmp_path: Path) -> None:
    """U+FFFD stands before an emoji, though UTF-16 writes that in halves that are less."""
    policy = loads(ORDER)
    asked: list[Mapping[str, object]] = [{"a": "\ufffd"}, {"a": "\U0001f601"}, {"a": "z"}]
    answers = decided(node, root, tmp_path, policy, asked)
    assert [a["route"] for a in answers] == ["r", "default", "r"]
    assert answers == [expected(policy, r) for r in asked]
