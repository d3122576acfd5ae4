"""Names that importers give."""

from __future__ import annotations

import pytest

import wrpc.api
from tests.support.hostile import LETTERS
from wrpc.importers import importer
from wrpc.importers.sketch import Names
from wrpc.letters import plain, quoted
from wrpc.source import Source
from wrpc.syntax.format import format_file


@pytest.mark.parametrize("text", [*LETTERS, "", " "])
def test_a_name_is_one_to_read(text: str) -> None:
    names = Names()
    given = [names.give(text, "pool") for _ in range(3)]
    assert all(map(plain, given))
    assert len({*given}) == 3


@pytest.mark.parametrize("letter", ["\x1b", "\x85", "\u2028", "\u202e", "\r", "\x9b"])
def test_an_imported_policy_is_one_to_read(letter: str) -> None:
    """Whatever stands in the foreign file, and what it says there is not lost."""
    group = f"a{letter}b: c"
    source = Source(
        "config.yaml",
        f"model_list:\n- model_name: {quoted(group)}\n  litellm_params:\n    model: {quoted(f'openai/{group}')}\n"
        f"    api_base: {quoted(f'http://h/{letter}')}\n",
    )
    (found,) = importer("litellm").read(source).policies
    text = format_file(found.tree)
    assert plain(text.replace("\n", ""))
    policy = wrpc.api.loads(text)
    assert [p.labels["group"] for p in policy.pools.values()] == [group]
