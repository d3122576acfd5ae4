"""lint and check: exit codes, and the JSON object as ARCHITECTURE says it, key by key."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, LEAK, TYPO

DIAGNOSTIC = [
    "code", "severity", "verdict", "message", "span", "subjects", "related", "witness", "help", "fixes", "region",
]  # fmt: skip
SPAN = ["file", "line", "column", "end_line", "end_column"]


@pytest.mark.parametrize("format", ["text", "json", "github"])
@pytest.mark.parametrize(
    ("text", "lint", "check"), [(CLEAN, 0, 0), (TYPO, 1, 1), (CONFLICT, 0, 1)], ids=["clean", "typo", "conflict"]
)
def test_exit_codes(wrpc, policy, text, lint, check, format):
    path = policy(text)
    assert wrpc("lint", path, "--format", format).code == lint
    assert wrpc("check", path, "--format", format).code == check


def test_the_object_of_a_clean_policy(wrpc, policy):
    done = wrpc("check", policy(), "--format", "json")
    assert list(done.json) == ["version", "verdict", "summary", "diagnostics", "proofs"]
    assert done.json == {
        "version": 1,
        "verdict": "pass",
        "summary": {
            "errors": 0, "warnings": 0, "proved": 2, "refuted": 0, "open": 0, "enforced": 0, "tests": 0, "assumes": [],
        },
        "diagnostics": [],
        "proofs": [
            {"subject": "assert no_leak", "verdict": "proved", "witness": None, "assumes": [], "why": None},
            {"subject": "guard stays", "verdict": "proved", "witness": None, "assumes": [], "why": None},
        ],
    }  # fmt: skip


def test_what_a_proof_takes_for_granted_stands_in_it(wrpc, policy):
    text = """
