"""Every page of an importer's code: its `Bad` is a configuration that gives that code."""

from __future__ import annotations

import pytest

from tests.policy.pages import examples
from wrpc.diagnostics import Code
from wrpc.importers import importer
from wrpc.importers.codes import CODES
from wrpc.importers.foreign import read
from wrpc.importers.litellm import codes as litellm
from wrpc.source import Source

# What no page can show: 4 MB, a depth of 200, what a command was asked.
WITHOUT_BAD = {"WRP055", "WRP056", "WRP058"}
GATEWAY = tuple(value for value in vars(litellm).values() if isinstance(value, Code))


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
        source = Source("config.yaml", text)
        # What a file is, and where a configuration lives in it, no importer says.
        homes = code.id.startswith("WRP07")
        found = (read(source).findings if homes else importer("vllm-sr").read(source)).diagnostics
        assert code.id in {d.code.id for d in found}
        assert homes or {d.code.id for d in found if d.severity != "info"} <= {code.id}


@pytest.mark.parametrize("code", GATEWAY, ids=lambda c: c.id)
def test_page_of_a_gateway(code: Code) -> None:
    """Its `Bad` gives that finding and nothing else that would be one, its `Good` none."""
    assert code.summary.endswith(".")
    assert "How to repair:" in code.page
    assert examples(code, "Bad")
    for part, expected in (("Bad", {code.id}), ("Good", set[str]())):
        for text in examples(code, part):
            found = importer("litellm").read(Source("config.yaml", text)).diagnostics
            told = {d.code.id for d in found if d.severity != "info" or d.code.id == code.id}
            assert told - {"WRP180" if code.id != "WRP180" else ""} == expected
