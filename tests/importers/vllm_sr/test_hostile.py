"""Broken configurations: whatever the text, there are findings with places and never an exception."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.work import calls
from wrpc.importers import importer
from wrpc.policy.load import from_text
from wrpc.source import Source
from wrpc.syntax.format import format_file

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.yaml"))
VALUES = (
    "", "~", "0", "-1", "1e99", "true", "[]", "{}", "[[a]]", "{a: {b: c}}", '""', '"a\\nb"', "'`'", "default", "none",
    "*x", "&x y", "!!int 3", "0.30000000000000004", "x" * 300, "\U0001f600", '"\\u0001"', "9" * 50, "${HOME}",
)  # fmt: skip


def imported(text: str) -> list[str]:
    """The codes that an import gives; its policies print, and what is printed is read without an exception."""
    result = importer("vllm-sr").read(Source("config.yaml", text))
    for policy in result.policies:
        from_text(format_file(policy.tree))
    for found in result.diagnostics:
        assert found.span.line >= 1
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert "\n" not in found.message
    return [d.code.id for d in result.diagnostics]


def mutated(text: str, chance: random.Random) -> str:
    """A few lines deleted, doubled, moved, cut or given another value."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        line = lines[at]
        match chance.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, line)
            case 2:
                lines.insert(chance.randrange(len(lines)), lines.pop(at))
            case 3:
                lines[at] = line[: chance.randrange(len(line) + 1)]
            case 4:
                key, colon, _ = line.partition(":")
                lines[at] = f"{key}{colon} {chance.choice(VALUES)}"
            case _:
                inner = [i for i, c in enumerate(line) if c in ",:{[ "]
                if inner:
                    cut = chance.choice(inner)
                    lines[at] = f"{line[: cut + 1]}{chance.choice(VALUES)}{line[cut + 1 :]}"
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_mutations(path: Path, seed: int) -> None:
    text, chance = path.read_text(encoding="utf-8"), random.Random(seed)
    for _ in range(10):
        imported(mutated(text, chance))


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "a", "- a", "version: v0.3", "{}", "routing:", "routing: []", "recipes: [a, 1, ~]", "\0", "a: ["],
)
def test_what_is_no_configuration(text: str) -> None:
    assert imported(text)


def test_a_deep_rule() -> None:
    """Nesting has a limit, and it is told."""
    rule = "{type: language, name: en}"
    for _ in range(150):
        rule = f"{{operator: NOT, conditions: [{rule}]}}"
    text = (
        f"version: v0.3\nrouting:\n  signals: {{language: [{{name: en}}]}}\n  decisions: [{{name: a, rules: {rule}}}]\n"
    )
    assert imported(text) == ["WRP055"]


@pytest.mark.parametrize("depth", [50, 90, 95, 100, 190])
def test_a_deep_setting(depth: int) -> None:
    """What is kept is no deeper than a policy can be; the rest is told."""
    decision = f"{{name: a, priority: 0, annotations: {{x: {'[' * depth}{']' * depth}}}}}"
    text = f"version: v0.3\nrouting:\n  decisions: [{decision}]\n"
    result = importer("vllm-sr").read(Source("config.yaml", text))
    assert [d.code.id for d in result.diagnostics] == ([] if depth <= 90 else ["WRP851"])
    assert from_text(format_file(result.policies[0].tree))[0] is not None


def test_a_wide_file_is_linear_work() -> None:
    decisions = "\n".join(
        f"    - {{name: d{i}, priority: {i}, rules: {{type: keyword, name: k{i}}}, modelRefs: [{{model: m}}]}}"
        for i in range(1500)
    )
    keywords = "\n".join(f"      - {{name: k{i}, operator: OR, keywords: [w{i}]}}" for i in range(1500))
    text = (
        f"version: v0.3\nrouting:\n  modelCards: [{{name: m}}]\n  signals:\n    keywords:\n{keywords}\n"
        f"  decisions:\n{decisions}\n"
    )
    source = Source("config.yaml", text)
    assert [d.code.id for d in importer("vllm-sr").read(source).diagnostics] == []
    # Anew: what was parsed once is known.
    assert calls(lambda: importer("vllm-sr").read(Source("config.yaml", text))) < 5_000_000
