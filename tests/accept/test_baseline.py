"""Baselines: stable, marked and never deleted, refused where they are not what this wrpc wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wrpc
from tests.laws.volume import compared, many
from wrpc.accept.baseline import Baseline, read, unsettled
from wrpc.diagnostics import Findings, Refusal

TEXT = """\
signal a: bool { source has_tools }
pool own {}
pool idle {}
pool spare {}
route x {
  tier 1
  when a
  to own
}
default { to own }
"""


def every(code: str) -> bool:
    return True


def found(path: Path, text: str) -> Findings:
    path.write_text(text)
    return wrpc.check_file(path)


def written(path: Path, findings: Findings, policy: Path) -> Baseline:
    made = Baseline(path).updated(findings, wrpc.load(policy).sources)
    path.write_text(made.text())
    return read(path)


def test_what_was_there_is_marked_and_fails_nothing(tmp_path):
    policy = tmp_path / "p.wrp"
    before = found(policy, TEXT)
    baseline = written(tmp_path / "baseline.json", before, policy)
    marked = baseline.marked(before)
    assert [d.code.id for d in marked.diagnostics] == [d.code.id for d in before.diagnostics]
    assert all(d.baseline and d.excused for d in marked.diagnostics)
    assert (marked.errors, marked.warnings, marked.known) == (0, 0, len(before.diagnostics))


def test_lines_may_move_and_what_is_new_is_new(tmp_path):
    policy = tmp_path / "p.wrp"
    baseline = written(tmp_path / "b.json", found(policy, TEXT), policy)
    later = found(policy, "# a line\n\n" + TEXT.replace("pool idle {}", "# more\n\n\npool idle {}\npool third {}"))
    marked = baseline.marked(later)
    assert [d.subjects for d in marked.diagnostics if not d.baseline] == [("pool third",)]
    assert list(baseline.gone(later, wrpc.load(policy).sources, every)) == []


def test_what_is_gone_is_told_at_its_line(tmp_path):
    policy = tmp_path / "p.wrp"
    baseline = written(tmp_path / "b.json", found(policy, TEXT), policy)
    later = found(policy, TEXT.replace("pool idle {}\n", ""))
    (gone,) = baseline.gone(later, wrpc.load(policy).sources, every)
    assert (gone.code.id, gone.severity) == ("WRP909", "info")
    assert "`idle`" in gone.message
    assert "idle" in gone.span.source.line(gone.span.line)
    assert list(baseline.gone(later, wrpc.load(policy).sources, lambda code: code != "WRP302")) == []
    assert list(baseline.gone(later, [], every)) == []


def test_of_the_same_several_times_as_many_are_known(tmp_path):
    policy = tmp_path / "p.wrp"
    once = 'pool p { trust "a"  engine "vlm" }\ndefault { to p }\n'
    baseline = written(tmp_path / "b.json", found(policy, once), policy)
    assert [e.count for e in baseline.entries] == [1]


def test_an_error_of_safety_is_marked_and_fails(tmp_path):
    policy = tmp_path / "p.wrp"
    leak = 'pool p { trust "cloud" }\ndefault { to p }\nassert k { never destination.trust == "cloud" }\n'
    before = found(policy, leak)
    marked = written(tmp_path / "b.json", before, policy).marked(before)
    (only,) = marked.diagnostics
    assert (only.baseline, only.excused) == (True, False)
    assert (marked.errors, marked.unproved) == (1, 1)


def test_other_files_keep_what_they_had_and_deleted_ones_lose_it(tmp_path):
    a, b = tmp_path / "a.wrp", tmp_path / "b.wrp"
    first = written(tmp_path / "x.json", found(a, TEXT), a)
    both = first.updated(found(b, TEXT), wrpc.load(b).sources)
    assert {e.file for e in both.entries} == {"a.wrp", "b.wrp"}
    a.unlink()
    assert {e.file for e in both.updated(found(b, TEXT), wrpc.load(b).sources).entries} == {"b.wrp"}


def test_nothing_is_written_over_a_policy_that_cannot_be_read(tmp_path):
    assert unsettled(found(tmp_path / "p.wrp", "default { to nowhere }\n"))
    assert not unsettled(found(tmp_path / "p.wrp", TEXT))


def test_the_same_bytes_twenty_times(tmp_path):
    policy = tmp_path / "p.wrp"
    texts = set()
    for _ in range(20):
        texts.add(Baseline(tmp_path / "b.json").updated(found(policy, TEXT), wrpc.load(policy).sources).text())
    assert len(texts) == 1
    assert json.loads(texts.pop())["version"] == 1


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "WRP083", "not JSON"),
        ("{", "WRP083", "not JSON"),
        ("[]", "WRP083", "no version"),
        ('{"version": true, "findings": []}', "WRP083", "no version"),
        ('{"version": 7, "findings": []}', "WRP084", "version 7"),
        ('{"version": 1}', "WRP083", "no list"),
        ('{"version": 1, "findings": [3]}', "WRP083", "finding 1"),
        ('{"version": 1, "findings": [{"fingerprint": "x", "code": "WRP1", "file": "f", "message": "m", "count": -1}]}',
         "WRP083", "finding 1"),
        ('{\n<<<<<<< HEAD\n "version": 1}', "WRP083", "not JSON"),
        ("[" * 100_000, "WRP083", "deep"),
        ("\ud800", "WRP083", "UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(tmp_path, text, code, said):
    path = tmp_path / "b.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Refusal) as refused:
        read(path)
    (only,) = refused.value.diagnostics
    assert only.code.id == code
    assert said in only.message
    assert only.help


def test_a_baseline_that_is_not_there(tmp_path):
    with pytest.raises(Refusal) as refused:
        read(tmp_path / "none.json")
    assert "--update-baseline" in (refused.value.diagnostics[0].help or "")
    assert read(tmp_path / "none.json", missing=True).entries == ()


GOOD = """{
  "version": 1,
  "findings": [
    {"code": "WRP302", "file": "a.wrp", "subjects": ["pool a"], "message": "m", "count": 2, "fingerprint": "00"},
    {"code": "WRP302", "file": "b.wrp", "subjects": [], "message": "m", "count": 1, "fingerprint": "01"}
  ]
}
"""
BITS = ["", "{", "}", '"', "1", "null", ",", "\x00", "-", "[", "true", "1e9", "é"]


@many(600, floors={"read": 20, "refused": 200})
@given(changes=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.sampled_from(BITS)), max_size=3))
def test_any_text_is_read_or_refused(changes, tmp_path_factory):
    letters = list(GOOD)
    for at, bit in changes:
        letters[at] = bit
    path = tmp_path_factory.getbasetemp() / "any-baseline.json"
    path.write_text("".join(letters), encoding="utf-8")
    told: list[str] = []
    try:
        assert all(entry.count > 0 for entry in read(path).entries)
    except Refusal as refusal:
        told = [d.code.id for d in refusal.diagnostics]
    compared("refused" if told else "read")
    assert told in ([], ["WRP083"], ["WRP084"])
