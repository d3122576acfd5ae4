"""What a person sees: the shape of a finding, excerpts that fit, colours only on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from wrpc.diagnostics import Code, Findings, Proof, Related, finding
from wrpc.report import Shown, fold, github, screen, text, units
from wrpc.report.catalogue import entries
from wrpc.source import Source

CODE = Code("WRP201", "conflicting-routes", "error", "Two routes.")
NOTE = Code("WRP901", "unused-name", "info", "A name.")
SOURCE = Source("a.wrp", "route a { when code  to small }\nroute 日本 { to\n  large }\n" + "x" * 500 + " y\n")


def shown(*diagnostics, proofs=(), proofs_of=None, **options) -> str:
    out = io.StringIO()
    screen.write(text.render(Findings.of(diagnostics, proofs), Shown(proofs=proofs_of or {}, **options)), out)
    return out.getvalue()


def test_a_finding_with_everything():
    found = finding(
        CODE, "routes `a` and `b` differ", SOURCE.span(6, 7), help="give one a priority", verdict="refuted",
        related=[Related(SOURCE.span(32, 37), "the other")], witness={"tokens": 8000, "pii": None, "wait": 0.5},
    )  # fmt: skip
    assert shown(found, dimensions={"wait": "s"}) == (
        "WRP201 error: routes `a` and `b` differ\n"
        "  --> a.wrp:1:7\n"
        "  1 | route a { when code  to small }\n"
        "    |       ^\n"
        "  with: tokens = 8k, pii failed, wait = 500ms\n"
        "  see: a.wrp:2:1 the other\n"
        "  help: give one a priority\n"
        "\n"
        "1 error\n"
    )


def test_carets_stand_under_wide_letters():
    lines = shown(finding(CODE, "x", SOURCE.span(38, 40))).splitlines()
    assert lines[3] == "    |       ^^^^"


def test_a_span_of_several_lines_ends_with_the_first():
    lines = shown(finding(CODE, "x", SOURCE.span(32, 54))).splitlines()
    assert lines[3].endswith("^" * 15)


def test_of_a_long_line_the_part_around_the_caret():
    lines = shown(finding(CODE, "x", SOURCE.span(len(SOURCE.text) - 2, len(SOURCE.text) - 1))).splitlines()
    assert len(lines[2]) < 140
    assert lines[2][lines[3].index("^")] == "y"


def test_an_end_of_file():
    assert "^" in shown(finding(CODE, "x", SOURCE.span(len(SOURCE.text))))
    assert "  --> b.wrp:1:1" in shown(finding(CODE, "x", Source("b.wrp", "").span()))


def test_notes_take_a_line():
    found = finding(NOTE, "nothing reads `x`", SOURCE.span(0, 5)), finding(NOTE, "nor `y`", SOURCE.span(6, 7))
    each = "WRP901 note: nothing reads `x`  --> a.wrp:1:1\nWRP901 note: nor `y`  --> a.wrp:1:7\n"
    assert shown(*found, notes=True) == each + "\nno errors, 2 notes\n"
    assert shown(*found) == "WRP901 note: 2 unused names (--notes shows each)\n\nno errors, 2 notes\n"
    assert shown(found[0]) == "WRP901 note: nothing reads `x`  --> a.wrp:1:1\n\nno errors, 1 note\n"


def test_what_is_worst_comes_first():
    found = [
        finding(NOTE, "a note", SOURCE.span(0, 5)),
        finding(NOTE, "a warning", SOURCE.span(0, 5), severity="warning"),
        finding(CODE, "late", SOURCE.span(32, 37)),
        finding(CODE, "soon", SOURCE.span(6, 7)),
    ]
    heads = [line for line in shown(*found).splitlines() if line.startswith("WRP")]
    assert [head.partition(": ")[2].partition("  ")[0] for head in heads] == ["soon", "late", "a warning", "a note"]


def test_what_is_said_of_several_places_is_one_finding():
    found = [finding(CODE, "no pool is called `x`", SOURCE.span(at, at + 1)) for at in (6, 32)]
    out = shown(*found)
    assert out.count("no pool is called `x`") == 1
    assert "  --> a.wrp:1:7\n" in out
    assert "  see: a.wrp:2:1 and here\n" in out
    assert out.endswith("\n1 error\n")


def test_two_requests_are_two_findings():
    found = [finding(CODE, "x", SOURCE.span(at, at + 1), witness={"tokens": at}) for at in (6, 32)]
    assert shown(*found).endswith("\n2 errors\n")


def test_the_last_line_says_what_warnings_do():
    warned = finding(CODE, "x", SOURCE.span(6, 7), severity="warning")
    fine, failed = shown(warned, fail_on="error"), shown(warned, fail_on="warning", failed=True)
    assert fine.splitlines()[-1] == "warnings do not fail this run; --fail-on warning makes them"
    assert failed.splitlines()[-1] == "warnings fail this run (--fail-on warning)"
    assert shown(warned).splitlines()[-1] == "no errors, 1 warning"
    both = shown(finding(CODE, "y", SOURCE.span(6, 7)), warned, fail_on="error")
    assert both.splitlines()[-1] == "1 error, 1 warning"


def test_each_code_of_notes_has_a_name_that_reads_well():
    names = {e.code.id: fold.named(e.code, 7) for e in entries() if e.code.severity == "info"}
    assert names["WRP158"] == "7 older keys"
    assert names["WRP902"] == "7 signals without source"
    assert not [name for name in names.values() if any(verb in name for verb in ("leaves", "shrinks", "nots", "ass"))]


def test_proofs():
    proofs = [
        Proof("assert x", "proved", leans_on=("assume y",)),
        Proof("guard long", "enforced", {"tokens": 9000}),
        Proof("guard z", "open"),
    ]
    assert shown(proofs=proofs) == (
        "proved    assert x    assuming assume y\n"
        "enforced  guard long  e.g. tokens = 9k\n"
        "open      guard z\n"
        "\n"
        "no errors; 1 proved, 1 enforced, 1 open\n"
        "assuming assume y\n"
    )


def test_proofs_of_several_policies_stand_apart():
    own, other = [Proof("guard x", "proved")], [Proof("guard x", "open")]
    out = shown(proofs=[*own, *other], proofs_of={"policy a  a.wrp": own, "policy b  b.wrp": other})
    assert out == (
        "policy a  a.wrp\nproved  guard x\n\npolicy b  b.wrp\nopen  guard x\n\nno errors; 1 proved, 1 open\n"
    )


@pytest.mark.parametrize(
    ("value", "dimension", "expected"),
    [
        (8000, "", "8k"),
        (8001, "", "8001"),
        (131072, "", "128Ki"),
        (2_000_000, "", "2M"),
        (999, "", "999"),
        (0, "", "0"),
        (0.85, "", "0.85"),
        (0.5, "s", "500ms"),
        (90, "s", "90s"),
        (600, "s", "10min"),
        (0, "s", "0s"),
        (2**31, "B", "2GiB"),
        (True, "", "true"),
        ("math", "", "math"),
        ("eu-1", "", '"eu-1"'),
        (["b", "a"], "", "[a, b]"),
    ],
)
def test_values_in_the_units_of_the_language(value, dimension, expected):
    assert units.value(value, dimension) == expected


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    line = [(("bad", "error"), (" and [bold]not[/bold] \x1b[31mmarkup", ""))]
    terminal = Terminal()
    screen.write(line, terminal)
    assert "\x1b[" in terminal.getvalue()
    assert "[bold]not[/bold]" in terminal.getvalue()
    assert "\x1b[31mmarkup" not in terminal.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    screen.write(line, terminal)
    assert "\x1b" not in terminal.getvalue()


def test_annotations_for_github():
    found = finding(CODE, "50% of\nthis", SOURCE.span(6, 7), help="a, b")
    assert github.annotation(found) == (
        "::error file=a.wrp,line=1,endLine=1,col=7,endColumn=7,title=WRP201 conflicting-routes"
        "::50%25 of%0Athis%0Ahelp: a, b"
    )


def test_what_only_follows_stands_behind_its_cause():
    unreached = Code("WRP302", "unreached-pool", "warning", "A pool.")
    never = Code("WRP202", "unreachable-route", "error", "A route.")
    pool = replace(finding(unreached, "pool `p` is never used", SOURCE.span(6, 7)), follows=("route a", "route b"))
    routes = [finding(never, f"`{r}` is never reached", SOURCE.span(32, 37), subjects=[f"route {r}"]) for r in "ab"]
    assert "WRP302 warning" in shown(pool, routes[0])  # the other route may reach it
    said = shown(pool, *routes)
    assert "WRP302" not in said
    assert "  see: a.wrp:1:7 so pool `p` is never used\n" in said
    assert said.endswith("2 errors\n")
    assert "WRP302 warning" in shown(pool)  # its causes are not shown, so that it is
    assert "WRP302 warning" in shown(replace(pool, follows=()), *routes)
