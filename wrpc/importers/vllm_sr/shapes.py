"""What keys runtime 0.4 knows, as data: for each mapping its keys, for each key the type of its value.

A shape is one line of `key:type` words. A type is
    text bool int number any        what they say
    a name of RANGES                a number within bounds
    a|b|c  =a                       one of these words, in any case; a word may be empty
    kind, plugin, algorithm_word    one of the words of WORDS
    tokens, version                 see `conform.py`
    [type]  {type}                  a list of it; a mapping from any names to it
    another shape's name            a mapping of that shape
and `!` behind it says that the key has to be there. The keys are those of the JSON Schema in the wheel; ranges and
words are what the router and its command line check, or should.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Literal

from wrpc.importers.vllm_sr.shapes_actions import ACTIONS
from wrpc.importers.vllm_sr.shapes_global import GLOBAL
from wrpc.importers.vllm_sr.shapes_routing import ROUTING
from wrpc.importers.vllm_sr.shapes_signals import SIGNALS

SHAPES = ROUTING | SIGNALS | ACTIONS | GLOBAL

INFINITE = Fraction(10**18)
# name: lowest, highest, whole numbers only
RANGES: dict[str, tuple[Fraction, Fraction, bool]] = {
    "unit": (Fraction(0), Fraction(1), False),
    "margin": (Fraction(-2), Fraction(2), False),
    "nonneg": (Fraction(0), INFINITE, False),
    "natural": (Fraction(0), INFINITE, True),
    "positive": (Fraction(1), INFINITE, True),
    "percent": (Fraction(0), Fraction(100), True),
    "port": (Fraction(1), Fraction(65535), True),
}

# The kinds of signal: the word in a condition, and the section of `signals` that declares it.
KINDS = {
    "authz": "role_bindings",
    "classifier": "classifiers",
    "complexity": "complexity",
    "context": "context",
    "conversation": "conversation",
    "domain": "domains",
    "embedding": "embeddings",
    "event": "events",
    "fact_check": "fact_check",
    "input_modality": "input_modality",
    "jailbreak": "jailbreak",
    "kb": "kb",
    "keyword": "keywords",
    "language": "language",
    "metadata": "metadata",
    "modality": "modality",
    "pii": "pii",
    "preference": "preferences",
    "reask": "reasks",
    "safety": "safety",
    "structure": "structure",
    "user_feedback": "user_feedbacks",
}

PLUGINS = {
    "context_compression": "compression_plugin",
    "fast_response": "fast_response_plugin",
    "hallucination": "hallucination_plugin",
    "header_mutation": "header_mutation_plugin",
    "memory": "memory_plugin",
    "prompt_cache": "prompt_cache_plugin",
    "rag": "rag_plugin",
    "request_params": "request_params_plugin",
    "response_cache": "response_cache_plugin",
    "response_jailbreak": "response_jailbreak_plugin",
    "router_replay": "router_replay_plugin",
    "shadow_dispatch": "shadow_dispatch_plugin",
    "system_prompt": "system_prompt_plugin",
    "tool_selection": "tool_selection_plugin",
    "tools": "tools_plugin",
}
OLDER_PLUGINS = dict.fromkeys(("semantic-cache", "semantic_cache", "response-cache"), "response_cache")

ALGORITHMS = (
    "automix|confidence|fusion|hybrid|kmeans|knn|latency_aware|mlp|multi_factor|prompt|ratings|remom|router_dc|static|"
    "svm|workflows"
)

WORDS: dict[str, tuple[str, ...]] = {
    "kind": (*KINDS, "projection", "kb_metric"),
    "plugin": tuple(PLUGINS),
    "algorithm_word": tuple(ALGORITHMS.split("|")),
}

# What the router takes a word for that is none of these.
READ_AS: dict[tuple[str, ...], str] = {("AND", "OR", "NOT"): "OR", ("AND", "OR", "NOR"): "OR"}

# Keys of older layouts: shape and key, and today's key in the same mapping, or in words where it went.
OLDER: dict[tuple[str, str], str] = {
    ("provider_defaults", "default_model"): "model",
    ("provider_defaults", "default_reasoning_effort"): "reasoning_effort",
    ("backend_ref", "type"): "provider",
    ("routing", "models"): "modelCards",
    ("store_global", "semantic_cache"): "response_cache",
    ("signals", "keyword_rules"): "keywords",
    ("signals", "embedding_rules"): "embeddings",
    ("signals", "categories"): "domains",
    ("signals", "fact_check_rules"): "fact_check",
    ("signals", "user_feedback_rules"): "user_feedbacks",
    ("signals", "reask_rules"): "reasks",
    ("signals", "preference_rules"): "preferences",
    ("signals", "language_rules"): "language",
    ("signals", "context_rules"): "context",
    ("signals", "structure_rules"): "structure",
    ("signals", "complexity_rules"): "complexity",
    ("signals", "modality_rules"): "modality",
}
# Keys without a successor in the same mapping, and what became of them.
GONE: dict[tuple[str, str], str] = {
    ("provider_defaults", "reasoning_families"): "each model has its own `reasoning` today",
    ("provider_model", "reasoning_family"): "a model has a `reasoning` with its `family` today",
    ("model_card", "quality_score"): "quality stands in `evaluation.records` today; the policy keeps it as `quality`",
}
# Values of GONE that the policy language has a place for, so that they survive the reading.
KEPT = {("model_card", "quality_score")}

Form = Literal["list", "map", "shape", "words", "range", "plain"]


@cache
def shape(name: str) -> dict[str, tuple[str, bool]]:
    """The keys of a shape: each with its type, and whether it has to be there."""
    keys: dict[str, tuple[str, bool]] = {}
    for word in SHAPES[name].split(" "):
        key, _, type_ = word.partition(":")
        keys[key] = (type_.removesuffix("!"), type_.endswith("!"))
    return keys


@cache
def form(type_: str) -> Form:
    """How a type is read."""
    if type_.startswith("["):
        return "list"
    if type_.startswith("{"):
        return "map"
    if "|" in type_ or type_.startswith("=") or type_ in WORDS:
        return "words"
    if type_ in RANGES:
        return "range"
    return "shape" if type_ in SHAPES else "plain"


def words(type_: str) -> tuple[str, ...]:
    return WORDS[type_] if type_ in WORDS else tuple(type_.removeprefix("=").split("|"))
