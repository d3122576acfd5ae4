"""Living with findings at the command line: comments, waivers, settings, baselines, and what fails a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.cli.conftest import CLEAN, CONFLICT
from wrpc.report.contract import Report

IDLE = CLEAN + "pool idle {}\n"
IGNORED = CLEAN + "pool idle {}  # wrpc: ignore[WRP302] for the move\n"
LEAK = """\
pool own { trust "own" }
pool cloud { trust "cloud" }
default { to own, cloud }
assert stays { never destination.trust == "cloud"  WAIVE }
"""
WAIVED = LEAK.replace("WAIVE", 'waive { WRP401 { owner "platform"  until "2026-12-31"  reason "the move" } }')


# ── Comments and waivers ──────────────────────────────────────────────────


def test_what_is_ignored_is_counted_and_shown(wrpc, policy):
    path = policy(IGNORED)
    done = wrpc("check", path)
    assert done.code == 0
    assert "1 ignored" in done.out
    assert "WRP302" not in done.out
    assert "ignored: WRP302 policy.wrp:19:6" in wrpc("check", path, "--notes").out
    report = wrpc("check", path, "--format", "json").json
    assert list(report)[-1] == "suppressed"
    assert (report["summary"]["suppressed"], report["diagnostics"]) == (1, [])
    (only,) = report["suppressed"]
    assert (only["code"], only["suppression"]["by"], only["suppression"]["reason"]) == (
        "WRP302", "comment", "for the move",
    )  # fmt: skip
    assert wrpc("check", path, "--fail-on", "note").code == 0
    Report.model_validate_json(wrpc("check", path, "--format", "json").out)


def test_a_conflict_may_be_ignored_but_not_compiled(wrpc, policy):
    ignored = CONFLICT.replace("route coding", "# wrpc: ignore[WRP201] they agree in practice\nroute coding")
    path = policy(ignored)
    assert wrpc("check", path).code == 0
    done = wrpc("compile", path, "--target", "envoy", "--out", "out", "--format", "json")
    assert done.code == 1
    assert "WRP201" in done.codes


def test_a_waived_claim(wrpc, policy, tmp_path):
    path = policy(WAIVED)
    done = wrpc("check", path)
    assert done.code == 0
    assert (
        "refuted  assert stays  e.g. every signal absent  waived: WRP401 platform, until 2026-12-31: the move"
        in done.out
    )
    report = wrpc("check", path, "--format", "json").json
    assert (report["verdict"], report["summary"]["refuted"], report["proofs"][0]["verdict"]) == ("pass", 1, "refuted")
    assert wrpc("check", path, "--today", "2026-12-31").code == 0
    ended = wrpc("check", path, "--today", "2027-01-01", "--format", "json")
    assert (ended.code, ended.codes) == (1, ["WRP401", "WRP908"])
    assert wrpc("check", path, "--today", "tomorrow").code == 2
    assert wrpc("compile", path, "--target", "vllm", "--out", "out").code in (0, 1)
    made = wrpc("compile", path, "--target", "fleet-sim", "--out", "out", "--format", "json")
    if made.code == 0:
        assert json.loads((tmp_path / "out/wrp-manifest.json").read_text())["suppressed"][0]["owner"] == "platform"


def test_a_waiver_of_a_target_may_have_an_owner_and_an_end(wrpc, policy, tmp_path):
    text = (
        'pool own { endpoint "http://own:80" }\nroute r { tools none  to own }\ndefault { to own }\n'
        'target envoy { waive { WRP801 { owner "edge"  until "2026-12-31"  reason "no tools here" } } }\n'
    )
    path = policy(text)
    found = wrpc("compile", path, "--out", "out", "--format", "json")
    assert [d["severity"] for d in found.json["diagnostics"] if d["code"] == "WRP808"] == ["info"]
    waived = json.loads((tmp_path / "out/wrp-manifest.json").read_text())["targets"]["envoy"]["waived"]
    assert (waived[0]["owner"], waived[0]["until"]) == ("edge", "2026-12-31")
    ended = wrpc("compile", path, "--out", "out", "--format", "json", "--today", "2027-01-01")
    assert "WRP801" in ended.codes
    assert "WRP808" not in ended.codes
    wrong = wrpc("compile", policy(text.replace("2026-12-31", "soon")), "--out", "out", "--format", "json")
    assert wrong.code == 1
    assert "is not a day" in wrong.out


NEVER = CLEAN + "route never {\n  tier 3\n  when tokens > 10 and tokens < 5\n  to own\n}\n"


def test_an_error_that_is_accepted_is_compiled(wrpc, policy, tmp_path):
    ignored = NEVER.replace("  when tokens > 10", "  # wrpc: ignore[WRP203] generated\n  when tokens > 10")
    options = ("--target", "vllm", "--out", "out", "--format", "json")
    assert "WRP203" in wrpc("compile", policy(NEVER), *options).codes
    assert not (tmp_path / "out").exists()
    done = wrpc("compile", policy(ignored), *options)
    assert "WRP203" not in done.codes
    assert [s["code"] for s in done.json["suppressed"]] == ["WRP203"]
    path = policy(NEVER)
    assert wrpc("check", path, "--baseline", "b.json", "--update-baseline").code == 0
    assert [d["baseline"] for d in wrpc("compile", path, *options, "--baseline", "b.json").json["diagnostics"]
            if d["code"] == "WRP203"] == [True]  # fmt: skip


def test_explain_shows_what_is_ignored(wrpc, policy):
    done = wrpc("explain", policy(IGNORED), "code", "WRP302")
    assert done.code == 0
    assert "ignored: WRP302" in done.out


# ── What fails a run ──────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["lint", "check"])
def test_fail_on(wrpc, policy, command):
    note = policy("signal unread: bool { source has_tools }\npool own { }\ndefault { to own }\n")
    assert [wrpc(command, note, "--fail-on", each).code for each in ("error", "warning", "note")] == [0, 0, 1]
    warning = policy('pool own { engine "vlm" }\ndefault { to own }\n')
    assert [wrpc(command, warning, "--fail-on", each).code for each in ("error", "warning", "note")] == [0, 1, 1]
    assert "--fail-on note" in wrpc(command, note, "--fail-on", "note").out


# ── Settings ──────────────────────────────────────────────────────────────


def test_settings_are_found_upwards_and_the_command_line_wins(wrpc, policy, tmp_path):
    path = policy(IDLE, "a/b/policy.wrp")
    (tmp_path / "wrpc.toml").write_text('ignore = ["WRP302"]\nfail-on = "warning"\n')
    done = wrpc("check", path, "--format", "json")
    assert (done.code, done.codes) == (0, [])
    (only,) = done.json["suppressed"]
    assert only["suppression"] == {
        "by": "settings", "reason": "ignored by wrpc.toml", "owner": None, "until": None,
        "span": {"file": "wrpc.toml", "line": 1, "column": 1, "end_line": 1, "end_column": 7},
    }  # fmt: skip
    assert "1 ignored by the settings" in wrpc("check", path).out
    strict = wrpc("check", path, "--no-config", "--format", "json")
    assert (strict.code, strict.codes) == (0, ["WRP302"])
    assert wrpc("check", path, "--ignore", "WRP9").code == 1
    assert wrpc("check", path, "--ignore", "WRP9", "--fail-on", "error").code == 0
    (tmp_path / "other.toml").write_text('select = ["WRP1"]\n')
    assert wrpc("check", path, "--config", "other.toml", "--format", "json").codes == []
    assert wrpc("check", path, "--config", "other.toml", "--select", "WRP3", "--format", "json").codes == ["WRP302"]
    assert wrpc("check", path, "--config", "other.toml", "--no-config").code == 2


def test_settings_of_one_file(wrpc, policy, tmp_path):
    policy(IDLE, "legacy/a.wrp")
    policy(IDLE, "b.wrp")
    (tmp_path / "pyproject.toml").write_text('[tool.wrpc.per-file-ignores]\n"legacy/**" = ["WRP3"]\n')
    done = wrpc("check", ".", "--format", "json")
    assert [d["span"]["file"] for d in done.json["diagnostics"]] == ["b.wrp"]
    assert [s["suppression"]["reason"] for s in done.json["suppressed"]] == ["ignored for legacy/** by pyproject.toml"]


def test_settings_hide_no_error_of_safety(wrpc, policy, tmp_path):
    path = policy(LEAK.replace("WAIVE", ""))
    (tmp_path / "wrpc.toml").write_text('ignore = ["WRP4"]\n')
    done = wrpc("check", path, "--format", "json")
    assert (done.code, done.codes) == (1, ["WRP401"])


@pytest.mark.parametrize("command", ["lint", "check", "compile", "import"])
@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit", "gitlab", "github"])
def test_settings_that_cannot_be_read_stop_every_command(wrpc, policy, tmp_path, command, format):
    path = policy()
    (tmp_path / "wrpc.toml").write_text("\nselct = []\n")
    more = {"compile": ["--target", "envoy", "--out", "out"]}.get(command, [])
    before = ["litellm"] if command == "import" else []
    done = wrpc(command, *before, path, *more, "--format", format)
    assert done.code == 2
    assert "WRP081" in done.out
    assert "selct" in done.out
    assert not (tmp_path / "out").exists()


def test_the_release_of_another_system(wrpc, policy, tmp_path):
    path = policy("model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n", "config.yaml")
    (tmp_path / "wrpc.toml").write_text('[release]\nlitellm = "1.91.5"\n')
    said = wrpc("check", path, "--from", "auto", "--format", "json")
    assert any("as release 1.91.5 reads it" in d["message"] for d in said.json["diagnostics"])
    said = wrpc("check", path, "--from", "auto", "--no-config", "--format", "json")
    assert not any("as release 1.91.5 reads it" in d["message"] for d in said.json["diagnostics"])


# ── Baselines ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["lint", "check"])
def test_a_baseline(wrpc, policy, tmp_path, command):
    path = policy('pool own { engine "vlm" }\ndefault { to own }\n')
    options = ("--baseline", "ci/base.json", "--fail-on", "warning")
    missing = wrpc(command, path, *options, "--format", "json")
    assert (missing.code, missing.codes) == (2, ["WRP083"])
    made = wrpc(command, path, *options, "--update-baseline")
    assert made.code == 0
    assert made.err == "wrote ci/base.json: 1 finding\n"
    done = wrpc(command, path, *options, "--format", "json")
    assert (done.code, done.json["verdict"], done.json["summary"]["warnings"]) == (0, "pass", 0)
    assert [d["baseline"] for d in done.json["diagnostics"]] == [True]
    assert done.json["summary"]["baseline"] == 1
    Report.model_validate_json(done.out)
    text = wrpc(command, path, *options)
    assert "1 in the baseline" in text.out
    assert "WRP118" not in text.out
    assert "in the baseline: WRP118" in wrpc(command, path, *options, "--notes").out
    policy('# moved\n\npool own { engine "vlm" }\npool two { engine "vvlm" }\ndefault { to own, two }\n')
    more = wrpc(command, path, *options, "--format", "json")
    assert (more.code, [d["baseline"] for d in more.json["diagnostics"]]) == (1, [True, False])
    policy("pool own { }\ndefault { to own }\n")
    gone = wrpc(command, path, *options, "--format", "json")
    assert (gone.code, gone.codes) == (0, ["WRP909"])
    assert gone.json["diagnostics"][0]["span"]["file"] == "ci/base.json"
    (tmp_path / "ci/base.json").write_text('{"version": 2, "findings": []}')
    assert wrpc(command, path, *options, "--format", "json").codes == ["WRP084"]
    assert wrpc(command, path, "--update-baseline").code == 2


def test_a_baseline_of_the_settings(wrpc, policy, tmp_path):
    path = policy(IDLE, "sub/policy.wrp")
    (tmp_path / "wrpc.toml").write_text('baseline = "base.json"\nfail-on = "warning"\n')
    assert wrpc("check", path).code == 2
    assert wrpc("check", path, "--update-baseline").code == 0
    assert wrpc("check", path).code == 0
    assert json.loads((tmp_path / "base.json").read_text())["findings"][0]["file"] == "sub/policy.wrp"


def test_an_error_of_safety_in_a_baseline_fails(wrpc, policy):
    path = policy(LEAK.replace("WAIVE", ""))
    done = wrpc("check", path, "--baseline", "b.json", "--update-baseline")
    assert done.code == 1
    assert "(in the baseline)" in done.out
    assert wrpc("check", path, "--baseline", "b.json").code == 1


def test_a_conflict_in_a_baseline_is_not_compiled(wrpc, policy, tmp_path):
    path = policy(CONFLICT)
    assert wrpc("check", path, "--baseline", "b.json", "--update-baseline").code == 0
    assert wrpc("check", path, "--baseline", "b.json").code == 0
    assert wrpc("compile", path, "--target", "envoy", "--out", "out", "--baseline", "b.json").code == 1
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over_what_cannot_be_read(wrpc, policy, tmp_path):
    path = policy("default { to nowhere }\n")
    done = wrpc("check", path, "--baseline", "b.json", "--update-baseline")
    assert done.code == 1
    assert "the baseline is not written" in done.err
    assert not (tmp_path / "b.json").exists()


# ── Formats ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("format", ["sarif", "junit", "gitlab"])
@pytest.mark.parametrize(("text", "code"), [(CLEAN, 0), (CONFLICT, 1), (IGNORED, 0), (WAIVED, 0)])
def test_formats_and_exit_codes(wrpc, policy, format, text, code):
    path = policy(text)
    assert wrpc("check", path, "--format", format).code == code
    outputs = {wrpc("check", path, "--format", format).out for _ in range(20)}
    assert len(outputs) == 1


def test_the_same_bytes_in_every_process(policy, tmp_path):
    """Sets have another order in each."""
    path = policy(
        WAIVED + IDLE.replace("pool own", "pool home").replace("own", "home").replace("pool cloud", "pool far")
    )
    for how in ("text", "json", "sarif", "junit", "gitlab"):
        command = [sys.executable, "-m", "wrpc", "check", str(path), "--format", how]
        outputs = {
            subprocess.run(
                command, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": str(seed)}, capture_output=True
            ).stdout
            for seed in range(4)
        }
        assert len(outputs) == 1
        assert outputs.pop()


def test_junit_lists_what_was_checked(wrpc, policy):
    from junitparser import JUnitXml

    (suite,) = JUnitXml.fromstring(wrpc("check", policy(), "--format", "junit").out.encode())
    names = [case.name for case in suite]
    assert "WRP201 conflicting-routes" in names
    assert "guard stays" in names
    (suite,) = JUnitXml.fromstring(wrpc("lint", policy(), "--format", "junit").out.encode())
    assert "WRP201 conflicting-routes" not in [case.name for case in suite]


def test_a_comment_inside_a_resource(wrpc, policy):
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  config.yaml: |\n    model_list:\n"
        "      - model_name: a\n        litellm_params: {model: openai/gpt-4o}\n    router_settings:\n"
        "      # wrpc: ignore[WRP151] added by the operator\n      fallbacks: [{a: [b]}]\n"
    )
    done = wrpc("check", policy(text, "map.yaml"), "--from", "auto", "--format", "json")
    assert done.code == 0
    assert [(s["code"], s["span"]["line"]) for s in done.json["suppressed"]] == [("WRP151", 11)]
    assert wrpc("check", policy(text.replace("# wrpc", "# wprc"), "map.yaml"), "--from", "auto").code == 1


def test_import_in_every_format(wrpc, policy):
    path = policy("model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n", "config.yaml")
    for how in ("sarif", "junit", "gitlab"):
        assert wrpc("import", "litellm", path, "-o", "out.wrp", "--format", how).code == 0
    text = policy(
        "model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n    nonsense: 1\n", "c.yaml"
    )
    codes = wrpc("check", text, "--from", "litellm", "--format", "json").codes
    lines = f"    nonsense: 1  # wrpc: ignore[{', '.join(codes)}] known\n"
    assert codes
    policy(f"model_list:\n  - model_name: a\n    litellm_params: {{model: openai/gpt-4o}}\n{lines}", "c.yaml")
    again = wrpc("check", text, "--from", "litellm", "--format", "json")
    assert len(again.json.get("suppressed", [])) >= 1
