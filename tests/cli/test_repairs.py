"""check --fix and --diff: every safe fix and nothing else, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import CLEAN, TYPO
from wrpc.diagnostics import Code, Diagnostic, Edit, Fix, finding
from wrpc.repair import MOST_PASSES, Repaired, repaired
from wrpc.source import Source

CODE = Code("WRP999", "a-letter", "warning")


def replacing(*changes: tuple[str, str], safe: bool = True) -> Callable[[Source], Iterator[Diagnostic]]:
    """A finding for each place of each text, with the fix that writes another."""

    def findings(source: Source) -> Iterator[Diagnostic]:
        for old, new in changes:
            at = source.text.find(old)
            while at >= 0:
                span = source.span(at, at + len(old))
                yield finding(CODE, f"`{old}` stands here", span, fixes=[Fix(span, new, "write another", safe)])
                at = source.text.find(old, at + 1)

    return findings


def fixed(text: str, *changes: tuple[str, str]) -> Repaired:
    return repaired(Source("a", text), replacing(*changes))


# ── Passes ────────────────────────────────────────────────────────────────


def test_what_overlaps_waits_for_the_next_pass():
    made = fixed("abc", ("ab", "x"), ("bc", "y"))
    assert (made.text, len(made.applied)) == ("xc", 1)
    made = fixed("ab cd", ("ab", "x"), ("cd", "y"), ("b c", "z"))
    assert (made.text, len(made.applied)) == ("x y", 2)


def test_a_fix_that_makes_room_for_another():
    made = fixed("a, a", ("a", "b"), ("b, b", "c"), ("c", "d"))
    assert [fix.text for _, fix in made.applied] == ["b", "b", "c", "d"]
    assert made.text == "d"
    assert [span.start for span in made.places] == [0, 3, 0, 0]


def test_places_are_those_of_the_text_that_was_given():
    made = fixed("aa, a-b, c", ("aa", ""), ("a-", "long "), ("b", "c"), ("long c", "d"), ("d, c", "e, c"))
    assert made.text == ", e, c"
    assert [(fix.text, span.start) for (_, fix), span in zip(made.applied, made.places, strict=True)] == [
        ("", 0), ("long ", 4), ("c", 6), ("d", 4), ("e, c", 4),
    ]  # fmt: skip


def test_two_inserts_at_one_place_come_one_after_the_other():
    passes = []

    def findings(source: Source) -> Iterator[Diagnostic]:
        passes.append(source.text)
        for name in "xy":
            if f"{name}\n" not in source.text:
                end = len(source.text)
                section = "" if "[s]\n" in source.text else "[s]\n"
                yield finding(CODE, name, source.span(), fixes=[Fix(source.span(end), f"{section}{name}\n", "t")])

    assert repaired(Source("a", "a\n"), findings).text == "a\n[s]\nx\ny\n"
    assert passes == ["a\n", "a\n[s]\nx\n", "a\n[s]\nx\ny\n"]


def test_every_edit_of_a_fix_or_none():
    def findings(source: Source) -> Iterator[Diagnostic]:
        if source.text == "ab cd":
            moved = Fix(source.span(5), "ab", "move it", also=(Edit(source.span(0, 2), ""),))
            yield finding(CODE, "1", source.span(0), fixes=[Fix(source.span(0, 2), "x", "t")])
            yield finding(CODE, "2", source.span(0), fixes=[moved])

    assert repaired(Source("a", "ab cd"), findings).text == "x cd"


def test_a_fix_that_leaves_its_finding_is_tried_once():
    def findings(source: Source) -> Iterator[Diagnostic]:
        yield finding(CODE, "still here", source.span(), fixes=[Fix(source.span(0), "a", "t")])

    made = repaired(Source("a", "b"), findings)
    assert (made.text, len(made.applied)) == ("ab", 1)


def test_one_of_many_alike_that_stays_stops_only_its_like():
    made = fixed("a!, a!, b!", ("a!", "a!!"), ("b!", "b"))
    assert made.text == "a!!, a!!, b"


def test_fixes_that_undo_each_other_end():
    made = fixed("a", ("a", "b"), ("b", "a"))
    assert (made.text, len(made.applied)) == ("b", 1)


def test_fixes_that_never_end_end():
    passes = []

    def findings(source: Source) -> Iterator[Diagnostic]:
        passes.append(1)
        yield finding(CODE, f"{len(source.text)} letters", source.span(), fixes=[Fix(source.span(0), "a", "t")])

    assert len(repaired(Source("a", "b"), findings).text) == MOST_PASSES + 1
    assert len(passes) == MOST_PASSES


def test_only_safe_fixes_and_only_of_the_text_itself():
    source, other = Source("a", "ab"), Source("b", "ab")
    assert repaired(source, replacing(("a", "x"), safe=False)).applied == ()
    assert repaired(source, lambda _: replacing(("a", "x"))(other)).text == "ab"


# ── Bytes ─────────────────────────────────────────────────────────────────


@given(st.integers(0, 2**32))
def test_what_is_not_touched_keeps_its_bytes(seed: int):
    chance = Random(seed)
    ends = chance.choice((["\n"], ["\r\n"], ["\n", "\r\n"], ["\r\n", "\r\n", "\n"]))
    lines = [f"{chance.choice(('', 'é', '私 '))}{n}{chance.choice(('', chr(13)))}" for n in range(8)]
    written = "".join(line + chance.choice(ends) for line in lines)
    written = chance.choice(("", "\ufeff")) + (written if chance.random() < 0.5 else written.rstrip("\r\n"))
    source = Source("a", written.removeprefix("\ufeff").replace("\r\n", "\n"))
    at = sorted(chance.sample(range(len(source.text) + 1), 4))
    spans = [source.span(at[0], at[1]), source.span(at[2], at[3])]
    edits = [Edit(span, chance.choice(("", "x", "x\ny\n", span.text + "z", "z" + span.text))) for span in spans]

    def findings(asked: Source) -> Iterator[Diagnostic]:
        if asked is source:
            yield finding(CODE, "m", spans[0], fixes=[Fix(spans[0], edits[0].text, "t", also=(edits[1],))])

    made = repaired(source, findings, written)
    text = source.text
    assert made.text == "".join(
        (text[: at[0]], edits[0].text, text[at[1] : at[2]], edits[1].text, text[at[3] :]),
    )
    # A line end that stands alone may have met another one.
    assert made.written.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "") == made.text.replace("\r", "")
    assert made.written.startswith("\ufeff") == written.startswith("\ufeff")
    if len(ends) == 1:
        untouched = [
            line for n, line in enumerate(lines) if not any(span.line <= n + 1 <= span.end_line for span in spans)
        ]
        for line in untouched[:-1]:
            assert line + ends[0] in made.written


COMPARED = CLEAN.replace("when pii\n", "when pii == true\n")
FIXED = COMPARED.replace("pii == true", "pii")


def test_in_place(wrpc, policy, tmp_path):
    path = policy(COMPARED)
    (tmp_path / path).chmod(0o640)
    done = wrpc("check", path, "--fix")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("fixed: WRP")
    assert "policy.wrp:8:" in done.out.splitlines()[0]
    assert done.out.splitlines()[-1].startswith("no errors;")
    assert (tmp_path / path).read_text() == FIXED
    assert (tmp_path / path).stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert wrpc("check", path, "--fix").out.count("fixed") == 0


def test_a_mark_and_the_ends_of_lines_stay(wrpc, policy, tmp_path):
    def bytes_of(text: str) -> bytes:
        return b"\xef\xbb\xbf" + text.rstrip("\n").replace("\n", "\r\n").encode()

    path = policy(bytes_of(COMPARED))
    assert wrpc("check", path, "--fix").code == 0
    assert (tmp_path / path).read_bytes() == bytes_of(FIXED)


def test_a_link_stays_a_link(wrpc, policy, tmp_path):
    policy(COMPARED, "real.wrp")
    (tmp_path / "link.wrp").symlink_to("real.wrp")
    assert wrpc("check", "link.wrp", "--fix").code == 0
    assert (tmp_path / "link.wrp").is_symlink()
    assert (tmp_path / "real.wrp").read_text() == FIXED


@pytest.mark.parametrize("text", [CLEAN, TYPO, "route {", "", "a\0b"])
def test_what_has_no_safe_fix_is_not_written(wrpc, policy, tmp_path, text):
    path = policy(text)
    before = (tmp_path / path).stat()
    plain = wrpc("check", path)
    done = wrpc("check", path, "--fix")
    assert (done.code, done.out, done.err) == (plain.code, plain.out, plain.err)
    after = (tmp_path / path).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_what_is_left_is_shown(wrpc, policy):
    done = wrpc("check", policy(TYPO.replace("when pii\n", "when pii == true\n")), "--fix")
    assert done.code == 1
    assert done.out.startswith("fixed: ")
    assert "`cod`" in done.out


def test_errors_of_syntax_first_and_then_what_they_hid(wrpc, policy, tmp_path):
    path = policy(COMPARED.replace('trust "own"', "trust 'own'").replace("\n  to cloud", ";\n  to cloud"))
    done = wrpc("check", path, "--fix")
    assert done.code == 0
    assert done.out.count("fixed: ") == 3
    assert (tmp_path / path).read_text() == FIXED


def test_diff_writes_nothing(wrpc, policy, tmp_path):
    path = policy(COMPARED)
    done = wrpc("check", path, "--diff")
    assert done.code == 1
    assert done.out.splitlines()[:2] == ["--- policy.wrp", "+++ policy.wrp"]
    assert "-  when pii == true\n+  when pii\n" in done.out
    assert (tmp_path / path).read_text() == COMPARED
    policy(CLEAN)
    done = wrpc("check", path, "--diff")
    assert (done.code, done.out) == (0, "")
    policy(b"\xff")
    done = wrpc("check", path, "--diff")
    assert (done.code, done.out) == (2, "")
    assert "WRP" in done.err


def test_standard_input(wrpc):
    done = wrpc("check", "-", "--diff", stdin=COMPARED.encode())
    assert done.code == 1
    assert "+  when pii\n" in done.out
    done = wrpc("check", "-", "--fix", stdin=COMPARED.encode())
    assert (done.code, done.out) == (2, "")
    assert "in place" in done.err


@pytest.mark.parametrize("more", [["--diff"], ["--env", "policy.wrp"]])
def test_usage(wrpc, policy, more):
    done = wrpc("check", policy(COMPARED), "--fix", *more)
    assert (done.code, done.out) == (2, "")


def test_nothing_is_written_where_an_argument_is_no_file(wrpc, policy, tmp_path):
    path = policy(COMPARED)
    assert wrpc("check", path, "/dev/null", "--fix").code == 2
    assert (tmp_path / path).read_text() == COMPARED


@pytest.mark.parametrize(("option", "does"), [("--select", True), ("--ignore", False)])
def test_only_the_codes_that_are_asked_for(wrpc, policy, tmp_path, option, does):
    path = policy(COMPARED)
    (code,) = {d["code"] for d in wrpc("check", path, "--format", "json").json["diagnostics"] if d["fixes"]}
    wrpc("check", path, "--fix", option, code)
    assert (tmp_path / path).read_text() == (FIXED if does else COMPARED)
    policy(COMPARED)
    wrpc("check", path, "--fix", option, "WRP9")
    assert (tmp_path / path).read_text() == (COMPARED if does else FIXED)


def test_json_stays_one_object(wrpc, policy):
    done = wrpc("check", policy(COMPARED), "--fix", "--format", "json")
    assert json.loads(done.out)["verdict"] == "pass"
    assert done.err.startswith("fixed: ")


def test_an_imported_file_is_written_only_where_it_is_named(wrpc, policy, tmp_path):
    common = 'signal odd: bool { source keywords("x") }\nlet both = odd == true and odd\n'
    policy(common, "common.wrp")
    main = policy('import "common.wrp"\n' + COMPARED, "main.wrp")
    done = wrpc("check", main, "--fix")
    assert (tmp_path / "common.wrp").read_text() == common
    assert (tmp_path / main).read_text() == 'import "common.wrp"\n' + FIXED
    assert "common.wrp:2:" in done.out.replace("fixed: ", "")
    wrpc("check", main, "common.wrp", "--fix")
    assert (tmp_path / "common.wrp").read_text() == common.replace("odd == true", "odd")


RECIPE = """\
version: v0.3  # today's

