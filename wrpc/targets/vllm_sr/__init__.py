"""vLLM Semantic Router: one `config.yaml`, version v0.3, with the meaning that runtime 0.4 gives it."""

from __future__ import annotations

from wrpc.targets.target import Approximate, Cannot, Construct, Elsewhere, Group, Native, Setting, Target, shared
from wrpc.targets.vllm_sr.check import check
from wrpc.targets.vllm_sr.emit import emit
from wrpc.targets.vllm_sr.read import read

ENGINE = Elsewhere("the engine's own configuration (target `vllm`)")
FLEET = Elsewhere("the fleet (targets `vllm` and `fleet-sim`)")
PROOF = Elsewhere("the proofs of `wrpc check`")

TARGET = Target(
    name="vllm-sr",
    title="vLLM Semantic Router configuration v0.3, for runtime 0.4",
    versions=("0.4",),
    decides=True,
    carries={
        **shared({Group.LOAD: FLEET, Group.MACHINES: ENGINE, Group.SITES: FLEET}),
        Construct.BOOL: Native("routing.signals"),
        Construct.INT: Native("routing.signals: a rule for each bound"),
        Construct.REAL: Native("routing.signals: a rule for each bound"),
        Construct.ONE_OF: Approximate(
            "routing.signals: a rule for each name", "that one of them always holds: a classifier may name none"
        ),
        Construct.ANY_OF: Cannot("a rule cannot read a set of names"),
        Construct.STRING: Cannot("a rule cannot compare strings"),
        Construct.SCORE: Native("routing.signals"),
        Construct.SOURCE: Native("routing.signals"),
        Construct.ON_ERROR: Native("rules.on_unknown, and on_error of a classifier's condition"),
        Construct.FAILED: Native("rules: an evaluator that fails is unknown"),
        Construct.ABSENT: Cannot("a rule that finds no header does not hold, whatever that means"),
        Construct.GROUP: Native("routing.projections.partitions, or by the classifier itself"),
        Construct.SUM: Native("routing.projections.scores"),
        Construct.BAND: Native("routing.projections.mappings"),
        Construct.COMPARE_SIGNALS: Native("routing.projections.scores"),
        Construct.ASSUME: PROOF,
        Construct.ROUTE: Native("routing.decisions"),
        Construct.TIER: Native("routing.decisions[].tier and .priority"),
        Construct.CONFIDENCE: Native("routing.strategy"),
        Construct.ON_UNKNOWN: Native("rules.on_unknown"),
        Construct.DEFAULT: Native("providers.defaults.model, or a last decision without rules"),
        Construct.UNROUTED: Native("no providers.defaults.model"),
        Construct.WEIGHTS: Approximate(
            "modelRefs[].weight", "the shares: the router picks one of the models by an algorithm of its own"
        ),
        Construct.TO_ANY: Native("a decision without modelRefs"),
        Construct.SELECT: Approximate(
            "algorithm.type", "the settings of the algorithm, but for those in the target's block"
        ),
        Construct.CASCADE: Approximate(
            "algorithm.confidence, escalation_order: declared", "which measure of an answer's confidence is meant"
        ),
        Construct.DENY_ROUTE: Native("plugins: fast_response"),
        Construct.OTHERS: Cannot("a decision lists models to choose from, but no fallbacks"),
        Construct.FALLBACK: Cannot("a decision lists models to choose from, but no fallbacks"),
        Construct.FALLBACK_CAUSES: Cannot("a decision lists models to choose from, but no fallbacks"),
        Construct.SPILL: Cannot("a decision does not see how busy a pool is"),
        Construct.MIRROR: Native("plugins: shadow_dispatch"),
        Construct.RETRIES: Cannot("its retries are the same for all decisions"),
        Construct.TIMEOUT: Cannot("a timeout belongs to the listener"),
        Construct.REASONING: Native("modelRefs[].use_reasoning and .reasoning_effort"),
        Construct.TOOLS: Native("plugins: tools"),
        Construct.CACHE: Native("plugins: response_cache"),
        Construct.COMPRESS: Native("plugins: context_compression"),
        Construct.RETAIN: Approximate("emits: retention.ttl_turns", "the share, and a time that is not in turns"),
        Construct.BUDGET: Cannot("its rate limits go by user, group and model, not by decision"),
        Construct.LIMIT: Cannot("its rate limits go by user, group and model, not by decision"),
        Construct.OVER_BUDGET: Cannot("a decision does not change with what was used before"),
        Construct.STICKY: Cannot("which of its models a decision picks does not go by a signal"),
        Construct.CACHE_SCOPE: Native(
            "response_cache.scope: of a signal from the header x-authz-user-id, from `tenant` or from "
            '`authz("team")`; of another, a loss'
        ),
        Construct.GUARD_DENY: Native("a decision in tier 1 that answers by itself"),
        Construct.GUARD_FORBID: Native("a decision for each set of guards that do not fire"),
        Construct.GUARD_REQUIRE: Cannot("it does not carry out obligations"),
        Construct.MODEL: Native("routing.modelCards"),
        Construct.MODEL_SIZE: ENGINE,
        Construct.MODALITY: Native("routing.modelCards[].modality"),
        Construct.QUALITY: Native("evaluation.records[].metrics.score, of the benchmark for operators' own ratings"),
        Construct.POOL: Native("providers.models and routing.modelCards"),
        Construct.ENDPOINT: Native("providers.models[].backend_refs"),
        "auth": Native("providers.models[].backend_refs[].api_key_env"),
        "api": Native("providers.models[].api_format; of another than OpenAI's and Anthropic's, a warning"),
        Construct.PROVIDER: Native("providers.models[].backend_refs[].provider"),
        Construct.REPLICAS: FLEET,
        Construct.REPLICA_RANGE: FLEET,
        Construct.CONTEXT: Native("routing.modelCards[].context_window_size"),
        Construct.PRICE: Native("providers.models[].pricing"),
        Construct.ASSERT: PROOF,
        Construct.TEST: Elsewhere("`wrpc lint` and `wrpc check`, which run them"),
    },
    emit=emit,
    read=read,
    check=check,
    settings={
        "listen": Setting("text", "address and port that the router listens on", "0.0.0.0:8899"),
        "timeout": Setting("text", "the listener's timeout, such as `300s`"),
        "endpoints": Setting("map", "addresses by pool, in place of the pools' own"),
        "settings": Setting(
            "map",
            "settings of decisions that the language does not have, in bundles that routes name:"
            " `labels { settings NAME }`. A bundle holds `algorithm`, `adaptations`, `plugins` and `emits` by name,"
            " `annotations`, `output_contract` and `output_contract_spec`; what the route"
            " says wins, and no proof reads the rest",
        ),
        "candidate_requirements": Setting("map", "`routing.candidate_requirements`, copied unchanged"),
        "data_policy": Setting("map", "`routing.data_policy`, copied unchanged"),
        "model_bindings": Setting("map", "`routing.model_bindings` beside those of the classifiers"),
    },
)
