"""compile: all files or none, the same object as check, and a manifest."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, TYPO

SETTINGS = """
target envoy {
  listen "127.0.0.1:8080"
  endpoints { own "127.0.0.1:8001"  cloud "127.0.0.1:8002" }
  trust_headers true
}
"""


def test_files_and_manifest(wrpc, policy, tmp_path):
    path = policy(CLEAN + SETTINGS)
    done = wrpc("compile", path, "--target", "envoy", "--out", "out", "--format", "json")
    assert done.code == 0, done.out
    assert done.json["verdict"] == "pass"
    files = sorted(p.relative_to(tmp_path).as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert files == ["out/envoy/envoy.yaml", "out/wrp-manifest.json"]
    manifest = json.loads((tmp_path / "out/wrp-manifest.json").read_text())
    assert list(manifest["targets"]) == ["envoy"]
    again = wrpc("compile", path, "--out", "again")  # the policy has one `target` block
    assert again.code == 0
    assert "wrote again/wrp-manifest.json" in again.out
    for name in files:
        assert (tmp_path / name).read_bytes() == (tmp_path / name.replace("out", "again", 1)).read_bytes()


@pytest.mark.parametrize("text", [CONFLICT, TYPO, CLEAN.replace("assert no_leak { never", "assert no_leak { always")])
def test_an_error_writes_nothing(wrpc, policy, tmp_path, text):
    path = policy(text + SETTINGS)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/keep").write_text("as it was")
    done = wrpc("compile", path, "--target", "envoy", "--out", "out", "--format", "json")
    assert done.code == 1
    assert done.json["verdict"] == "fail"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["keep"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "policy.wrp"]


def test_a_warning_that_counts_writes_nothing(wrpc, policy, tmp_path):
    path = policy(CLEAN + SETTINGS + 'pool idle { endpoint "127.0.0.1:8003" }\n')
    assert wrpc("compile", path, "--out", "out", "--fail-on", "warning").code == 1
    assert not (tmp_path / "out").exists()
    assert wrpc("compile", path, "--out", "out").code == 0


def test_a_folder_that_cannot_be_written(wrpc, policy, tmp_path):
    path = policy(CLEAN + SETTINGS)
    (tmp_path / "file").write_text("")
    done = wrpc("compile", path, "--out", "file")
    assert done.code == 2
    assert (tmp_path / "file").read_text() == ""


STACK = """
signal tokens: int(0..30k) { source prompt_tokens }
pool own { provider "openai/a"  endpoint "127.0.0.1:8001" }
pool far { provider "openai/b"  endpoint "127.0.0.1:8002" }
route r { tier 1  when tokens > 5k  to own  fallback far on timeout  reasoning high }
default { to far }
target envoy { listen "127.0.0.1:8080"  trust_headers true }
stack production { envoy, vllm_sr }
"""


def test_a_stack_is_compiled_verified_and_named(wrpc, policy, tmp_path):
    path = policy(STACK)
    for asked in ((), ("--target", "production")):
        done = wrpc("compile", path, *asked, "--out", "out", "--format", "json")
        assert done.code == 0, done.out
        assert not [d for d in done.json["diagnostics"] if d["code"] == "WRP801"]
        manifest = json.loads((tmp_path / "out/wrp-manifest.json").read_text())
        assert list(manifest["targets"]) == ["envoy", "vllm-sr"]
        assert manifest["stacks"]["production"]["decides"] == "envoy"
    done = wrpc("verify", "out")
    assert done.code == 0, done.out
    # One of them alone loses what the other keeps.
    alone = wrpc("compile", path, "--target", "vllm_sr", "--out", "alone")
    assert alone.code == 0
    assert "`vllm-sr` does not carry the fallback of route `r`" in alone.out
    for name, says in (("prodution", "there is no target or stack `prodution`, did you mean `production`?"),):
        wrong = wrpc("compile", path, "--target", name, "--out", "no")
        assert wrong.code == 2
        assert says in wrong.err


def test_a_stack_with_a_targets_name(wrpc, policy):
    path = policy(STACK.replace("production", "envoy"))
    done = wrpc("compile", path, "--target", "envoy", "--out", "no")
    assert done.code == 2
    assert "`envoy` is a target and a stack" in done.err


def test_a_stack_that_begins_with_an_engine(wrpc, policy):
    path = policy(STACK.replace("{ envoy, vllm_sr }", "{ vllm, envoy }"))
    for command in ("lint", "check"):
        done = wrpc(command, path)
        assert done.code == 1
        assert "WRP814 error: `vllm`, the first target of stack `production`, decides no requests" in done.out
