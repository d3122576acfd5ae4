"""Faults planted one at a time in the cases: each is noticed where it stands, and nothing besides it.

Where a fault's repair is safe, the repaired file is read without the finding and loses no comment.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import wrpc.api
from tests.importers.litellm.faults import deployments, entries, fallbacks, keys, values
from tests.importers.litellm.faults.fault import AZURE, CLOUDS, HERE, INCLUDED, OWN, PLATFORM, TEAM, Fault
from wrpc.diagnostics import Diagnostic
from wrpc.importers import importer
from wrpc.policy.load import from_tree
from wrpc.repair import repaired
from wrpc.source import Source

CASES = Path(__file__).resolve().parent / "cases"
SEVERITIES = ("info", "warning", "error")
FAULTS = [*keys.FAULTS, *fallbacks.FAULTS, *deployments.FAULTS, *values.FAULTS, *entries.FAULTS]


@dataclass(frozen=True, slots=True)
class Planted:
    """A folder of files with one fault: the text that has it, its line, and what is read of the case."""

    name: str
    text: str
    line: int


def planted(fault: Fault) -> Planted:
    name = fault.file or f"{fault.case}.yaml"
    text = (CASES / name).read_text(encoding="utf-8")
    for old, new in fault.edits:
        assert old in text, f"the case has changed: {old!r}"
        text = text.replace(old, new, 1)
    assert text.count(HERE) == 1
    return Planted(name, text.replace(HERE, ""), text[: text.index(HERE)].count("\n") + 1)


def read(case: str, folder: Path, text: str | None = None) -> tuple[Diagnostic, ...]:
    """What the import says of a case in a folder, and then what the check says."""
    path = folder / f"{case}.yaml"
    text = path.read_text(encoding="utf-8") if text is None else text
    imported = importer("litellm").read(Source(path.name, text, path))
    found = [*imported.diagnostics]
    for policy in imported.policies:
        resolved, findings = from_tree(replace(policy.tree, comments=()))
        found += findings.diagnostics
        assert resolved is not None
        # Notes of the check tell of edges, and there are others as soon as a group is another one.
        found += [d for d in wrpc.api.check(resolved).diagnostics if d.severity != "info" or d.code.id == "WRP506"]
    return tuple(found)


@cache
def before(case: str) -> Counter[tuple[str, str]]:
    return Counter((d.code.id, d.message) for d in read(case, CASES))


def fresh(case: str, found: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """What the case as it is does not have; the list of what no policy holds changes with every key, and that refusals
    take general fallbacks as well is true of each."""
    known = Counter(before(case))
    for d in found:
        if (d.code.id == "WRP851" and d.severity == "info") or d.code.id == "WRP507":
            continue
        if known[d.code.id, d.message]:
            known[d.code.id, d.message] -= 1
        else:
            yield d


seen: dict[str, list[Diagnostic]] = {}


def new_of(fault: Fault, made: Planted, place: Path) -> list[Diagnostic]:
    """What the fault adds. A case of several files is copied to where one of them can be changed."""
    if fault.name not in seen:
        where = CASES
        if fault.case == INCLUDED:
            where = place
            shutil.copytree(CASES, where, dirs_exist_ok=True)
            (where / made.name).write_text(made.text, encoding="utf-8")
        found = read(fault.case, where, None if fault.case == INCLUDED else made.text)
        seen[fault.name] = list(fresh(fault.case, found))
    return seen[fault.name]


def ids(fault: Fault) -> str:
    return f"{fault.code}-{re.sub(r'[^a-z0-9]+', '-', fault.name.lower())}"


every = pytest.mark.parametrize("fault", FAULTS, ids=ids)


def test_there_are_enough() -> None:
    assert len({f.name for f in FAULTS}) == len(FAULTS) >= 75
    assert len({f.case for f in FAULTS}) >= 4


@every
def test_it_is_noticed(fault: Fault, tmp_path: Path) -> None:
    made = planted(fault)
    new = new_of(fault, made, tmp_path)
    told = [(d.span.source.name.endswith(made.name), d.span.line, d.code.id, d.severity, d.message) for d in new]
    meant = [d for d in new if d.code.id == fault.code and d.span.line == made.line and d.span.file.endswith(made.name)]
    assert meant, (made.line, told)
    assert any(SEVERITIES.index(d.severity) >= SEVERITIES.index(fault.severity) for d in meant), told
    others = [d for d in new if d not in meant and d.code.id not in fault.also]
    assert others == [], told


# ── No faults ─────────────────────────────────────────────────────────────

FINE = {
    "a number as text": (AZURE, '      rpm: 100\n', '      rpm: "100"\n'),
    "a timeout as text": (TEAM, "  timeout: 120\n", '  timeout: "120"\n'),
    "a deployment's retries as text": (INCLUDED, "      num_retries: 1\n", '      num_retries: "1"\n'),
    "a deployment's timeout as text": (TEAM, "      timeout: 20 ", '      timeout: "20" '),
    "limits beside the parameters": (AZURE, "      rpm: 100\n      tpm: 1000000\n", "    rpm: 100\n    tpm: 1000000\n"),
    "an order as text": (TEAM, "      temperature: 0.2\n", "      temperature: 0.2\n      order: '1'\n"),
    "a yes as text": (TEAM, "  drop_params: true\n", '  drop_params: "yes"\n'),
    "an order in the model's info": (
        AZURE,
        "      order: 2\n      rpm: 300\n      tpm: 50000\n    model_info:\n",
        "      rpm: 300\n      tpm: 50000\n    model_info:\n      order: 2\n",
    ),
    "an address of another name": (OWN, "      api_base: http://tei", "      base_url: http://tei"),
    "a fallback as a mapping": (TEAM, "    - small: [small-anthropic]\n", "    - small: [{model: small-anthropic}]\n"),
    "a fallback to a model": (TEAM, "    - small: [small-anthropic]\n", "    - small: [anthropic/claude-haiku-4-5]\n"),
    "a fallback to an id": (TEAM, "    - gpt-4: [assistant]\n", "    - gpt-4: [claude-direct]\n"),
    "a fallback to an alias": (PLATFORM, "    - thinking: [smart]\n", "    - thinking: [chat]\n"),
    "fallbacks of everything": (TEAM, "    - small: [small-anthropic]\n", '    - "*": [small-anthropic]\n'),
    "fallbacks of a wildcard's model": (OWN, "  fallbacks:\n", "  fallbacks:\n    - openai/gpt-4o: [tiny]\n"),
    "no fallbacks": (TEAM, "    - small: [small-anthropic]\n", "    - small: []\n"),
    "an empty section": (OWN, "  drop_params: true\n  turn_off_message_logging: true\n", ""),
    "a section in quotes": (TEAM, "\nrouter_settings:\n", '\n"router_settings":\n'),
    "no price": (OWN, "      input_cost_per_token: 0.0000001\n", "      input_cost_per_token: 0\n"),
    "a place for anchors": (CLOUDS, "\nmodel_list:\n", "\n.common: &common {a: b}\n\nmodel_list:\n"),
    "a callback of one's own": (TEAM, 'success_callback: ["langfuse"]', 'success_callback: ["my_module.handler"]'),
    "a bare model": (TEAM, "model: openai/gpt-4.1\n", "model: gpt-4.1\n"),
    "a provider by its key": (OWN, "model: openai/BAAI", "custom_llm_provider: openai\n      model: BAAI"),
    "a name from the environment": (TEAM, "model_name: dictation", "model_name: os.environ/DICTATION"),
    "a word for a key": (TEAM, "  master_key: os.environ/LITELLM_MASTER_KEY\n", "  master_key: your-master-key\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_said_of_what_works(name: str) -> None:
    case, old, new = FINE[name]
    text = (CASES / f"{case}.yaml").read_text(encoding="utf-8")
    assert old in text
    found = fresh(case, read(case, CASES, text.replace(old, new, 1)))
    assert [(d.span.line, d.code.id, d.message) for d in found if d.severity != "info"] == []


# ── Repairs ───────────────────────────────────────────────────────────────


def comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"(?:^|\s)(#.*?)\s*$", text, re.MULTILINE))


def data(text: str) -> Any:
    return yaml.safe_load(text)


REPAIRED = [x for x in FAULTS if x.case != INCLUDED and x.also.keys() != {""}]


# Of each code, how many of the planted faults have a safe repair; of the others none.
SAFE = {"WRP051": 1, "WRP152": 9, "WRP161": 28, "WRP164": 5, "WRP261": 3}


@pytest.mark.parametrize("code", sorted({fault.code for fault in REPAIRED}))
def test_safe_repairs(code: str, tmp_path: Path) -> None:
    """Each leaves a file without the finding, with every comment; a key that was moved is back where it was."""
    safe = [fault for fault in REPAIRED if fault.code == code and safely_repaired(fault, tmp_path)]
    assert len(safe) == SAFE.get(code, 0), [fault.name for fault in safe]


def safely_repaired(fault: Fault, tmp_path: Path) -> bool:
    made = planted(fault)
    new = new_of(fault, made, tmp_path)
    safe = [d for d in new if d.code.id == fault.code and d.span.line == made.line and any(x.safe for x in d.fixes)]
    if fault.moved:
        assert safe, "a key that stands elsewhere can be moved"
    if not safe:
        return False

    def mine(source: Source) -> list[Diagnostic]:
        found = importer("litellm").read(source).diagnostics
        return [d for d in found if d.code.id == fault.code]

    text = repaired(Source("config.yaml", made.text), mine).text
    assert text != made.text
    left = list(fresh(fault.case, read(fault.case, CASES, text)))
    assert [d.message for d in left if d.code.id == fault.code] == []
    assert comments(text) == comments(made.text)
    assert data(text) is not None
    if fault.moved:
        assert data(text) == data((CASES / f"{fault.case}.yaml").read_text(encoding="utf-8"))
        assert left == []
    return True
