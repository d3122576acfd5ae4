"""Whatever the names and texts of a policy are, the files of a target are those of one with harmless names: the same
structure to every reader, no line more, and nothing in them that a terminal or an editor would obey."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from hypothesis import settings

import wrpc.api
from tests.support.compiling import target
from tests.support.hostile import ASKED, ENVOY, NAMES, ROUTED, RUN, TEXTS, filled, places, turns
from wrpc.targets import TARGETS
from wrpc.targets import settings as blocks
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Emitted, Options

TEMPLATES = {"envoy": ROUTED + ENVOY, "vllm-sr": ROUTED, "vllm": RUN, "kserve": RUN, "fleet-sim": RUN, "litellm": ASKED}
OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\U000e0041]"
)


class Core(yaml.CSafeLoader):
    """YAML 1.2: of plain words only the core schema's are more than text."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
     list("-+.0123456789")),
):  # fmt: skip
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})\\Z"), first)
# What it takes for a number is one, which a string is never equal to.
for tag in ("int", "float"):
    Core.add_constructor(f"tag:yaml.org,2002:{tag}", lambda _, node: ("a number", node.value))


def emitted(name: str, text: str) -> Emitted:
    policy = wrpc.api.loads(text)
    block = blocks.block(policy, name)
    options = Options(block.settings, block.spans) if block else Options()
    return target(name).emit(settle(policy), options)


def readings(path: str, text: str) -> Iterator[Any]:
    if path.endswith(".json"):
        yield json.loads(text)
    if path.endswith(".yaml"):
        yield yaml.load(text, Loader=yaml.CSafeLoader)
        yield yaml.load(text, Loader=Core)


def differences(harmless: Any, hostile: Any, given: Mapping[str, str], at: str = "") -> Iterator[str]:
    """Where they are not alike, but for names: a string that has a harmless name in it is some string."""
    if isinstance(harmless, str) and any(word in harmless for word in given):
        if not isinstance(hostile, str):
            yield f"{at}: {hostile!r} for {harmless!r}"
        elif harmless in given and hostile != given[harmless] and not re.fullmatch(r"[ -~]+", hostile):
            yield f"{at}: {hostile!r} for the name {given[harmless]!r}"
    elif isinstance(harmless, bool | str | None) or type(harmless) is not type(hostile):
        if harmless != hostile or type(harmless) is not type(hostile):
            yield f"{at}: {hostile!r} for {harmless!r}"
    elif isinstance(harmless, dict):
        if len(harmless) != len(hostile):
            yield f"{at}: the keys {[*hostile][:20]} for {[*harmless][:20]}"
        for (k, v), (key, w) in zip(harmless.items(), hostile.items(), strict=False):
            yield from differences(k, key, given, f"{at}/{k} itself")
            yield from differences(v, w, given, f"{at}/{k}")
    elif isinstance(harmless, list):
        if len(harmless) != len(hostile):
            yield f"{at}: {len(hostile)} items for {len(harmless)}"
        for i, (v, w) in enumerate(zip(harmless, hostile, strict=False)):
            yield from differences(v, w, given, f"{at}/{i}")
    elif harmless != hostile:
        yield f"{at}: {hostile!r} for {harmless!r}"


def stand_ins(given: Mapping[str, str]) -> dict[str, str]:
    """A harmless word for each place, in the order of the hostile ones, so that what is sorted stays so."""
    order = sorted(given, key=lambda place: given[place])
    return {place: f"zz{order.index(place):02}zz" for place in given}


@pytest.mark.parametrize("name", TEMPLATES)
def test_hostile_names_and_texts_are_names_and_texts(name: str) -> None:
    template = TEMPLATES[name]
    nightly = settings.get_current_profile_name() != "ci"
    tried = compared = 0
    for given in turns(template, 1 if nightly else 3):
        tried += 1
        harmless = stand_ins(given)
        plain = emitted(name, filled(template, harmless))
        assert plain.artifacts, [d.message for d in plain.diagnostics]
        found = emitted(name, filled(template, given))
        if not found.artifacts:
            assert all("would share the header" in d.message for d in found.diagnostics if d.severity == "error")
            continue
        assert len(found.artifacts) == len(plain.artifacts)
        words = {harmless[place]: given[place] for place in given}
        for a, b in zip(plain.artifacts, found.artifacts, strict=True):
            assert OBEYED.search(b.text) is None, (given, b.path)
            assert b.text.splitlines() == b.text.split("\n")[:-1]
            assert OBEYED.search(b.path) is None
            for one, other in zip(readings(a.path, a.text), readings(b.path, b.text), strict=True):
                assert not [*differences(one, other, words)], b.path
        compared += 1
    assert tried >= max(len(NAMES), len(TEXTS)) // 3
    assert compared >= 0.85 * tried


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_list_of_words_is_a_list_of_places(name: str) -> None:
    """Names and texts, of the policy itself and of everything that stands in it."""
    found = places(TEMPLATES[name])
    assert sum(found.values()) >= 3
    assert len(found) - sum(found.values()) >= 5


def test_every_target_is_tried() -> None:
    assert {*TEMPLATES} == {*TARGETS}
