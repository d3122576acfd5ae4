"""init, rule, targets, explain."""

from __future__ import annotations

from tests.cli.conftest import CLEAN, CONFLICT, LEAK
from wrpc.cli.commands import COMMANDS
from wrpc.targets import TARGETS


def test_a_first_policy_is_clean_and_compiles(wrpc, tmp_path):
    assert wrpc("init").code == 0
    done = wrpc("check", "policy.wrp", "--format", "json")
    assert (done.code, done.json["diagnostics"]) == (0, [])
    assert wrpc("fmt", "--check", "policy.wrp").code == 0
    assert wrpc("compile", "policy.wrp", "--target", "envoy", "--out", "out").code == 0
    # What its comments say to try is true.
    text = (tmp_path / "policy.wrp").read_text()
    (tmp_path / "tried.wrp").write_text(
        text.replace("when private\n  to own", "when private\n  to own\n  fallback cloud")
    )
    assert "WRP402" in wrpc("check", "tried.wrp", "--format", "json").codes


def test_init_overwrites_nothing(wrpc, tmp_path):
    (tmp_path / "mine.wrp").write_text("# mine\n")
    done = wrpc("init", "mine.wrp")
    assert done.code == 2
    assert (tmp_path / "mine.wrp").read_text() == "# mine\n"


def test_rule(wrpc):
    listed = wrpc("rule").out
    assert "WRP201" in listed
    assert "conflicting-routes" in listed
    page = wrpc("rule", "WRP201").out
    assert page.startswith("WRP201 conflicting-routes (error)")
    assert "Bad:" in page
    assert wrpc("rule", "conflicting-routes").out == page == wrpc("rule", "wrp201").out


def test_targets(wrpc):
    listed = wrpc("targets").out
    for name in TARGETS:
        assert name in listed
        page = wrpc("targets", name)
        assert page.code == 0
        assert "settings" in page.out
        assert "waive" in page.out


def test_explain_a_request(wrpc, policy):
    path = policy()
    done = wrpc("explain", path, "--request", '{"code": true, "tokens": 65000}')
    assert done.code == 0
    assert "misses by one" in done.out
    assert "true    code" in done.out
    assert "false   tokens <= 64k" in done.out
    assert wrpc("explain", path, "--request", '{"cod": true}').code == 1
    assert "WRP201" in wrpc("explain", policy(CONFLICT), "--request", '{"code": true, "tokens": 9000}').out


LETS = """\
signal tokens: int(0..100k) { source prompt_tokens }
signal pii: bool { source keywords("passport") }
let long = tokens > 8k
let odd = long and pii
pool own { }
pool cloud { }
route strange { when odd  to own weight 90, cloud weight 10 }
default { to own }
guard no { deny "too long" when odd and tokens > 90k }
"""


def test_explain_expands_lets_and_shows_weights(wrpc, policy):
    path = policy(LETS)
    asked = wrpc("explain", path, "--request", '{"tokens": 9000}').out
    assert "strange  false  → own 90%, cloud 10%" in asked
    assert "let odd = long and pii" in asked
    assert "true    long\n            let long = tokens > 8k\n          false   pii" in asked
    for what in (("route", "strange"), ("guard", "no")):
        shown = wrpc("explain", path, *what).out
        assert "let odd = long and pii\n    let long = tokens > 8k\n" in shown


def test_explain_a_route(wrpc, policy):
    done = wrpc("explain", policy(), "route", "coding")
    assert done.code == 0
    assert "loses to private" in done.out
    assert "pii = " in done.out
    assert "wins over private" not in done.out
    assert "takes" in wrpc("explain", "policy.wrp", "route", "default").out
    never = policy(CLEAN + "route late {\n  tier 3\n  when pii\n  to own\n}\n")
    done = wrpc("explain", never, "route", "late").out
    assert "no request" in done
    assert "its condition holds      e.g. pii = " in done


def test_explain_a_guard(wrpc, policy):
    assert "proved" in wrpc("explain", policy(), "guard", "stays").out
    done = wrpc("explain", policy(LEAK), "guard", "stays").out
    assert "enforced" in done
    assert "loses cloud" in done


def test_explain_a_code(wrpc, policy):
    path = policy(CONFLICT)
    assert wrpc("explain", path, "code", "WRP201").code == 1
    assert wrpc("explain", path, "code", "WRP301").code == 0


def test_a_row_for_each_module_and_a_module_for_each_row(root):
    others = {
        "__init__",
        "app",
        "commands",
        "exits",
        "accepting",
        "options",
        "policies",
        "progress",
        "repairs",
        "show",
        "sides",
        "watching",
    }
    modules = {f"wrpc.cli.{p.stem}" for p in (root / "wrpc/cli").glob("*.py") if p.stem not in others}
    assert modules == set(COMMANDS.values())
