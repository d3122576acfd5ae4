"""Traces of several forms, and what is wrong with some."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrpc.diagnostics import Refusal
from wrpc.fleet.simulator.trace import read_trace, trace
from wrpc.source import Source

AZURE = """\
TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
2023-11-16 18:15:51.2224670,879,55
"""
MOONCAKE = """\
{"timestamp": 0, "input_length": 1200, "output_length": 52, "hash_ids": [0, 1, 2]}
{"timestamp": 1500, "input_length": 1500, "output_length": 26, "hash_ids": [0, 1, 3]}

{"timestamp": 1500, "input_length": 600, "output_length": 0, "hash_ids": [4, 1]}
"""


def read(text: str):
    return trace(Source("t.csv", text))


def told(text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(Refusal) as refused:
        read(text)
    return [(d.code.id, d.span.line, d.message) for d in refused.value.diagnostics]


def test_azure():
    found = read(AZURE)
    assert found.at == pytest.approx((0, 4.314579, 4.541877))
    assert found.prompt == (374, 396, 879)
    assert found.answer == (44, 109, 55)
    assert found.found == ()


def test_mooncake_counts_milliseconds_and_shared_blocks():
    found = read(MOONCAKE)
    assert found.at == (0, 1.5, 1.5)
    assert found.prompt == (1200, 1500, 600)
    assert found.answer == (52, 26, 1)  # one token is always written
    assert found.found == (0, 1024, 0)


def test_plain_columns_in_seconds():
    assert read("arrival_s,input_toks,output_toks\n2.5,3,4\n3,5,6\n").at == (0, 0.5)
    assert read('{"timestamp": 7, "prompt_tokens": 3, "generated_tokens": 4}').at == (0,)


def test_dates_with_zones_are_one_clock():
    rows = "2026-01-01T12:00:00+01:00,1,1\n2026-01-01T11:00:05Z,1,1\n"
    assert read("timestamp,prompt_tokens,output_tokens\n" + rows).at == (0, 5)


def test_a_clock_that_runs_backwards():
    text = "timestamp,prompt_tokens,output_tokens\n1,1,1\n5,1,1\n4.5,1,1\n6,1,1\n2,1,1\n"
    assert told(text) == [
        ("WRP622", 4, "this request comes 0.5s before the one above it"),
        ("WRP622", 6, "this request comes 4s before the one above it"),
    ]


def test_everything_that_is_wrong_at_once():
    text = "timestamp,prompt_tokens,output_tokens\nsoon,1,1\n5,many,1\n6,1,-1\n4,1.5,1\n7,1\n5,1,1\n6,1,1\n"
    found = told(text)
    assert [(code, line) for code, line, _ in found] == [
        ("WRP621", 2),
        ("WRP621", 3),
        ("WRP621", 4),
        ("WRP621", 5),
        ("WRP621", 6),
    ]
    assert found[0][2] == "`timestamp` is `soon`, which is not a time"
    assert found[2][2] == "`output_tokens` is `-1`, which is not a number of tokens"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("when,prompt_tokens,output_tokens\n1,1,1\n", 2, "nothing here is a time"),
        ("timestamp,size\n1,1\n", 2, "nothing here is a prompt's tokens"),
        ('{"timestamp": 1, "prompt_tokens": 4}', 1, "nothing here is an answer's tokens"),
        ('{"timestamp": 1, "prompt_tokens": 4, "output_tokens": 4}\n[1]\n{', 2, "this line is no object"),
        ("{" * 50_000, 1, "this line is no JSON"),
        ('timestamp,prompt_tokens,output_tokens\n1,1,"' + "x" * 200_000, 2, "this line is no CSV"),
        ("timestamp,prompt_tokens,output_tokens\ninf,1,1\n", 2, "`timestamp` is `inf`"),
        ("timestamp,prompt_tokens,output_tokens\n1,nan,1\n", 2, "`prompt_tokens` is `nan`"),
    ],
)
def test_what_is_no_trace(text, line, says):
    code, at, message = told(text)[0]
    assert (code, at) == ("WRP621", line)
    assert message.startswith(says)


def test_many_wrong_rows_are_counted():
    found = told("timestamp,prompt_tokens,output_tokens\n" + "x,1,1\n" * 40)
    assert len(found) == 5
    assert found[0][2].endswith("so it is 40 times in this file")


def test_more_requests_than_a_simulation_takes(monkeypatch):
    monkeypatch.setattr("wrpc.fleet.simulator.trace.MOST_REQUESTS", 3)
    rows = "timestamp,prompt_tokens,output_tokens\n" + "1,1,1\n" * 3
    assert len(read(rows).at) == 3
    assert told(rows + "1,1,1\n") == [("WRP624", 5, "from here on the trace has more than 3 requests")]


def test_no_request_and_no_file(tmp_path: Path):
    assert told("timestamp,prompt_tokens,output_tokens\n")[0][2] == "the trace has no request"
    with pytest.raises(Refusal, match="cannot be read"):
        read_trace(tmp_path / "none.csv")
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="UTF-8"):
        read_trace(tmp_path / "t.csv")
