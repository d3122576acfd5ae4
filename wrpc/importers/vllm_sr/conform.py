"""A document made to fit the schema: what does not fit is reported and left out, older keys get today's names."""

from __future__ import annotations

from wrpc.diagnostics import Diagnostic, nearest
from wrpc.importers.document import Keys
from wrpc.importers.faults import Report, misfit
from wrpc.importers.fitting import Misfit, fit
from wrpc.importers.vllm_sr.facts import NEWEST, facts

OLDEST = "0.3"


def fitted(root: Keys) -> tuple[Keys, list[Misfit]]:
    found: list[Misfit] = []
    node = fit(root, "file", "the file", facts().schema, found.append)
    return (node if isinstance(node, Keys) else root), found


def release_of(found: list[Misfit]) -> str:
    """The newest release that reads the keys of a file."""
    return OLDEST if any(each.wrong in ("older", "gone") and each.pair is not None for each in found) else NEWEST


def say(found: list[Misfit], release: str, report: Report) -> None:
    for each in found:
        if each.wrong == "missing" and nearest(each.key, each.known):
            continue  # the misspelt key says it
        report.add(_said(each, release))


def _said(each: Misfit, release: str) -> Diagnostic:
    if each.wrong in ("older", "gone") and each.pair is not None and release == NEWEST:
        return misfit(each, severity="error", end=f"; vLLM-SR {NEWEST} refuses it")
    return misfit(each)
