"""Comments that ignore a finding: where they stand, what they may ignore, and what is wrong with one."""

from __future__ import annotations

import pytest

import wrpc
from wrpc.accept.comments import read
from wrpc.diagnostics import Findings
from wrpc.source import Source

IDLE = "pool own {}\npool idle {}\ndefault { to own }\n"


def judged(text: str, name: str = "policy.wrp") -> Findings:
    return wrpc.check_file(Source(name, text))


def codes(found: Findings) -> list[str]:
    return [d.code.id for d in found.diagnostics]


@pytest.mark.parametrize(
    "idle",
    [
        "pool idle {}  # wrpc: ignore[WRP302] for the move",
        "pool idle {}  #wrpc:ignore[wrp302]: for the move",
        "pool idle {}  # old  # wrpc: ignore[WRP302] for the move",
        "# wrpc: ignore[WRP302] for the move\npool idle {}",
        "# wrpc: ignore[WRP302] for the move\n# kept for a week\npool idle {}",
        '# a "quoted" word  # wrpc: ignore[WRP302] for the move\npool idle {}',
        "pool idle { # wrpc: ignore[WRP302] for the move\n}",
    ],
)
def test_a_comment_on_the_line_or_alone_before_it(idle: str):
    found = judged(IDLE.replace("pool idle {}", idle))
    assert codes(found) == []
    (only,) = found.suppressed
    assert (only.finding.code.id, only.why.by, only.why.reason) == ("WRP302", "comment", "for the move")
    assert "wrpc" in only.why.span.text


@pytest.mark.parametrize(
    "idle",
    [
        "pool idle {}\n# wrpc: ignore[WRP302] behind it",
        "# wrpc: ignore[WRP302] a blank line between\n\npool idle {}",
        'pool idle { labels { a "# wrpc: ignore[WRP302] a text" } }',
        "pool idle {}  # ignore[WRP302] nobody is spoken to",
    ],
)
def test_elsewhere_it_ignores_nothing(idle: str):
    assert "WRP302" in codes(judged(IDLE.replace("pool idle {}", idle)))


def test_several_codes_each_used():
    text = (
        "signal a: bool { source has_tools }\npool own {}\n"
        "# wrpc: ignore[WRP204, WRP302] both\nroute x { tier 1  when a  to own }\ndefault { to own }\n"
    )
    found = judged(text)
    assert [s.finding.code.id for s in found.suppressed] == ["WRP204"]
    (left,) = found.diagnostics
    assert (left.code.id, left.span.text) == ("WRP903", "WRP302")
    assert left.fixes == ()


def test_an_unused_comment_is_told_and_deleted_by_its_fix():
    text = IDLE.replace("pool idle {}\n", "# wrpc: ignore[WRP302] was idle\n").replace(
        "own }", "own }  # wrpc: ignore[WRP204] x"
    )
    repaired = wrpc.fix(Source("policy.wrp", text))
    assert repaired.text == "pool own {}\ndefault { to own }\n"
    assert {d.code.id for d, _ in repaired.applied} == {"WRP903"}


def test_lint_judges_only_what_it_looks_for(tmp_path):
    from wrpc.accept.all import looked_for

    lint, check = looked_for(solver=False), looked_for(solver=True)
    assert [(lint(c), check(c)) for c in ("WRP204", "WRP205", "WRP118", "WRP801")] == [
        (False, True), (True, True), (True, True), (False, False),
    ]  # fmt: skip
    assert not looked_for(solver=True, select=("WRP3",))("WRP204")
    assert not looked_for(solver=True, ignore=("WRP2",))("WRP204")


@pytest.mark.parametrize(
    ("comment", "code", "said"),
    [
        ("# wrpc: ignore[WRP302]", "WRP905", "no reason"),
        ("# wrpc: ignore the next", "WRP905", "no code"),
        ("# wrpc: ignore", "WRP905", "no code and no reason"),
        ("# wrpc: ignore[] why", "WRP905", "no code"),
        ("# wrpc: ignroe[WRP302] why", "WRP905", "`ignroe`"),
        ("# wrpc: noqa", "WRP905", "`noqa`"),
        ("# wrpc: ignore[WRP298] why", "WRP904", "no code `WRP298`"),
        ("# wrpc: ignore[unreached-pool] why", "WRP904", "`unreached-pool` is not a code"),
        ("# wrpc: ignore[WRP3] why", "WRP904", "`WRP3` is not a code"),
        ("# wrpc: ignore[WRP302, WRP302] why", "WRP903", "twice"),
    ],
)
def test_what_is_wrong_with_a_comment(comment: str, code: str, said: str):
    found = judged(IDLE.replace("pool idle", f"{comment}\npool idle"))
    assert said in next(d for d in found.diagnostics if d.code.id == code).message
    assert ("WRP302" in codes(found)) == (code != "WRP903")


def test_a_plain_word_about_wrpc_is_no_comment_to_it():
    assert codes(judged("# See wrpc.\n# `wrpc: x` is no mark\n" + IDLE)) == ["WRP302"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('pool p { trust "cloud" }\ndefault { to p }\nassert k { never destination.trust == "cloud" }', "WRP401"),
        ('pool p {}\ndefault { to p }\ntest "x" { given { } expect { action deny } }', "WRP408"),
    ],
)
def test_errors_of_safety_are_not_ignored(text: str, code: str):
    lines = text.split("\n")
    found = judged("\n".join([*lines[:-1], f"# wrpc: ignore[{code}] trust me", lines[-1]]) + "\n")
    assert sorted(codes(found)) == [code, "WRP906"]
    assert found.suppressed == ()
    assert found.errors == 1


