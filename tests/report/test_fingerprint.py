"""Fingerprints: what moves keeps its own, what is another thing has another."""

from __future__ import annotations

from wrpc.diagnostics import Code, finding
from wrpc.report.fingerprint import fingerprint, fingerprints, unique
from wrpc.source import Source

CODE = Code("WRP204", "redundant-route", "warning", "A route.")


def made(text: str, at: str, message: str = "the route", subjects: tuple[str, ...] = (), file: str = "a.wrp") -> str:
    source = Source("a.wrp", text)
    start = text.index(at)
    return fingerprint(finding(CODE, message, source.span(start, start + len(at)), subjects=subjects), file)


def test_lines_may_move():
    assert made("route a { }\n", "a {") == made("# one\n\n  route a   { }\n", "a   {")
    assert made("x", "x", "found at a.wrp:3:4 and line 12") == made("x", "x", "found at a.wrp:9:1 and line 2")


def test_another_thing_has_another():
    first = made("route a { }\n", "a {")
    assert first != made("route b { }\n", "b {")
    assert first != made("route a { }\n", "a {", "the other")
    assert first != made("route a { }\n", "a {", file="b.wrp")
    assert made("x", "x", subjects=("route a",)) != made("x", "x", subjects=("route b",))
    assert made("x y", "x", subjects=("route a",)) == made("y x", "x", subjects=("route a",))


def test_of_the_same_each_has_its_number():
    source = Source("a.wrp", "x x\n")
    same = [finding(CODE, "the route", source.span(at, at + 1)) for at in (0, 2)]
    numbered = [(key, number) for _, key, number in fingerprints(same, lambda s: s.name)]
    assert [number for _, number in numbered] == [1, 2]
    assert len({unique(*each) for each in numbered}) == 2


def test_what_a_request_shows_may_be_shown_by_another():
    source = Source("a.wrp", "guard g { deny }  # why\n")
    span = source.span(0, 5)
    first = finding(CODE, "removes `p` from route a", span, subjects=("guard g", "route a"), witness={"x": 1})
    second = finding(CODE, "removes `q` from route b", span, subjects=("guard g", "route b"), witness={"x": 2})
    assert fingerprint(first, "a.wrp") == fingerprint(second, "a.wrp")
