"""Compiled files against their policy, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wrpc.report import text, units
from wrpc.report.changes import outcome
from wrpc.report.json import diagnostic
from wrpc.report.screen import Line
from wrpc.verify.artifacts import Report

STYLES = {"equal": "proved", "different": "error", "open": "open"}
MEANS = {
    "equal": "the files decide every request as the policy does",
    "different": "the files do not do what the policy says",
    "open": "whether the files decide as the policy does is not known",
}


def document(found: Report) -> dict[str, object]:
    return {
        "version": 1,
        "verdict": found.verdict,
        "targets": [t.json() for t in found.targets],
        "diagnostics": [diagnostic(d) for d in found.findings.diagnostics],
    }


def render(found: Report, dimensions: Mapping[str, str] | None = None) -> Iterator[Line]:
    for each in found.findings.diagnostics:
        yield from text.finding(each)
        yield ()
    for target in found.targets:
        why = f": {target.why}" if target.why else ""
        yield ((f"{target.target}: ", "label"), (target.verdict, STYLES[target.verdict]), (why, ""))
        for each_one in target.differences:
            yield (("  --> ", "label"), (each_one.entry, "place"))
            if each_one.what is not None:
                yield ((f"  {each_one.what} is not as compiled", ""),)
            if each_one.region is not None:
                yield (("  when: ", "label"), (each_one.region, ""))
            if each_one.witness is not None:
                yield (("  with: ", "label"), (units.request(each_one.witness, dimensions), ""))
            for who, decision in (("policy", each_one.policy), ("file", each_one.artifact)):
                if decision is not None:
                    yield ((f"  {who}: ", "label"), (outcome(decision), "new" if who == "policy" else "old"))
        yield ()
    yield ((f"{found.verdict}: {MEANS[found.verdict]}", STYLES[found.verdict]),)