def test_a_warning_of_safety_is_ignored():
    text = (
        'signal pii: bool { source has_tools }\npool own { trust "own" }\npool cloud { trust "cloud" }\n'
        "route r { when pii  to own\n  # wrpc: ignore[WRP402] meant\n  fallback cloud\n}\ndefault { to cloud }\n"
        'guard g { forbid destination.trust == "cloud" when pii }\n'
    )
    found = judged(text)
    assert codes(found) == []
    assert {s.finding.code.id for s in found.suppressed} == {"WRP402"}
    assert [(p.subject, p.verdict) for p in found.proofs] == [("guard g", "enforced")]


def test_a_policy_that_cannot_be_read_ignores_nothing():
    found = judged("# wrpc: ignore[WRP101] later\ndefault { to nowhere }\n")
    assert "WRP101" in codes(found)
    assert found.errors


def test_comments_of_another_systems_file():
    text = (
        "model_list:\n  - model_name: a  # wrpc: ignore[WRP151] known\n    litellm_params: {model: openai/gpt-4o}\n"
        "    nonsense: 1\n"
    )
    (comment,) = read(Source("config.yaml", text))
    assert (comment.line, comment.last, comment.reason, [c for c, _ in comment.codes]) == (2, 2, "known", ["WRP151"])
    (comment,) = read(Source("config.yaml", "a: 'it''s'  # wrpc: ignore[WRP151] known\n"))
    assert comment.reason == "known"


def test_an_import_may_be_used_elsewhere(tmp_path):
    (tmp_path / "common.wrp").write_text("pool own {}  # wrpc: ignore[WRP302] used by some\n")
    (tmp_path / "a.wrp").write_text('import "common.wrp"\ndefault { to own }\n')
    found = wrpc.check_file(tmp_path / "a.wrp")
    assert [(d.code.id, d.severity) for d in found.diagnostics] == [("WRP903", "info")]
    assert not found.diagnostics[0].fixes


CLAUSE = """\
signal a: bool { source has_tools }
pool own { trust "own" }
default { to own }
guard g {
  BEFORE
  forbid destination.trust == "no"
    when a or not a  BEHIND
  require audit when a
}
"""


@pytest.mark.parametrize("place", ["BEFORE", "BEHIND"])
def test_a_comment_at_a_clause_of_several_lines_is_about_all_of_it(place: str):
    text = CLAUSE.replace(place, "# wrpc: ignore[WRP411] meant").replace("BEFORE", "").replace("BEHIND", "")
    (comment,) = read(Source("policy.wrp", text))
    assert (comment.line, comment.last) == (6, 7)


def test_the_declaration_around_a_comment_is_read_and_no_other():
    many = "".join(f"route r{n} {{ tier {n}  to own }}\n" for n in range(3000))
    comment = "  # wrpc: ignore[WRP204] meant"
    clause = f"route wide {{\n  tier 9000\n  when a or\n    b{comment}\n  to own\n}}\n"
    text = "pool own {}\n" + many + clause + many.replace("route r", "route s")
    (found,) = read(Source("policy.wrp", text))
    assert (found.line, found.last) == (3004, 3005)
    (alone,) = read(Source("policy.wrp", "# wrpc: ignore[WRP101] x\nlet x = a or\n  b\nlet y = a\n"))
    assert (alone.line, alone.last) == (2, 3)
    (last,) = read(Source("policy.wrp", "pool a {}\n# wrpc: ignore[WRP101] x"))
    assert last.line == 3


def test_a_comment_before_a_block_is_about_its_first_line():
    (comment,) = read(Source("policy.wrp", '# wrpc: ignore[WRP302] x\npool a {\n  trust "x"\n}\n'))
    assert (comment.line, comment.last) == (2, 2)


def test_the_printer_leaves_a_line_that_is_ignored_on_one_line():
    """However long it is: broken up, what is found on it would stand elsewhere."""
    from wrpc.syntax.format import format_file
    from wrpc.syntax.parse import parse

    wide = " or ".join(f"signal_{n} " for n in range(12)).replace("  ", " ")
    text = f"route a {{ tier 1  when {wide}  to own }}  # wrpc: ignore[WRP204] meant\n".replace("   ", "  ")
    printed = format_file(parse(Source("p.wrp", text))[0])
    assert printed.count("\n") == 1
    assert format_file(parse(Source("p.wrp", printed))[0]) == printed
    assert format_file(parse(Source("p.wrp", text.replace("wrpc: ", "")))[0]).count("\n") > 1


def test_quotes_that_are_not_closed_take_no_time():
    text = '"' + "a" * 200_000 + " # wrpc: ignore[WRP204] x"
    assert read(Source("p.wrp", text)) == ()
    (comment,) = read(Source("p.wrp", "`" + "a" * 200_000 + "` # wrpc: ignore[WRP204] x"))
    assert comment.reason == "x"
