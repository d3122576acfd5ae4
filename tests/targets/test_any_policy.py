"""Whatever the policy: a compile ends in files that read back as it says, or in findings; it never breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.volume import compared, many
from tests.support.compiling import compiled, files, target
from wrpc.diagnostics import Findings
from wrpc.policy.model import Amount, Env, KvCache, Model, Phase, Policy, Pool, Slo, Workload
from wrpc.targets import TARGETS
from wrpc.targets.constructs import used
from wrpc.targets.manifest import manifest


def some(*values: Any, faulty: tuple[Any, ...] = ()) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return values, faulty


COUNTS = some((1, 1), (2, 5), faulty=(None, (0, 3)))
PARALLEL = some(None, 1, 2, 4, faulty=(3,))
GPUS = some("h100", "a100", "A10G", faulty=(None, "h200"))
CONTEXTS = some(None, 512, 8192, 65_536, faulty=(100, 131_072))
ENGINES = some(None, "vllm", faulty=("sglang",))
ROLES = some(None, "both", "prefill", "decode")
TIERS = some(None, "gpu", "cpu", faulty=("disk", "tape"))
SIZES = some(Fraction(2**36), Fraction(10**11), faulty=(None, Fraction(0)))
AUTH = some(None, Env("KEY"))
APIS = some(None, "openai", "anthropic", "vertex")
STARTUP = some(None, Fraction(90))
SHARED = some(None, faulty=("lmcache", "pigeons"))
RATES = some((Fraction(5),), tuple(map(Fraction, range(24))), faulty=((), (Fraction(0),)))
POINTS = some(((512, 1),), ((512, "0.4"), (9000, 1)), faulty=(None, (), ((512, 1), (100, 1)), ((8, "0.9"),)))
SOURCES = some("org/m", "org/n", faulty=(None,))


class Hand:
    """Draws what a pool stands on and what arrives: only what is sound, or now and then what is not."""

    def __init__(self, dice: Dice, faulty: bool) -> None:
        self.dice = dice
        self.faulty = faulty

    def of(self, values: tuple[tuple[Any, ...], tuple[Any, ...]]) -> Any:
        sound, faulty = values
        # Most draws are sound, so that one fault does not always hide the next.
        pick = faulty if self.faulty and faulty and self.dice.number(0, 5) == 0 else sound
        return self.dice.one(pick)

    def chance(self, one_in: int) -> bool:
        return self.dice.number(1, one_in) == 1

    def phase(self) -> Phase:
        return Phase(self.of(GPUS), self.of(COUNTS), self.of(PARALLEL), None)

    def cache(self) -> KvCache:
        if self.chance(3):
            return KvCache(share=self.of(SHARED), tiers={self.of(TIERS) or "cpu": self.of(SIZES) or Fraction(1)})
        return KvCache(self.of(TIERS), self.of(SIZES), self.of(SHARED))

    def pool(self, pool: Pool, model: Model) -> Pool:
        if self.faulty and self.chance(8):
            return pool
        apart = self.chance(4)
        cached = self.chance(2)
        return replace(
            pool,
            model=model.name,
            engine=self.of(ENGINES),
            provider=None,
            gpu=self.of(GPUS),
            replicas=self.of(COUNTS),
            tensor_parallel=self.of(PARALLEL),
            pipeline_parallel=self.of(PARALLEL),
            context=self.of(CONTEXTS),
            role=self.of(ROLES),
            prefill=self.phase() if apart else None,
            decode=self.phase() if apart else None,
            kv_cache=self.cache() if cached else None,
            auth=self.of(AUTH),
            api=self.of(APIS),
            startup=self.of(STARTUP),
        )

    def policy(self, policy: Policy) -> Policy:
        span = policy.sources[0].span()
        model = Model(
            "the model",
            span,
            source=self.of(SOURCES),
            context=65_536,
            weights=Fraction(2**36),
            heads=64,
            layers=48,
            kv_per_token=Fraction(2**18),
        )
        points = self.of(POINTS)
        lengths = points and tuple((Amount(Fraction(t)), Amount(Fraction(f))) for t, f in points)
        when = self.dice.one([None, *(r.when for r in policy.routes.values())])
        load = Workload("the load", when, self.of(RATES), lengths, None, Slo(ttft_p99=Fraction(1, 2)), span)
        pools = {name: self.pool(pool, model) for name, pool in policy.pools.items()}
        return replace(policy, pools=pools, models={**policy.models, model.name: model}, workloads={load.name: load})


def standing(faulty: bool) -> Callable[[Dice], Policy]:
    return lambda dice: Hand(dice, faulty).policy(dice.draw(policies()))


# What chance may bring about in a sound policy: a load that nobody has, or that is denied throughout.
IDLE = ("has no request that its `when` admits", "has no length that its `when` admits", "no workload reaches a pool")


@many(500, floors=130)
@given(dice=dices())
@pytest.mark.parametrize("name", ["fleet-sim", "vllm"])
def test_a_sound_policy_has_files_that_read_back(name: str, dice: Dice) -> None:
    policy = dice.draw(standing(faulty=False))
    found = compiled(policy, name)
    errors = [d.message for d in found.diagnostics if d.severity == "error"]
    if any(idle in message for idle in IDLE for message in errors):
        return
    compared()
    assert not errors
    content = json.loads(manifest(policy, [found], Findings()).text)
    assert {a["path"] for a in content["targets"][name]["artifacts"]} == {f"{name}/{p}" for p in files(found)}
    read = target(name).read
    assert read is not None
    seen = read(files(found), policy)
    assert seen.pools.keys() == policy.pools.keys()
    for pool in seen.pools.values():
        assert pool.context == (policy.pools[pool.name].context or 65_536)
    assert compiled(policy, name).artifacts == found.artifacts


@many(500, floors={"refused": 350})
@given(dice=dices())
@pytest.mark.parametrize("name", ["fleet-sim", "vllm"])
def test_any_other_has_files_or_findings(name: str, dice: Dice) -> None:
    policy = dice.draw(standing(faulty=True))
    found = compiled(policy, name)
    assert found.ok is bool(found.artifacts)
    assert found.ok is not any(d.severity == "error" for d in found.diagnostics)
    compared("written" if found.ok else "refused")


@many(2_000)
@given(dice=dices())
def test_every_use_has_a_row_in_every_target(dice: Dice) -> None:
    policy = dice.draw(policies())
    uses = used(policy)
    for name in TARGETS:
        assert {u.construct for u in uses} <= set(target(name).carries)
    assert all(u.span.source.text for u in uses)
