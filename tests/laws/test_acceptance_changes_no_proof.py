"""What a comment, a waiver or a baseline accepts changes no proof, loses no finding, and excuses no error of safety."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import texts
from tests.laws.volume import compared, many
from wrpc.accept import limits
from wrpc.accept.all import accepted
from wrpc.accept.baseline import Baseline
from wrpc.analysis.run import check
from wrpc.diagnostics import Diagnostic, Findings
from wrpc.policy.load import from_text
from wrpc.source import Source
from wrpc.syntax.format import format_file
from wrpc.syntax.parse import parse

COMMENT = re.compile(r"# wrpc:.*")


def told(found: Findings) -> list[tuple[str, str, str]]:
    every: list[Diagnostic] = [*found.diagnostics, *(s.finding for s in found.suppressed)]
    # Which request shows a finding, and so which route it names, the solver chooses.
    return sorted((d.code.id, d.severity, " ".join(COMMENT.sub("", d.span.text).split())) for d in every)


def proofs(found: Findings) -> list[tuple[object, ...]]:
    return [(p.subject, p.verdict, p.leans_on) for p in found.proofs]


def commented(text: str, lines: dict[int, set[str]], behind: bool) -> str:
    """The text with a comment behind each of these lines, or alone before it."""
    written = []
    for number, line in enumerate(text.split("\n"), 1):
        comment = f"# wrpc: ignore[{', '.join(sorted(lines.get(number, ())))}] a law"
        if number not in lines:
            written.append(line)
        elif behind:
            written.append(f"{line}  {comment}")
        else:
            written += [" " * (len(line) - len(line.lstrip())) + comment, line]
    return "\n".join(written)


@many(2_000, parts=6, floors={"findings": 15_000, "safety": 1_100, "proofs": 2_800, "printed": 250})
@given(dice=dices())
def test_acceptance(dice: Dice) -> None:
    text = format_file(parse(Source("p.wrp", dice.draw(texts())))[0])
    policy, read = from_text(text)
    assert policy is not None
    plain = read + check(policy)
    lines: dict[int, set[str]] = {}
    for d in plain.diagnostics:
        lines.setdefault(d.span.line, set()).add(d.code.id)
    told_in = commented(text, lines, behind=dice.chance(5))
    ignoring, again = from_text(told_in)
    assert ignoring is not None
    found = accepted(again + check(ignoring), ignoring)
    assert proofs(found) == proofs(plain)
    assert told(found) == told(plain)
    compared("proofs", len(plain.proofs))
    for d in plain.diagnostics:
        compared("safety" if limits.never(d) else "findings")
    assert sorted(d.code.id for d in found.diagnostics) == sorted(
        d.code.id for d in plain.diagnostics if limits.never(d)
    )
    assert found.unproved == plain.unproved
    # The comments survive the printer, and so does what they ignore.
    printed = format_file(parse(Source("p.wrp", told_in))[0])
    laid_out, again = from_text(printed)
    assert laid_out is not None
    after = found if printed == told_in else accepted(again + check(laid_out), laid_out)
    assert told(after) == told(plain)
    assert all(limits.never(d) for d in after.diagnostics)
    compared("printed", printed != told_in)
    # A baseline of everything marks everything, and excuses what a comment may ignore.
    baseline = Baseline(Path("b.json"))
    marked = baseline.updated(plain, policy.sources).marked(plain)
    assert all(d.baseline for d in marked.diagnostics)
    assert [d.excused for d in marked.diagnostics] == [limits.never(d) is None for d in plain.diagnostics]
    assert proofs(marked) == proofs(plain)
