"""LiteLLM's proxy: a configuration whose groups are the plans of the policy, and a hook that keeps its names.

LiteLLM sees which model a request asks for, and no more of it: a policy that goes by one `string` or `one_of` signal
with `source model` is carried, whole names and beginnings. `wrpc_names.py` stands beside the configuration and is
asked before each call, because LiteLLM answers to more names than a file lists (a deployment's own model, its id), and
because a request may bring fallbacks of its own. Without that file the proxy does not start.
"""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.target import (
    Approximate,
    Cannot,
    Construct,
    Elsewhere,
    Emitted,
    Group,
    Native,
    Options,
    Setting,
    Target,
    shared,
)

_NAMES = "model_list[].model_name"
_BLIND = Cannot("LiteLLM goes by the name of the model that a request asks for, and by nothing else of it")
_ENGINE = Elsewhere("the pool's own machines")
_FLEET = Elsewhere("whoever runs the pools")
_PROOF = Elsewhere("the proofs of `wrpc check`")


def _emit(settled: Settled, options: Options) -> Emitted:
    from wrpc.targets.litellm.emit import emit

    return emit(settled, options)


def _read(files: Mapping[str, str], policy: Policy) -> Policy:
    from wrpc.targets.litellm.read import read

    return read(files, policy)


def _check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    from wrpc.targets.litellm.check import check

    return check(files)


TARGET = Target(
    name="litellm",
    title="LiteLLM proxy configuration",
    versions=("1.106",),
    decides=True,
    carries={
        **shared(
            {
                Group.CONDITIONS: _BLIND,
                Group.LOAD: _FLEET,
                Group.SITES: _FLEET,
                Group.MACHINES: _ENGINE,
            }
        ),
        Construct.ONE_OF: Native(f"{_NAMES}, where its source is `model`; of another, an error"),
        Construct.STRING: Native(f"{_NAMES}, where its source is `model`; of another, an error"),
        Construct.SOURCE: Native("the `model` of a request"),
        Construct.ASSUME: Native("names.json: requests that break it are answered 400"),
        Construct.ROUTE: Native(_NAMES),
        Construct.TIER: Native("names.json: which route takes a name"),
        Construct.CONFIDENCE: Native("names.json; where only a confidence orders two routes, an error"),
        Construct.ON_UNKNOWN: Native("names.json: a name is always known"),
        Construct.DEFAULT: Native("the group `*`"),
        Construct.UNROUTED: Native("names.json: answered 404"),
        Construct.WEIGHTS: Native("model_list[].litellm_params.weight"),
        Construct.TO_ANY: Approximate("a group of all pools", "the choice: each pool gets an equal share"),
        Construct.SELECT: Approximate(
            "router_settings.routing_strategy", "how it is measured; one strategy for all groups of several pools"
        ),
        Construct.CASCADE: Cannot("LiteLLM does not judge answers, so requests stay with the first step"),
        Construct.DENY_ROUTE: Native("names.json: answered 403"),
        Construct.OTHERS: Approximate(
            "router_settings.enable_weighted_failover",
            "prompts that are too long and refusals, which leave the group at once; and where a whole group fails, what"
            " follows is tried once more for each of its pools",
        ),
        Construct.FALLBACK: Native("router_settings.fallbacks, to a group of the pool alone"),
        Construct.FALLBACK_CAUSES: Native(
            "router_settings.fallbacks, .context_window_fallbacks, .content_policy_fallbacks: too long a prompt, a"
            " refusal and all others are told apart; of a part of these, a loss"
        ),
        Construct.SPILL: Cannot("a group does not see how busy a pool is"),
        Construct.MIRROR: Cannot("a group sends a request to one deployment"),
        Construct.RETRIES: Native("model_list[].litellm_params.num_retries; of several pools without `others`, a loss"),
        Construct.TIMEOUT: Native("model_list[].litellm_params.timeout, of each try"),
        Construct.REASONING: Cannot("what a request says of it is passed on"),
        Construct.TOOLS: Cannot("what a request says of it is passed on"),
        Construct.CACHE: Cannot("its cache is one for all groups, and by similarity only with a store of its own"),
        Construct.COMPRESS: Cannot("prompts are passed on as they are"),
        Construct.RETAIN: Cannot("a group does not see an engine's cache"),
        Construct.BUDGET: Cannot("its budgets go by deployment, key, team or tag, not by route"),
        Construct.LIMIT: Cannot("its limits go by deployment or key, not by route"),
        Construct.OVER_BUDGET: Cannot("a group does not change with what was used before"),
        Construct.STICKY: Cannot("which deployment of a group is taken does not go by a signal"),
        Construct.CACHE_SCOPE: Cannot("its cache is one for all groups"),
        Construct.GUARD_DENY: Native("names.json: answered 403"),
        Construct.GUARD_FORBID: Native("a group holds what guards leave of a plan"),
        Construct.GUARD_REQUIRE: Cannot("it does not carry out obligations"),
        Construct.MODEL: Native("model_list[].litellm_params.model"),
        Construct.MODEL_SIZE: _ENGINE,
        Construct.MODALITY: _ENGINE,
        Construct.QUALITY: Elsewhere("whoever rates answers: groups do not use it"),
        Construct.POOL: Native("model_list[], model_info.pool"),
        Construct.ENDPOINT: Native("model_list[].litellm_params.api_base"),
        "auth": Native("model_list[].litellm_params.api_key"),
        "api": Native("model_list[].litellm_params.model: the provider before the `/`"),
        Construct.PROVIDER: Native("model_list[].litellm_params.model: the provider before the `/`"),
        Construct.CONTEXT: Native("model_list[].model_info.max_input_tokens"),
        Construct.PRICE: Native("model_list[].model_info.input_cost_per_token and .output_cost_per_token"),
        Construct.ASSERT: _PROOF,
        Construct.TEST: Elsewhere("`wrpc lint` and `wrpc check`, which run them"),
    },
    emit=_emit,
    read=_read,
    check=_check,
    settings={
        "endpoints": Setting("map", 'addresses of pools, in place of their own: `endpoints { local "10.0.0.7:8000" }`'),
        "master_key": Setting(
            "any", 'where the proxy\'s own key comes from: `master_key env("NAME")`; else `LITELLM_MASTER_KEY`'
        ),
    },
)
