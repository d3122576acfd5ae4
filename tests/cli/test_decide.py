"""decide: one answer a line, whatever the line is; exact numbers; nothing read ahead."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, TYPO

LINES = [
    ('{"code": true, "tokens": 9}', "coding"),
    ("{}", "default"),
    ('{"pii": 0.85}', "private"),
    ('{"pii": 0.8499999999999999999999}', "default"),
    ('{"pii": null}', "private"),
    ('{"toknes": 1}', "WRP171"),
    ('{"tokens": 100001}', "WRP172"),
    ('{"tokens": "many"}', "WRP172"),
    ('{"tokens": 1.5}', "WRP172"),
    ('{"tokens": 1e3}', "default"),
    ('{"tokens": 1e999999999}', "WRP172"),
    ('{"tokens": null}', "WRP173"),
    ('{"tokens": 1, "tokens": 2}', "WRP170"),
    ('{"tokens": NaN}', "WRP170"),
    ("[]", "WRP170"),
    ("{", "WRP170"),
    ("[" * 100_000, "WRP170"),
    ('{"code": true}', "coding"),
]


def answer(line: dict) -> str:
    return line["error"]["code"] if "error" in line else line["route"]


def test_each_line_is_answered_and_the_next_goes_on(wrpc, policy, tmp_path):
    path = policy()
    log = tmp_path / "log.jsonl"
    log.write_text("\n\n".join(line for line, _ in LINES), encoding="utf-8")
    done = wrpc("decide", path, "log.jsonl", "--format", "json")
    assert done.code == 1
    assert [answer(a) for a in done.lines] == [expected for _, expected in LINES]
    assert all(list(a["error"]) == ["code", "message"] for a in done.lines if "error" in a)
    piped = wrpc("decide", path, "-", "--format", "json", stdin=log.read_bytes())
    assert (piped.code, piped.out) == (1, done.out)


def test_the_line_of_a_decision(wrpc, policy):
    done = wrpc("decide", policy(), "--request", '{"code": true}', "--format", "json")
    assert done.code == 0
    assert done.lines == [
        {
            "route": "coding",
            "action": "route",
            "reason": None,
            "destinations": [
                {"pool": "cloud", "weight": 0.9, "role": "primary", "obligations": []},
                {"pool": "own", "weight": 0.1, "role": "primary", "obligations": []},
            ],
            "obligations": [],
            "fired": ["code"],
            "removed": [],
            "denied_by": None,
        }
    ]
    assert list(done.lines[0]) == [
        "route", "action", "reason", "destinations", "obligations", "fired", "removed", "denied_by",
    ]  # fmt: skip


def test_a_denial_names_what_denies(wrpc, policy):
    text = """
