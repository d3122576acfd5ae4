"""The command line of the router and `check --from vllm-sr` over files with one fault each: one verdict, or a reason.

What the command line refuses is an error here, without exception. What is an error here and nothing to it stands in
`STRICTER`, by its code and a part of its message, with the reason. `WRPC_MUTATIONS=all` takes every mutation, which is
some minutes; else each STRIDEth. The program of each release judges files of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conformance.vllm_sr.mutations import mutations
from wrpc.diagnostics import Diagnostic
from wrpc.importers import importer
from wrpc.importers.vllm_sr.facts import NEWEST
from wrpc.source import Source

HERE = Path(__file__).resolve().parent
RELEASES = {"0.4": "vllm-sr", "0.3": "vllm-sr-0.3"}
STRIDE = 1 if os.environ.get("WRPC_MUTATIONS") == "all" else 23
LEAST, LEAST_REFUSED = 170, 100

NEVER = "the router compares with words of its own, so that another never holds"
UNDECLARED = "the command line looks at no score and no mapping; the router refuses the name when it starts"
TWICE = "what the second of one name says is lost without a word"
STRICTER: dict[tuple[str, str], str] = {
    ("WRP151", "which is not declared"): UNDECLARED,
    ("WRP151", "no score is called"): UNDECLARED,
    ("WRP151", "signal is called"): UNDECLARED,
    ("WRP151", "not one of the categories"): "the router refuses it when it starts",
    ("WRP151", "has no metric"): UNDECLARED,
    ("WRP151", "no domain and no embedding"): UNDECLARED,
    ("WRP151", "not one of its members"): UNDECLARED,
    ("WRP153", "outside"): "the number is a share, or a port: beyond it nothing fires, and nobody listens",
    ("WRP153", "below"): "less than nothing is taken for nothing, in silence",
    ("WRP154", "names the model"): "a model that stands twice in a decision counts once",
    ("WRP154", "two plugins"): "of two plugins of one type one holds, in silence",
    ("WRP155", "pattern"): "the router refuses a regular expression that does not compile when it starts",
    ("WRP156", "is not a value of"): NEVER,
    ("WRP157", "recipe"): "a recipe without a routing answers nothing",
    ("WRP157", "names nothing"): UNDECLARED,
    ("WRP157", "has no `metric`"): UNDECLARED,
    ("WRP157", "so it never holds"): "the command line takes a root without a `type` for one that always holds",
    ("WRP157", "compares with nothing"): "the router refuses it when it starts",
    ("WRP159", "stands over no condition"): "the router's OR over nothing never holds, and its NOT neither",
    ("WRP159", "it takes exactly one"): "the router's NOT over several never holds",
    ("WRP159", "has both a `type`"): "the router reads one of the two in silence",
    ("WRP252", "never fires"): "whatever asks for the output waits for ever",
    ("WRP253", "no number is in the range"): "no request is in the range",
    ("WRP253", "ends at"): "no request is in the range",
    ("WRP253", "both at once"): "no request is in the range",
    ("WRP160", "scores are made of each other"): "a score through another's mapping is a circle here, too",
    ("WRP284", "claims more"): "the router compiles its catalogue when it starts",
    ("WRP280", "`target_tokens` is not below"): "the router refuses it when it starts",
}
# Beside those: before 0.4 the command line looks at no name but that of a condition, and reads a root as it can.
OLDER: dict[tuple[str, str], str] = {
    ("WRP151", "no mapping has an output"): UNDECLARED,
    ("WRP154", "are called"): TWICE,
    ("WRP157", "a condition has no `type`"): NEVER,
    ("WRP157", "which a source of type"): "the signal counts nothing, so that it never fires",
}


@pytest.fixture(scope="session", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def python(release: str, environment: Callable[[str], Path]) -> Path:
    named = os.environ.get("WRPC_VLLM_SR") if release == NEWEST else None
    return (Path(named).parent if named else environment(RELEASES[release])) / "python"


def bases(release: str) -> list[Path]:
    return sorted((HERE / "bases" / release).glob("*.yaml"))


def judged(texts: list[str], python: Path) -> list[list[str]]:
    done = subprocess.run(
        [str(python), str(HERE / "judge.py")],
        input=json.dumps(texts), capture_output=True, text=True, timeout=1800, check=True,
    )  # fmt: skip
    said: list[list[str]] = json.loads(done.stdout)
    return said


def errors(text: str, release: str) -> list[Diagnostic]:
    found = importer("vllm-sr").read(Source("config.yaml", text), release).diagnostics
    return [d for d in found if d.severity == "error"]


def reason(found: Diagnostic, release: str) -> tuple[str, str] | None:
    known = STRICTER if release == NEWEST else STRICTER | OLDER
    return next((key for key in known if key[0] == found.code.id and key[1] in found.message), None)


def test_the_bases_are_right_to_both(release: str, python: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in bases(release)]
    assert judged(texts, python) == [[]] * len(texts)
    assert [[d.message for d in errors(text, release)] for text in texts] == [[]] * len(texts)


def test_one_verdict_over_mutated_files(release: str, python: Path) -> None:
    cases: dict[str, str] = {}
    for path in bases(release):
        every = enumerate(mutations(yaml.safe_load(path.read_text(encoding="utf-8"))))
        cases |= {f"{path.stem}: {n}": yaml.safe_dump(c, sort_keys=False) for i, (n, c) in every if i % STRIDE == 0}
    verdicts = judged(list(cases.values()), python)
    missed, stricter = list[str](), list[str]()
    for (name, text), said in zip(cases.items(), verdicts, strict=True):
        found = errors(text, release)
        if said and not found:
            missed.append(f"{name}: {said[0]}")
        if not said:
            stricter += [f"{name}: {d.code.id} {d.message}" for d in found if reason(d, release) is None]
        lines = text.count("\n") + 1
        assert all(1 <= d.span.line <= lines for d in found)
    assert missed == []
    assert stricter == []
    assert len(cases) >= LEAST
    assert sum(bool(said) for said in verdicts) >= LEAST_REFUSED


def test_every_reason_is_one_sentence() -> None:
    assert all(re.fullmatch(r"[a-z][^.]*", why) for why in (STRICTER | OLDER).values())
