"""Newcomers' mistakes are told on the right line, with the right cause, once; and a repair leaves a clean policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

import wrpc.api
from tests.syntax.mistakes import MISTAKES, Mistake
from wrpc.diagnostics import Diagnostic, Edit
from wrpc.policy.load import from_text
from wrpc.report import fold

FILES = {"common.wrp": "pool shared { }\n"}
KINDS = (
    "keyword", "brace", "unit", "name", "type", "order", "duplicate", "quote", "operator", "list", "hollow rule",
    "silent loss",
)  # fmt: skip


def whole(m: Mistake) -> str:
    text = m.frame + m.text
    if "default" in m.text:
        return text
    return text + ("" if text.endswith("\n") else "\n") + "default { to small }\n"


def told(text: str, by: str) -> list[Diagnostic]:
    policy, found = from_text(text, "mistake.wrp", files=FILES)
    said = list(found.diagnostics)
    if policy is not None and not found.errors:
        said += (wrpc.api.lint if by == "lint" else wrpc.api.check)(policy).diagnostics
    return [d for d in said if d.severity != "info"]


def repaired(text: str, found: Iterable[Diagnostic]) -> str:
    edits: set[Edit] = {edit for d in found for fix in d.fixes[:1] for edit in fix.edits}
    for edit in sorted(edits, key=lambda e: e.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize("m", MISTAKES, ids=[f"{m.kind}: {m.text[:60]!r}" for m in MISTAKES])
def test_a_mistake(m: Mistake) -> None:
    text = whole(m)
    found = told(text, m.by)
    if not m.line:
        assert not found
        return
    (d,) = fold.places(found)
    said = f"{d.message}\n{d.help or ''}"
    assert d.span.line - m.frame.count("\n") == m.line, said
    for piece in m.says:
        assert piece in said
    if m.fixed:
        assert d.fixes, said
    if d.fixes:
        mended = repaired(text, found)
        assert [f"{after.code.id} {after.message}" for after in told(mended, m.by)] == [], mended


def test_there_are_enough_of_every_kind() -> None:
    count = Counter(m.kind for m in MISTAKES if m.line)
    assert all(count[kind] >= 10 for kind in KINDS), count
    assert sum(count.values()) >= 300
    assert sum(bool(m.fixed) for m in MISTAKES) >= 150


def test_the_rest_of_the_file_is_read() -> None:
    """A mistake in the first declaration hides none in the second, and neither the other way round."""
    first, second = "route r { if pii  to smart }", "pool azure-private { model m }"
    frame = MISTAKES[0].frame
    for text in (f"{first}\n{second}\n", f"{second}\n{first}\n"):
        found = told(frame + text + "default { to smal }\n", "lint")
        assert sorted(d.code.id for d in found) == ["WRP009", "WRP016", "WRP101"]


SEVERAL = """\
route r {
  if tokens > 100,000 && pii AND brief
  to smart weigth 90, small weight 10
  falback frontier on timeout
  timeout 30 s
}
guard g {
  when pii  deny "no"
  allow destination.trust == "own"
}
pool azure-private { model = m  endpoint a.b:80 }
"""


def test_several_in_one_declaration() -> None:
    """Each is told once, and on its own line."""
    first = MISTAKES[0].frame.count("\n")
    found = told(MISTAKES[0].frame + SEVERAL + "default { to small }\n", "lint")
    lines = Counter(d.span.line - first for d in found)
    assert lines == {2: 2, 3: 1, 4: 1, 5: 1, 8: 1, 9: 1, 11: 3}, [(d.span.line - first, d.message) for d in found]
