"""The pages that are written by a program are what it writes now, and every link leads somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest


def generator(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", root / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_up_to_date(root: Path):
    pages = generator(root).PAGES
    stale = [name for name, page in pages.items() if (root / "docs" / name).read_text(encoding="utf-8") != page()]
    assert stale == [], "python docs/generate.py writes them"


def test_the_parsers_words_are_those_of_the_rows(root: Path):
    kept = (root / "wrpc/syntax/blocks.json").read_text(encoding="utf-8")
    assert kept == generator(root).blocks(), "python docs/generate.py writes it"


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "docs/language.md", "docs/words.md", "docs/findings.md", "docs/wrp.md"]
)
def test_links(root: Path, name: str):
    text = (root / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not link.startswith("http"):
            assert ((root / name).parent / link).exists(), link


@pytest.mark.parametrize("name", ["README.md", "docs/language.md"])
def test_policies_in_the_pages_are_well_formed(root: Path, name: str):
    """A fenced block that says it is a policy can be read; one without `…` has no errors either."""
    from wrpc.policy.load import from_text
    from wrpc.source import Source
    from wrpc.syntax.parse import parse

    text = (root / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```wrp\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        assert parse(Source(name, block))[1] == ()
        if "pool " in block or "policy " in block:
            policy, findings = from_text(block)
            assert policy is not None, findings.diagnostics


SCENE = """
signal tenant: string { source claim("tenant") }
signal user: string { source claim("user") }
pool main {}
pool twin {}
pool a {}
pool b {}
pool p {}
pool small {}
pool large {}
pool cheap {}
"""


def test_the_clauses_of_the_page_run(root: Path):
    """Each clause as the table spells it, in a route of its own."""
    from wrpc.policy.load import from_text

    text = (root / "docs/language.md").read_text(encoding="utf-8")
    rows = text.partition("| clause | what happens |")[2].partition("\n\n")[0].splitlines()
    clauses = [c for row in rows if row.count("|") > 2 for c in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(clauses) >= 18
    for clause in clauses:
        said = clause.replace("EXPR", "confidence < 0.7")
        action = "" if said.startswith(("to ", "cascade ", "deny ")) else "to main, twin\n  "
        policy, findings = from_text(f'{SCENE}route r {{\n  when tenant == "t"\n  {action}{said}\n}}\n')
        assert policy is not None, (clause, [(d.code.id, d.message) for d in findings.diagnostics])


def test_the_meaning_of_every_clause_is_told(root: Path):
    """What may stand in a route has a row that says what it does, and not only that it may stand there."""
    from wrpc.policy import vocabulary as v

    text = (root / "docs/language.md").read_text(encoding="utf-8")
    table = text.partition("| clause | what happens |")[2].partition("\n\n")[0]
    told = set(re.findall(r"`(\w+)", "".join(row.split("|")[1] for row in table.splitlines() if row.count("|") > 2)))
    untold = {*v.BLOCKS["route"], *v.CLAUSES["route"]} - told - {"when", "tier", "priority", *v.NOTES}
    assert not untold


def test_every_word_of_the_language_has_an_example_that_runs(root: Path):
    """Each kind of declaration, each attribute and each clause stands in a block that is read as a policy."""
    from wrpc.policy import vocabulary as v
    from wrpc.policy.declarations import DECLARATIONS

    pages = (page.read_text(encoding="utf-8") for page in sorted((root / "docs").glob("*.md")))
    blocks = "\n".join(block for page in pages for block in re.findall(r"```wrp\n(.*?)```", page, re.DOTALL))
    shown = set(re.findall(r"\w+", blocks))
    own = {name: {*v.BLOCKS[name], *v.CLAUSES.get(name, ())} for name in v.BLOCKS}
    own["kv_cache"] -= {"tiers"}  # whose names are the tiers' own
    assert {name: words - shown for name, words in own.items() if words - shown} == {}
    assert {*DECLARATIONS, "default", "override", "import", "test", "within", "failed", "matches"} <= shown
