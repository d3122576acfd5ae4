"""Resources that an importer reads come to it together, as the documents of one text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wrpc.diagnostics import Code, Edit, Fix, finding
from wrpc.importers import document
from wrpc.importers.document import Keys
from wrpc.importers.homes import find
from wrpc.importers.importer import Imported
from wrpc.source import Source

FILE = """\
# pool and route
apiVersion: vllm.ai/v1alpha1
kind: IntelligentPool
metadata: {name: models}
spec:
  defaultModel: small
---
apiVersion: v1
kind: List
items:
  - kind: Service
    apiVersion: v1
  - apiVersion: vllm.ai/v1alpha1
    kind: IntelligentRoute
    metadata: {name: ways}
    spec:
      decisions: []  # none
---
apiVersion: apps/v1
kind: Deployment
"""


@dataclass
class Reader:
    title: str = "pools and ways"
    releases: tuple[str, ...] = ("1",)
    marks: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = ("IntelligentPool", "IntelligentRoute")

    def read(self, source: Source, release: str | None = None) -> Imported:
        raise NotImplementedError


def test_resources_come_together() -> None:
    outer = Source("all.yaml", FILE)
    found = find(outer, {"ways": Reader()})
    (home,) = found.homes
    assert home.where == "IntelligentPool and IntelligentRoute"
    roots = [d.root for d in document.read_all(home.source).documents]
    assert [root["kind"].span.text for root in roots if isinstance(root, Keys)] == [
        "IntelligentPool",
        "IntelligentRoute",
    ]
    assert [d.message.rpartition("(")[2] for d in found.skipped] == ["it looks like a Kubernetes Deployment)"]
    # A finding of the second one, and its repair, in the file.
    second = roots[1]
    assert isinstance(second, Keys)
    spec = second["spec"]
    assert isinstance(spec, Keys)
    at = spec.key("decisions")
    fix = Fix(at, "rules", "t", also=(Edit(home.source.span(at.start, at.start), "x: 1\n  "),))
    assert home.excerpt is not None
    told = home.excerpt.bring(finding(Code("WRP999", "x", "error"), "m", at, fixes=[Fix(at, "rules", "t"), fix]))
    assert (told.span.line, told.span.column, told.span.text) == (17, 7, "decisions")
    (only,) = told.fixes  # the other one has two edits of one place
    assert only.span.source is outer
    assert outer.text[: only.span.start] + only.text + outer.text[only.span.end :] == FILE.replace("decisions", "rules")
