"""test: the blocks by themselves, what they try, tests for what they leave out, and what a build system reads."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import CLEAN, TYPO

TESTS = """\
# Why this one: a customer asked.
test "a passport" {
  given { pii 0.9 }
  expect { route private  pool own }
}
test "code" { given { code true  tokens 2k }  expect { route coding  pool cloud } }  # cheap
"""
WRONG = 'test "wrong" { given { } expect { pool cloud } }\n'


def test_they_run_by_themselves(wrpc, policy):
    done = wrpc("test", policy(CLEAN + TESTS))
    assert done.code == 0
    assert done.out == (
        "not tried default\n"
        "  --> policy.wrp:16:1  e.g. tokens = 0, pii = 0, code = false\n"
        "\n"
        "2 of 2 tests passed; 4 of 5 cases tried (80%)\n"
        "--update writes a test for each case that is not tried\n"
    )


def test_one_that_fails(wrpc, policy):
    done = wrpc("test", policy(CLEAN + TESTS + WRONG))
    assert done.code == 1
    assert "failed test `wrong`: expects pool `cloud`, found `own`\n  --> policy.wrp:25:6\n" in done.out
    assert "2 of 3 tests passed; 5 of 5 cases tried (100%)\n" in done.out
    assert "--update" not in done.out


def test_json(wrpc, policy):
    found = wrpc("test", policy(CLEAN + TESTS + WRONG.replace("pool cloud", "route coding")), "--format", "json").json
    assert list(found) == ["version", "verdict", "tests", "coverage"]
    assert found["verdict"] == "fail"
    assert [(t["name"], t["verdict"]) for t in found["tests"]] == [
        ("a passport", "pass"), ("code", "pass"), ("wrong", "fail"),
    ]  # fmt: skip
    assert found["tests"][2]["message"] == "test `wrong`: expects route `coding`, found `default`"
    assert [(r["subject"], r["hit"], r["of"]) for r in found["coverage"]["rules"]] == [
        ("route private", 1, 1), ("route coding", 1, 1), ("default", 1, 1), ("guard stays", 2, 2),
    ]  # fmt: skip
    missing = wrpc("test", policy(CLEAN), "--format", "json").json
    assert missing["verdict"] == "pass"
    assert missing["coverage"]["hit"] == 0
    assert [m for r in missing["coverage"]["rules"] for m in r["missed"]] == [
        {"condition": "pii", "request": {"pii": 1}},
        {"condition": "code and tokens <= 64k", "request": {"tokens": 0, "code": True}},
        {"condition": "true", "request": {"tokens": 0, "pii": 0, "code": False}},
        {"condition": "pii", "request": {"pii": 1}},
        {"condition": "not (pii)", "request": {"pii": 0}},
    ]


def test_update_writes_what_is_left_out_and_nothing_else(wrpc, policy, tmp_path):
    after = 'guard long {\n  deny "say \\"less\\"" when tokens > 90k\n}\n'
    path = policy(CLEAN + TESTS + after)
    done = wrpc("test", path, "--update")
    assert done.code == 0
    assert done.out == "wrote 2 tests into policy.wrp\n4 of 4 tests passed; 7 of 7 cases tried (100%)\n"
    text = (tmp_path / path).read_text()
    assert (
        text
        == CLEAN
        + TESTS
        + (
            'test "default" {\n  given { tokens 0  pii 0  code false }\n  expect { route default  pool own }\n}\n'
            'test "guard long: tokens > 90k" {\n  given { tokens 100k }\n'
            '  expect { action deny  reason "say \\"less\\"" }\n}\n'
        )
        + after
    )
    again = wrpc("test", path, "--update")
    assert (again.code, (tmp_path / path).read_text()) == (0, text)
    assert again.out.startswith("wrote 0 tests")
    assert wrpc("fmt", "--check", path).code == 0


def test_update_begins_where_there_is_no_test(wrpc, policy, tmp_path):
    names = CLEAN.replace("route coding", "route `c/1`").replace("pool cloud {", "pool `cloud-2` {")
    path = policy(
        names.replace("to cloud", "to `cloud-2`") + "signal tools: any_of(a, `b-2`) { source tools }\n"
        'signal who: string { source header("who") }\nguard g { require audit when `b-2` in tools or who == "\\"x" }\n'
    )
    assert wrpc("test", path, "--update").code == 0
    assert "0 errors" not in (done := wrpc("check", path)).out
    assert done.code == 0
    assert wrpc("test", path, "--format", "json").json["coverage"]["hit"] == 8


def test_branches(wrpc, policy):
    text = CLEAN.replace("when code and tokens <= 64k", "when short and not (code or pii)")
    text += "let short = tokens < 4k or late\nlet late = tokens > 90k and code or tokens == 80k\n"
    found = wrpc("test", policy(text), "--format", "json").json
    (coding,) = [r for r in found["coverage"]["rules"] if r["subject"] == "route coding"]
    # `code` is ruled out, so that one of the three is no case.
    assert [m["condition"] for m in coding["missed"]] == ["tokens < 4k", "tokens == 80k"]


def test_junit(wrpc, policy):
    done = wrpc("test", policy(CLEAN + TESTS + WRONG.replace("wrong", 'a < b\\"')), "--format", "junit")
    assert done.code == 1
    root = ET.fromstring(done.out)
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    names = [c.get("name") for c in root.iter("testcase")]
    assert names == ["a passport", "code", 'a < b"']
    (failure,) = root.iter("failure")
    assert "expects pool `cloud`" in failure.get("message", "")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--fail-under", "81"], 1, "less than 81% of the cases are tried"),
        (["--fail-under", "80"], 0, ""),
        (["--fail-under", "101"], 2, "101 is not in the range"),
        (["--update", "--env", "prod.wrp"], 2, "hold without --env"),
    ],
)
def test_exit_codes(wrpc, policy, arguments, code, says):
    done = wrpc("test", policy(CLEAN + TESTS), *arguments)
    assert done.code == code
    assert says in done.out + done.err


def test_what_is_no_policy(wrpc, policy):
    done = wrpc("test", policy(TYPO), "--format", "json")
    assert (done.code, done.codes) == (1, ["WRP101"])
    assert wrpc("test", "nowhere.wrp").code == 2
    assert "standard input" in wrpc("test", "-", "--update", stdin=b"").err


def test_an_environment(wrpc, policy):
    policy("override route private { to cloud }\n", "prod.wrp")
    done = wrpc("test", policy(CLEAN + TESTS), "--env", "prod.wrp")
    assert done.code == 1
    assert "failed test `a passport`" in done.out


def test_the_settings_say_how_much_is_to_be_tried(wrpc, policy, tmp_path):
    path = policy(CLEAN + TESTS)
    (tmp_path / "wrpc.toml").write_text("fail-under = 81\n")
    done = wrpc("test", path)
    assert done.code == 1
    assert "less than 81% of the cases are tried (fail-under in wrpc.toml)" in done.out
    assert wrpc("test", path, "--fail-under", "80").code == 0
    assert wrpc("test", path, "--no-config").code == 0
    (tmp_path / "pyproject.toml").write_text("[tool.wrpc]\nfail-under = 80\n")
    assert wrpc("test", path, "--config", "pyproject.toml").code == 0


def test_settings_that_cannot_be_read_stop_it(wrpc, policy, tmp_path):
    (tmp_path / "wrpc.toml").write_text("fail-undr = 81\n")
    done = wrpc("test", policy(CLEAN + TESTS), "--format", "json")
    assert (done.code, done.codes) == (2, ["WRP081"])
