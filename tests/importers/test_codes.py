"""Every page of an importer's code: its `Bad` is a configuration that gives that code."""

from __future__ import annotations

import pytest

from tests.policy.pages import examples
from wrpc.diagnostics import Code
from wrpc.importers import importer
from wrpc.importers.codes import CODES
from wrpc.source import Source

# What no page can show: 4 MB, or a depth of 200.
WITHOUT_BAD = {"WRP055", "WRP056"}


def test_unique() -> None:
    ids = [c.id for c in CODES]
    assert ids == sorted(set(ids))
    assert len({c.name for c in CODES}) == len(CODES)


@pytest.mark.parametrize("code", CODES, ids=lambda c: c.id)
def test_page(code: Code) -> None:
    assert code.summary.endswith(".")
    assert "How to repair:" in code.page
    bad = examples(code, "Bad")
    assert bool(bad) != (code.id in WITHOUT_BAD)
    for text in bad:
        found = importer("vllm-sr").read(Source("config.yaml", text)).diagnostics
        assert code.id in {d.code.id for d in found}
        assert {d.code.id for d in found if d.severity != "info"} <= {code.id}
