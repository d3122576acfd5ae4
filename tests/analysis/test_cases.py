"""The case files beside this: each line of a policy with what is found there, proofs included."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import fixtures
from wrpc.analysis.run import check
from wrpc.diagnostics import Diagnostic
from wrpc.policy.load import from_text

FILES = sorted((Path(__file__).parent / "cases").glob("*.wrp"))
CASES = [pytest.param(path, case, id=f"{path.stem}-{case.title}") for path in FILES for case in fixtures.cases(path)]


def found(case: fixtures.Case) -> list[Diagnostic]:
    env = {name: case.files[name] for name in case.env}
    others = {name: text for name, text in case.files.items() if name not in (fixtures.MAIN, *env)}
    policy, resolved = from_text(case.main, fixtures.MAIN, files=others, env=env)
    assert policy is not None
    return [*resolved.diagnostics, *check(policy).diagnostics]


@pytest.mark.parametrize(("path", "case"), CASES)
def test_case(path: Path, case: fixtures.Case, update: bool) -> None:
    fixtures.check(path, case, found, update=update)
