"""The findings that every importer has: how each is worded, and what is offered with it."""

from __future__ import annotations

import pytest

from wrpc.importers import document
from wrpc.importers.document import Keys, Node
from wrpc.importers.faults import unknown_word, wrong_type
from wrpc.source import Source

WORDS = ("least-busy", "latency-based", "cost-based", "usage", "shuffle", "weighted", "pinned")
ALL = "known: " + ", ".join(f"`{word}`" for word in WORDS)


def node(text: str) -> Node:
    root, found = document.read(Source("x.yaml", f"a: {text}\n"), document.PYYAML)
    assert isinstance(root, Keys)
    assert found == []
    return root["a"]


@pytest.mark.parametrize(
    ("called", "message"),
    [
        ("", "`guardrails` is text, where a mapping is expected; it is ignored"),
        ("a guardrail", "a guardrail is text, where a mapping is expected; it is ignored"),
    ],
)
def test_a_value_of_another_type_is_called_by_its_key_or_in_words(called: str, message: str) -> None:
    found = wrong_type(node("pii"), "a mapping", "guardrails", severity="warning", end="; it is ignored", called=called)
    assert (found.message, found.severity, found.span.text) == (message, "warning", "pii")


@pytest.mark.parametrize(
    ("written", "most", "help_"),
    [
        ("zzz", None, ALL),
        ("zzz", 7, ALL),
        ("zzz", 6, None),
        ("least-bsy", 6, "did you mean `least-busy`?"),
    ],
)
def test_many_words_are_not_listed_and_a_close_one_is_always_named(
    written: str, most: int | None, help_: str | None
) -> None:
    assert unknown_word(node(written), "routing_strategy", WORDS, most=most).help == help_