routing:
  signals:
    language: [{name: en}]
  decisions:
    - name: a
      priority: 1
      rules: {type: language, name: en}
      priority: 1  # again
      # first of all
"""


@pytest.mark.parametrize("kind", ["vllm-sr", "auto"])
def test_a_foreign_file(wrpc, policy, tmp_path, kind):
    text = RECIPE.replace("  # again", "")
    path = policy(text.replace("\n", "\r\n"), "config.yaml")
    expected = text.replace("en}\n      priority: 1\n", "en}\n")
    assert "-      priority: 1\n" in wrpc("check", path, "--from", kind, "--diff").out
    done = wrpc("check", path, "--from", kind, "--fix")
    assert done.out.startswith("fixed: WRP051 config.yaml:10:7 take out the second `priority`\n")
    assert "WRP051" not in done.out.partition("\n")[2]
    assert (tmp_path / path).read_bytes() == expected.replace("\n", "\r\n").encode()


def test_a_fix_that_would_lose_a_comment_is_not_made(wrpc, policy, tmp_path):
    path = policy(RECIPE, "config.yaml")
    assert wrpc("check", path, "--from", "vllm-sr", "--fix").out.count("fixed") == 0
    assert (tmp_path / path).read_text() == RECIPE


def test_a_file_that_no_importer_knows(wrpc, policy):
    path = policy("a: 1\n", "config.yaml")
    for option in ("--fix", "--diff"):
        done = wrpc("check", path, "--from", "auto", option)
        assert (done.code, done.out) == (2, "")
