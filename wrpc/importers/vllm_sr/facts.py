"""What a release of vLLM Semantic Router reads, takes and knows: data of `releases/`.

`RELEASE.json` is what `scripts/vllm_sr_facts` finds in the program; `beyond.json` what neither of its judges refuses
and yet never works; `before.json` the keys of releases before. A file is read by the newest release's schema with these
two; by the older one's it is only judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from wrpc.importers.document import Node, Scalar
from wrpc.importers.schema import Reader, Schema, schema

FOLDER = files("wrpc.importers.vllm_sr") / "releases"
NEWEST, OLDEST = "0.4", "0.3"

OF_RULES = ("AND", "OR", "NOT")
OF_KEYWORDS = ("AND", "OR", "NOR")
_TOKENS = re.compile(r"\s*([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*([kKmM]?)\s*\Z")


def _tokens(node: Scalar) -> Node | str:
    """A count of tokens, in which K is 1,000 and M a million; its value becomes an int."""
    match = _TOKENS.match(node.text)
    if isinstance(node.value, bool) or not match:
        return "below 0" if node.text.lstrip().startswith("-") else ""
    scale = {"": 1, "K": 1000, "M": 1_000_000}[match[3].upper()]
    return Scalar(int(Fraction(match[1]) * scale), node.text, node.span)


def _operator(words: tuple[str, ...]) -> Reader:
    """An operator is read in any case; what becomes of another word the rule's reader says."""

    def read(node: Scalar) -> Node | str:
        if not isinstance(node.value, str):
            return ""
        word = node.value.strip().upper()
        return Scalar(word if word in words else node.value, node.text, node.span)

    return Reader("a word", read)


READERS = {
    "tokens": Reader("a number of tokens such as `8K`", _tokens),
    "rule_operator": _operator(OF_RULES),
    "keyword_operator": _operator(OF_KEYWORDS),
}


@dataclass(frozen=True)
class Facts:
    """One release. `kinds` are the kinds of signal, each with its section; `algorithms` have each the block of its
    settings; `families` are those of reasoning, `models` the catalogue of the wheel."""

    release: str
    schema: Schema
    kinds: Mapping[str, str]
    algorithms: Mapping[str, str | None]
    families: Mapping[str, Mapping[str, Any]]
    models: Mapping[str, Mapping[str, Any]]
    providers: Mapping[str, Mapping[str, Any]]
    system: frozenset[str]
    deployments: Mapping[str, Any]
    gone_words: frozenset[str]


@dataclass(frozen=True)
class Older:
    """What the command line before 0.4 judges by. `suffixes` are the ends that a condition's name has, by its kind."""

    schema: Schema
    kinds: Mapping[str, str]
    suffixes: Mapping[str, Sequence[str]]
    algorithms: Mapping[str, str | None]


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


@cache
def facts() -> Facts:
    found, beyond, before = _read(f"{NEWEST}.json"), _read("beyond.json"), _read("before.json")
    shapes: dict[str, dict[str, Any]] = found["shapes"]
    for name, keys in beyond["shapes"].items():
        shape = shapes.setdefault(name, {"keys": {}})
        shapes[name] = shape | {"keys": shape["keys"] | keys}
    for name, older in before["shapes"].items():
        shape = shapes[name]
        shapes[name] = shape | older | {"keys": shape["keys"] | older.get("keys", {})}
    words = found["words"] | beyond["words"]
    data = found | {"words": words, "older words": beyond["older words"]}
    return Facts(
        found["release"],
        schema(data, READERS),
        {kind: section for kind, section in found["kinds"].items() if kind != "hallucination"},
        found["algorithms"],
        found["families"],
        found["models"],
        found["providers"],
        frozenset(found["system"]),
        found["deployments"],
        frozenset(before["words"]),
    )


@cache
def older() -> Older:
    found = _read(f"{OLDEST}.json")
    return Older(schema(found), found["kinds"], found["suffixes"], found["algorithms"])
