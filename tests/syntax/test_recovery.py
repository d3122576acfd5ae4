"""One finding a fault, where it is, in human words; and what is well formed is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import fixtures
from wrpc.source import Source
from wrpc.syntax import tree as t
from wrpc.syntax.parse import parse

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.wrp"))
    for case in fixtures.cases(path)
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: fixtures.Case) -> None:
    _, findings = parse(Source(fixtures.MAIN, case.main))
    assert not fixtures.differences(case, findings)


@pytest.mark.parametrize("case", CASES)
def test_each_fix_leaves_less(case: fixtures.Case) -> None:
    _, before = parse(Source(fixtures.MAIN, case.main))
    for finding in before:
        for fix in finding.fixes:
            text = case.main[: fix.span.start] + fix.text + case.main[fix.span.end :]
            _, after = parse(Source(fixtures.MAIN, text))
            assert len(after) < len(before), (fix, after)


def names(text: str) -> list[str]:
    file, _ = parse(Source("kept.wrp", text))
    kept = [d.section if isinstance(d, t.Override) else d for d in file.declarations]
    return [d.name.text for d in kept if not isinstance(d, (t.Import, t.Share, t.Test)) and d.name]


def test_what_is_well_formed_is_kept() -> None:
    assert names("pool a {}\npool b { x ) }\npool c {}\n") == ["a", "c"]
    assert names("pool a {\npool b {}\nlet c = 1\nlet d =\nlet e = 2\n") == ["b", "c", "e"]
    assert names("@ pool a {}\npool b {}\n") == ["b"]
    assert names("let a = b c\npool d {}\n") == ["d"]


def test_what_is_plainly_meant_is_kept() -> None:
    assert names("rout a { when x && y }\npool 'b' { gpu: h100; }\n") == ["a", "b"]


def test_comments_come_once() -> None:
    file, _ = parse(Source("comments.wrp", "# one\npool a {} # two\npool b { ) }\n# three\npool c {}\n"))
    assert [c.text for c in file.comments] == ["# one", "# two", "# three"]


def test_a_sign_that_does_not_print() -> None:
    _, (finding,) = parse(Source("sign.wrp", "pool a { x \x01 }"))
    assert finding.message == "expected a value, found the character U+0001"


def test_a_missing_brace_names_the_open_one() -> None:
    source = Source("open.wrp", "pool a {\n  x 1\nroute b { to a }\n")
    _, (finding,) = parse(source)
    (related,) = finding.related
    assert (related.span.line, related.span.column, related.span.text) == (1, 8, "{")
    assert finding.span.text == "route"


def test_no_more_than_fifty() -> None:
    _, findings = parse(Source("many.wrp", "pool a { x = 1 }\n" * 1000))
    assert len(findings) == 51
    assert findings[-1].code.id == "WRP015"
    assert findings[-1].severity == "info"
