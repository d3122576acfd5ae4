"""What the commands print is what the models say, and the schemas in `docs` are theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from tests.report.test_docs import generator
from wrpc.cli.app import app
from wrpc.report.contract import Decision, Refused, Report, Suite
from wrpc.report.schemas import SCHEMAS

BAD = """\
signal pii: score { source classifier("pii")  threshold 0.5 }
pool own { trust "own" }
pool cloud { trust "cloud" }
route private { when pii > 0.5  to own }
default { to cloud }
"""


def printed(*arguments: str) -> str:
    return CliRunner().invoke(app, [*arguments, "--format", "json"]).output


def policies() -> list[Path]:
    return sorted((Path(__file__).parents[2] / "policies").glob("*.wrp"))


@pytest.mark.parametrize("path", policies(), ids=lambda p: p.stem)
@pytest.mark.parametrize("command", ["lint", "check"])
def test_reports(command: str, path: Path):
    report = Report.model_validate_json(printed(command, str(path)))
    assert report.verdict == "pass"


@pytest.mark.parametrize("path", policies(), ids=lambda p: p.stem)
def test_coverage(path: Path):
    report = Suite.model_validate_json(printed("test", str(path)))
    assert report.verdict == "pass"
    assert sum(r.hit for r in report.coverage.rules) == report.coverage.hit


def test_a_report_with_a_fix_and_one_with_a_witness(tmp_path: Path):
    (tmp_path / "bad.wrp").write_text(BAD)
    report = Report.model_validate_json(printed("check", str(tmp_path / "bad.wrp")))
    assert any(d.fixes for d in report.diagnostics)
    claim = BAD.replace("pii > 0.5", "pii") + 'assert k { never destination.trust == "cloud" }\n'
    (tmp_path / "claim.wrp").write_text(claim)
    report = Report.model_validate_json(printed("check", str(tmp_path / "claim.wrp")))
    assert [p.verdict for p in report.proofs] == ["refuted"]
    assert any(d.witness is not None for d in report.diagnostics)


def test_decisions(tmp_path: Path):
    (tmp_path / "p.wrp").write_text(BAD.replace("pii > 0.5", "pii"))
    lines = "\n".join(['{"pii": 0.7}', "{}", '{"pii": null}', '{"pii": 7}', "nothing"])
    result = CliRunner().invoke(app, ["decide", str(tmp_path / "p.wrp"), "-", "--format", "json"], input=lines)
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert len(answers) == 5
    for answer in answers:
        (Refused if "error" in answer else Decision).model_validate(answer, strict=False)


def test_a_key_that_is_not_there_is_noticed():
    with pytest.raises(ValidationError):
        Report.model_validate({"version": 1})


def test_schemas_are_up_to_date(root: Path):
    written = generator(root).schemas()
    assert set(written) == {f"{name}.schema.json" for name in SCHEMAS}
    stale = [name for name, text in written.items() if (root / "docs/schemas" / name).read_text() != text]
    assert stale == [], "python docs/generate.py writes them"