signal a: bool { source header("a") }
signal n: int(0..9) { source prompt_tokens }
pool own { trust "own" }
pool cloud { trust "cloud" }
route home { when a  to own }
default { to cloud }
assume short { n < 5 }
assert stays { never destination.trust == "cloud" when a }
assert served { always served }
"""
    done = wrpc("check", policy(text), "--format", "json").json
    assert {p["subject"]: p["assumes"] for p in done["proofs"]} == {
        "assert served": ["assume short"], "assert stays": ["assume short", "no signal fails"],
    }  # fmt: skip
    assert done["summary"]["assumes"] == ["assume short", "no signal fails"]


@pytest.mark.parametrize(
    "options", [("--select", "WRP9"), ("--ignore", "WRP4"), ("--select", "WRP401"), ("--ignore", "WRP401,WRP2")]
)
def test_what_is_refuted_or_open_is_never_green(wrpc, policy, options):
    refuted = policy('pool p { trust "cloud" } default { to p } assert k { never destination.trust == "cloud" }')
    assert wrpc("check", refuted, *options).code == 1
    conflict = 'signal a: bool { source header("a") } pool p { } pool q { } default { to p } assert k { never denied } '
    open_ = policy(conflict + "route x { when a  to p } route y { when a  to q }")
    done = wrpc("check", open_, *options, "--format", "json")
    assert (done.code, done.json["verdict"], done.json["proofs"][0]["verdict"]) == (1, "fail", "open")


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize(
    ("option", "code", "near"),
    [("--select", "WRP999", "WRP909"), ("--ignore", "WRP200", "WRP201"), ("--select", "WRP201,WRP77", "WRP801")],
)
def test_a_code_that_no_finding_has_is_bad_usage(wrpc, policy, command, option, code, near):
    done = wrpc(command, policy(), option, code)
    assert done.code == 2
    assert near in done.err
    assert f"no code `{code.split(',')[-1]}`" in done.err


def test_a_refutation_carries_its_request(wrpc, policy):
    path = policy(CONFLICT)
    done = wrpc("check", path, "--format", "json").json
    (found,) = done["diagnostics"]
    assert list(found) == DIAGNOSTIC
    assert list(found["span"]) == SPAN
    assert [list(r) for r in found["related"]] == [["span", "label"]]
    assert (done["verdict"], found["code"], found["severity"], found["verdict"]) == (
        "fail",
        "WRP201",
        "error",
        "refuted",
    )
    assert found["subjects"] == ["route coding", "route other"]
    assert found["span"]["file"] == "policy.wrp"
    assert found["span"]["line"] == CONFLICT.splitlines().index("route coding {") + 1
    # `decide` confirms it.
    import json

    asked = wrpc("decide", path, "--request", json.dumps(found["witness"]), "--format", "json")
    assert asked.code == 1
    assert asked.lines[0]["error"]["code"] == "WRP201"


def test_a_removed_fallback_is_a_warning_that_can_be_made_to_count(wrpc, policy):
    path = policy(LEAK)
    done = wrpc("check", path, "--format", "json")
    assert done.code == 0
    assert done.codes == ["WRP402"]
    assert done.json["verdict"] == "pass"
    proofs = {p["subject"]: p for p in done.json["proofs"]}
    assert proofs["guard stays"]["verdict"] == "enforced"
    assert proofs["guard stays"]["witness"] is not None
    strict = wrpc("check", path, "--format", "json", "--fail-on", "warning")
    assert (strict.code, strict.json["verdict"]) == (1, "fail")


@pytest.mark.parametrize("command", ["lint", "check"])
def test_a_block_for_a_target_that_does_not_exist(wrpc, policy, command):
    done = wrpc(command, policy(CLEAN + "target envoi { }\n"), "--format", "json")
    assert (done.code, done.codes) == (1, ["WRP806"])
    assert "envoy" in done.json["diagnostics"][0]["help"]


def test_select_and_ignore(wrpc, policy):
    path = policy(CONFLICT)
    assert wrpc("check", path, "--ignore", "WRP201").code == 0
    assert wrpc("check", path, "--select", "WRP3,WRP4").code == 0
    assert wrpc("check", path, "--select", "wrp2").code == 1
    assert wrpc("check", path, "--select", "conflicts").code == 2


def test_several_policies_are_each_their_own(wrpc, policy):
    policy(CLEAN, "a.wrp")
    policy(CONFLICT, "b/b.wrp")
    policy(TYPO, "b/c.wrp")
    policy(TYPO, "b/.hidden/d.wrp")
    assert wrpc("check", "a.wrp").code == 0
    done = wrpc("check", "a.wrp", "b", "--format", "json")
    assert done.code == 1
    assert [(d["code"], d["span"]["file"]) for d in done.json["diagnostics"]] == [
        ("WRP201", "b/b.wrp"),
        ("WRP101", "b/c.wrp"),
    ]


def test_standard_input_is_a_policy(wrpc):
    assert wrpc("lint", "-", stdin=CLEAN.encode()).code == 0
    done = wrpc("lint", "-", "--format", "json", stdin=TYPO.encode())
    assert done.json["diagnostics"][0]["span"]["file"] == "<stdin>"


def test_overrides_of_an_environment(wrpc, policy):
    path = policy()
    policy("override route coding { to own }\n", "prod.wrp")
    assert wrpc("check", path, "--env", "prod.wrp").code == 0
    policy("override route cod { to own }\n", "prod.wrp")
    done = wrpc("check", path, "--env", "prod.wrp", "--format", "json")
    assert done.code == 1
    assert done.json["diagnostics"][0]["span"]["file"] == "prod.wrp"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["lint"],
        ["check", "--frmat", "json", "x.wrp"],
        ["check", "--format", "html", "x.wrp"],
        ["check", "empty_folder"],
        ["compile", "policy.wrp"],
        ["compile", "policy.wrp", "--target", "nginx", "--out", "out"],
        ["decide", "policy.wrp"],
        ["decide", "policy.wrp", "missing.jsonl"],
        ["decide", "policy.wrp", "x.jsonl", "--request", "{}"],
        ["explain", "policy.wrp", "route"],
        ["explain", "policy.wrp", "route", "codin"],
        ["rule", "WRP999"],
        ["targets", "nginx"],
        ["import", "nginx", "x.conf"],
        ["import", "auto", "policy.wrp"],
    ],
    ids=" ".join,
)
def test_bad_usage(wrpc, policy, tmp_path, arguments):
    policy()
    (tmp_path / "empty_folder").mkdir()
    done = wrpc(*arguments)
    assert done.code == 2
    assert done.err.startswith(("wrpc: ", "Usage: "))


def test_hints(wrpc, policy):
    policy()
    assert "did you mean `check`?" in wrpc("chek").err
    assert "did you mean `coding`?" in wrpc("explain", "policy.wrp", "route", "codin").err
    assert "did you mean `envoy`?" in wrpc("compile", "policy.wrp", "--target", "envoi", "--out", "x").err


def test_version_and_help(wrpc):
    from wrpc.version import __version__

    assert wrpc("--version").out == f"wrpc {__version__}\n"
    assert "check" in wrpc("--help").out
    assert wrpc().code == 0


def test_a_fault_of_wrpc_is_no_traceback(capsys, monkeypatch, policy, tmp_path):
    import wrpc.analysis.run
    from wrpc.cli.app import run

    def broken(policy, **_):
        raise RuntimeError("oh")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wrpc.analysis.run, "check", broken)
    path = str(policy())
    assert run(["check", path]) == 2
    said = capsys.readouterr().err
    assert "this is a bug in wrpc" in said
    assert "Traceback" not in said
    monkeypatch.setenv("WRPC_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run(["check", path])


NOTED = """\
policy noted { language 1 }
signal unread: bool { source has_tools }
signal second: bool { source has_tools }
pool own { }
default { to own }
test "everything stays home" { given { }  expect { pool own } }
"""


def test_notes_are_folded_and_the_tests_counted(wrpc, policy):
    path = policy(NOTED)
    done = wrpc("check", path)
    assert "WRP901 note: 2 unused names (--notes shows each)\n" in done.out
    assert "1 test ran" in done.out
    assert "`second`" in wrpc("check", path, "--notes").out
    assert wrpc("check", path, "--format", "json").json["summary"]["tests"] == 1