signal a: bool { source header("a")  on_error deny }
signal b: bool { source header("b") }
pool p { trust "own" }
route r { when b  deny "r" on_unknown deny }
default { to p }
guard second { deny "both" when a and b }
guard first { deny "attack" when a }
guard last { forbid destination.trust == "own" when not a }
"""
    requests = ['{"a": null}', '{"a": true, "b": true}', '{"a": true}', '{"b": null}', '{"b": true}', "{}"]
    done = wrpc("decide", policy(text), "-", "--format", "json", stdin="\n".join(requests).encode())
    assert [line["denied_by"] for line in done.lines] == [
        "signal a", "guard second", "guard first", "route r", "route r", "guard last",
    ]  # fmt: skip
    done = wrpc("decide", policy('default { deny "no" }'), "--request", "{}", "--format", "json")
    assert done.lines[0]["denied_by"] == "default"


def test_a_conflict_is_an_answer(wrpc, policy):
    done = wrpc("decide", policy(CONFLICT), "-", "--format", "json", stdin=b'{"code": true, "tokens": 9000}\n{}\n')
    assert done.code == 1
    assert [answer(a) for a in done.lines] == ["WRP201", "default"]


def test_bytes_that_are_no_text(wrpc, policy):
    data = b'\xef\xbb\xbf{"code": true}\r\n\xff\xfe\n\n{}'
    done = wrpc("decide", policy(), "-", "--format", "json", stdin=data)
    assert [answer(a) for a in done.lines] == ["coding", "WRP170", "default"]


def test_an_endless_line_does_not_fill_the_memory(wrpc, policy, monkeypatch):
    from wrpc.cli import decide

    monkeypatch.setattr(decide, "LONGEST", 100)
    data = b'{"code":' + b" " * 1000 + b"true}\n{}\n"
    done = wrpc("decide", policy(), "-", "--format", "json", stdin=data)
    assert [answer(a) for a in done.lines] == ["WRP170", "default"]


def test_lone_surrogates_come_out_as_they_went_in(wrpc, policy):
    text = CLEAN + 'signal who: string { source header("x-who") }\nguard named { deny "x" when who == "nobody" }\n'
    done = wrpc("decide", policy(text), "-", "--format", "json", stdin=rb'{"\ud800": 1}' + b"\n")
    assert answer(done.lines[0]) == "WRP171"
    assert "\ud800" in done.lines[0]["error"]["message"]


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_policy_with_errors_decides_nothing(wrpc, policy, format):
    done = wrpc("decide", policy(TYPO), "--request", "{}", "--format", format)
    assert done.code == 1
    assert "WRP101" in done.out


def test_text_says_why(wrpc, policy):
    path = policy(CLEAN.replace("  to own\n}\nroute coding", "  to cloud\n  fallback own\n}\nroute coding"))
    done = wrpc("decide", path, "--request", '{"pii": 1}')
    assert "route private → own" in done.out
    assert "removed: cloud by guard stays" in done.out
    assert json.loads(wrpc("decide", path, "--request", '{"pii": 1}', "--format", "json").out)["removed"] == [
        {"pool": "cloud", "by": "guard stays"}
    ]


HEADER = """policy absent { language 1  owner "ops" }
signal team: string { source header("x-team") }
signal long: bool { source keywords("x") }
pool inside { trust "own" }
pool outside { trust "cloud" }
route strangers { tier 1  when team != "internal"  to outside }
default { to inside }
"""


def test_what_was_assumed_of_a_signal_that_can_fail(wrpc, policy):
    """A real gateway without the header goes inside."""
    path = policy(HEADER)
    quiet = wrpc("decide", path, "--request", "{}")
    assert "route strangers" in quiet.out
    assert 'assumed: team = ""; --absent failed lets them fail' in quiet.out
    failed = wrpc("decide", path, "--request", "{}", "--absent", "failed")
    assert "default → inside" in failed.out
    assert "assumed" not in failed.out
    named = wrpc("decide", path, "--request", '{"team": "x"}', "--absent", "failed")
    assert "route strangers" in named.out
    assert "assumed" not in wrpc("decide", path, "--request", '{"team": "x"}').out
    lines = wrpc(
        "decide",
        path,
        "-",
        "--absent",
        "failed",
        "--format",
        "json",
        stdin=b'{}\n{"team": "internal"}\n{"team": "b"}\n',
    )
    assert [d["route"] for d in lines.lines] == ["default", "default", "strangers"]


def test_a_table_is_the_same_file_each_time(wrpc, policy, tmp_path):
    path = policy()
    done = wrpc("decide", path, "--table", "table.json")
    assert (done.code, done.out) == (0, "no errors\n")
    text = (tmp_path / "table.json").read_text(encoding="utf-8")
    assert json.loads(text)["version"] == 1
    printed = wrpc("decide", path, "--table", "-")
    assert (printed.code, printed.out) == (0, text)


def test_a_table_decides_no_requests(wrpc, policy):
    done = wrpc("decide", policy(), "--table", "-", "--request", "{}")
    assert done.code == 2
    assert "`--table` decides no requests" in done.err


def test_what_a_table_does_not_decide_is_said(wrpc, policy):
    text = """\
policy p { language 1  resolve [confidence] }
signal a: score { source classifier("a")  threshold 0.5 }
signal b: score { source classifier("b")  threshold 0.5 }
pool p { }
pool q { }
route r { when a  to p }
route s { when b  to q }
default { to p }
"""
    done = wrpc("decide", policy(text), "--table", "table.json")
    assert done.code == 0
    assert "WRP820" in done.out
    assert "their confidence decides" in done.out
    tiers = text.replace("route s {", "route s { tier 2 ").replace("route r {", "route r { tier 1 ")
    assert "WRP820" not in wrpc("decide", policy(tiers), "--table", "table.json").out
    always = text.replace("when a ", "").replace("when b ", "")
    assert "WRP820" in wrpc("decide", policy(always), "--table", "table.json").out
