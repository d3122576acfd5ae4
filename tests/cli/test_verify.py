"""verify: compiled files against their policy, on the command line."""

from __future__ import annotations

import shutil

import pytest

from tests.verify.test_artifacts import POLICY
from wrpc.report.contract import Verified


@pytest.fixture
def out(wrpc, policy, tmp_path):
    assert wrpc("compile", policy(POLICY), "--out", "out").code == 0
    return tmp_path / "out"


def test_equal(wrpc, out, policy):
    done = wrpc("verify", "out")
    assert done.code == 0
    assert done.out == "envoy: equal\n\nequal: the files decide every request as the policy does\n"
    assert wrpc("verify", "out", policy(POLICY)).out == done.out


def test_drift_is_a_request_and_a_line(wrpc, out):
    text = (out / "envoy/envoy.yaml").read_text()
    (out / "envoy/envoy.yaml").write_text(text.replace("start: 8001", "start: 9001"))
    done = wrpc("verify", "out")
    assert done.code == 1
    assert "  with: tokens = 9k\n  policy: route large → cloud, fallback own\n  file: default → own\n" in done.out
    shown = wrpc("verify", "out", "--format", "json")
    found = Verified.model_validate(shown.json, strict=False)
    assert (found.verdict, [d.code for d in found.diagnostics]) == ("different", ["WRP865"])
    assert found.targets[0].differences[0].entry.startswith("envoy/envoy.yaml:")
    assert shown.out == wrpc("verify", "out", "--format", "json").out


def test_exit_codes(wrpc, out, policy):
    assert wrpc("verify", "nowhere").code == 2
    assert wrpc("verify", "out", "missing.wrp").code == 2
    assert wrpc("verify", "out", "--env", "policy.wrp").code == 2
    (out / "envoy/envoy.yaml").unlink()
    done = wrpc("verify", "out", "--format", "json")
    assert (done.code, done.codes) == (1, ["WRP864"])


def test_targets_that_decide_nothing(wrpc, tmp_path, root):
    shutil.copytree(root / "policies", tmp_path / "policies")
    path = "policies/private_stays_home.wrp"
    assert wrpc("compile", path, "--target", "vllm,fleet-sim,vllm-sr", "--out", "policies/out").code == 0
    assert wrpc("verify", "policies/out").code == 0
    engines = tmp_path / "policies/out/vllm/engines.json"
    engines.write_text(engines.read_text().replace('"gpu": "', '"gpu": "x'))
    done = wrpc("verify", "policies/out", "--format", "json")
    assert done.code == 1
    differences = next(t for t in done.json["targets"] if t["target"] == "vllm")["differences"]
    assert [d["what"] for d in differences] == ["pool local", "pool small"]
    assert differences[0]["entry"].startswith("vllm/engines.json:")
