"""Step models of data sheets: what fits, what is faster, and which models are known by their repository."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wrpc.fleet.gpus import GPUS, gpu
from wrpc.fleet.models import SHAPES, shape
from wrpc.fleet.sheet import sheet
from wrpc.policy.hardware import memory
from wrpc.policy.model import Model
from wrpc.source import Source, Span

GIB = 2**30
SPAN = Span(Source("m.wrp", "model m { }"), 0, 1)


def model(**given) -> Model:
    return Model("m", SPAN, **given)


def made(name: str, source: str, tensor: int = 1, pipeline: int = 1):
    part, known = gpu(name), shape(model(source=source))
    assert part is not None
    assert known is not None
    return sheet(part, (memory(name) or 0) * GIB, known, tensor, pipeline)


def test_weights_that_do_not_fit():
    assert made("h100", "meta-llama/Llama-3.1-70B-Instruct") is None
    assert made("h100", "meta-llama/Llama-3.1-70B-Instruct", tensor=2) is not None
    assert made("a10g", "Qwen/Qwen3-32B") is None


def test_more_gpus_are_faster_and_hold_more():
    one, two, stages = (made("h100", "Qwen/Qwen3-32B", t, p) for t, p in ((1, 1), (2, 1), (1, 2)))
    assert one
    assert two
    assert stages
    assert two.engine.step.fixed < one.engine.step.fixed
    assert two.engine.kv_tokens > one.engine.kv_tokens
    assert stages.engine.step == one.engine.step
    assert stages.engine.kv_tokens == two.engine.kv_tokens


def test_a_published_cache_size():
    """LLMServingSim's bench: vLLM 0.19 gives Llama-3.1-8B 41,408 tokens on an RTX 4090, whose 24 GB are nearly full of
    the weights; the sheet knows the order."""
    found = made("rtx_4090", "meta-llama/Llama-3.1-8B-Instruct")
    assert found
    assert 20_000 < found.engine.kv_tokens < 60_000


@pytest.mark.parametrize(
    ("source", "listed"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("meta-llama/Meta-Llama-3.1-70B-Instruct", "llama-3.1-70b"),
        ("Qwen/Qwen3-30B-A3B-Instruct-2507", "qwen3-30b-a3b"),
        ("Qwen/Qwen3-32B-FP8", None),
        ("Qwen/Qwen3-32B-AWQ", None),
        ("somebody/own-model", None),
    ],
)
def test_models_by_their_repository(source, listed):
    assert shape(model(source=source)) == (SHAPES[listed] if listed else None)


def test_what_the_policy_says_comes_first():
    found = shape(model(source="Qwen/Qwen3-32B-FP8", weights=Fraction(33 * GIB), kv_per_token=Fraction(128 * 1024)))
    assert found
    assert (found.weights, found.kv) == (33 * GIB, 128 * 1024)
    unknown = shape(model(weights=Fraction(14 * 10**9), kv_per_token=Fraction(100_000)))
    assert unknown
    assert unknown.total == unknown.active == 7e9, "without more, two bytes a parameter"
    assert shape(model(weights=Fraction(14 * 10**9))) is None


def test_a_mixture_is_trusted_less():
    dense, mixture = made("h100", "Qwen/Qwen3-32B"), made("h100", "Qwen/Qwen3-30B-A3B")
    assert dense
    assert mixture
    assert (dense.factor, mixture.factor) == (1.5, 2.0)


def test_all_of_the_catalogue_makes_something():
    for name in GPUS:
        for listed in SHAPES:
            for tensor in (1, 8):
                found = made(name, f"x/{listed}", tensor)
                assert found is None or (found.engine.step.fixed > 0 and found.engine.kv_tokens >= 0)
