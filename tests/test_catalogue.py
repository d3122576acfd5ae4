"""Every code there is: declared once, documented, in its family, and its page's examples hold."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.fixtures import differences, read
from tests.policy.pages import examples
from wrpc.analysis import CHECKS, LINTS
from wrpc.analysis.run import check
from wrpc.decide.codes import CONFLICT
from wrpc.diagnostics import Code, Diagnostic
from wrpc.policy.load import from_text
from wrpc.report.catalogue import FAMILIES, MODULES, Entry, declared, entries, find

# Which families a room's codes may be of. What an importer finds can be of any.
ROOMS = {
    "wrpc.syntax": {0},
    "wrpc.policy": {1, 2, 9},
    "wrpc.decide": {1, 8},
    "wrpc.fleet": {6},
    "wrpc.analysis.conflicts": {2},
    "wrpc.analysis.coverage": {3},
    "wrpc.analysis.safety": {4},
    "wrpc.analysis.pools": {5},
    "wrpc.analysis.capacity": {6},
    "wrpc.analysis.scores": {7},
    "wrpc.targets": {8},
    "wrpc.verify": {0, 8},
    "wrpc.importers": set(FAMILIES),
    "wrpc.accept": {0, 9},
}
# Their examples are requests, commits or another system's files, which the tests of those rooms run.
ELSEWHERE = ("wrpc.fleet.logs", "wrpc.importers", "wrpc.decide", "wrpc.targets", "wrpc.verify", "wrpc.accept")

CODES = [e.code for e in entries()]
SHOWN = [e for e in entries() if not e.module.startswith(ELSEWHERE)]


def test_a_number_and_a_name_once():
    # A conflict is found in a policy, and met by one request: one code, by design.
    met = [e for e in declared() if e.code != CONFLICT or e.module != "wrpc.decide.codes"]
    assert sorted(e.code.id for e in met) == [c.id for c in CODES]
    assert len({c.name for c in CODES}) == len(CODES)
    assert (CONFLICT.id, CONFLICT.name) in {(c.id, c.name) for c in CODES}


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e.code.id)
def test_a_page_in_its_family(entry):
    code = entry.code
    assert code.summary.endswith(".")
    assert code.name == code.name.lower().replace("_", "-")
    rooms = [families for room, families in ROOMS.items() if entry.module.startswith(room)]
    assert entry.family in rooms[0]
    assert find(code.id) == find(code.name) == entry


def test_every_module_that_declares_codes_is_in_the_catalogue(root: Path):
    files = {p.relative_to(root) for p in (root / "wrpc").rglob("*.py") if " = Code(" in p.read_text(encoding="utf-8")}
    modules = {".".join(p.with_suffix("").parts).removesuffix(".__init__") for p in files}
    # Some rooms' codes are a folder of modules that its front brings together.
    assert {m.partition(".codes.")[0] + ".codes" if ".codes." in m else m for m in modules} <= set(MODULES)


@pytest.mark.parametrize(
    "row", [*LINTS.items(), *CHECKS.items()], ids=lambda row: row[0].removeprefix("wrpc.analysis.")
)
def test_a_row_names_the_codes_of_its_module(row):
    module, codes = row
    own = {v.id for v in vars(import_module(module)).values() if isinstance(v, Code)}
    assert own == set(codes)


def test_a_row_for_every_check(root: Path):
    files = {p for p in (root / "wrpc/analysis").rglob("*.py") if "\nCODE = " in p.read_text(encoding="utf-8")}
    modules = {".".join(p.relative_to(root).with_suffix("").parts) for p in files}
    assert modules == {*LINTS, *CHECKS}


def found(entry: Entry, text: str) -> list[Diagnostic]:
    """What there is to say about an example: of a check's page all of it, of the others' what reading finds, since
    their examples are excerpts."""
    policy, findings = from_text(text)
    checked = policy is not None and entry.module.startswith("wrpc.analysis")
    return [*findings.diagnostics, *(check(policy).diagnostics if policy is not None and checked else ())]


@pytest.mark.parametrize("entry", SHOWN, ids=lambda e: e.code.id)
def test_bad_gives_what_is_marked_and_good_nothing(entry: Entry):
    for text in (*examples(entry.code, "Bad"), *examples(entry.code, "Good")):
        (case,) = read(text)
        marked = {m.code for m in case.marks}
        assert not differences(case, [d for d in found(entry, text) if d.severity != "info" or d.code.id in marked])
    assert all(entry.code.id in {d.code.id for d in found(entry, t)} for t in examples(entry.code, "Bad"))
