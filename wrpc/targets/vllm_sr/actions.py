"""What a route does as the parts of a decision: models, algorithm, plugins, emits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from wrpc.policy import expr
from wrpc.policy.model import Action, Policy, Share, Signal, Value, Word
from wrpc.targets.gateway.branches import Deny, Outcome
from wrpc.targets.gateway.plans import whole_weights
from wrpc.targets.vllm_sr.kinds import Entry, texts

# The language's own words for a choice, as the factors that the router's `multi_factor` goes by.
FACTORS = {"cost": "cost", "least_cost": "cost", "latency": "latency", "least_busy": "load", "quality": "quality"}
ALGORITHMS = frozenset(
    {"automix", "confidence", "fusion", "hybrid", "kmeans", "knn", "latency_aware", "mlp", "multi_factor", "prompt"}
    | {"ratings", "remom", "router_dc", "static", "svm", "workflows"}
)
SCOPES = {("header", "x-authz-user-id"): "user", ("tenant",): "tenant", ("authz", "team"): "team"}
DIGITS = 6  # of a weight that is written as a decimal
LEFT_EMPTY = "no destination is left for this request"

Say = Callable[[str], None]
"""Takes what is lost, in words that follow "does not carry"."""


def parts(outcome: Outcome, policy: Policy, say: Say) -> Entry:
    """`to any` over all pools of the policy is a decision without models."""
    if isinstance(outcome, Deny):
        return denial(LEFT_EMPTY if outcome.emptied else outcome.reason)
    action = outcome.action
    plugins = _plugins(action, policy.signals, say)
    if action.kind == "cascade":
        made = _models(action.steps, {}, action)
        if len(action.steps) > 1:
            made["algorithm"] = _escalation(action, say)
        return _whole(made, plugins, action)
    shares = action.shares
    if action.kind == "any" and len(shares) == len(policy.pools):
        made = {}
    else:
        even = len({s.weight for s in shares}) == 1
        weights = {} if even or action.kind == "any" else _weights(shares)
        made = _models([s.pool for s in shares], weights, action)
    if action.select not in (None, "weighted"):
        algorithm = _algorithm(action.select, say)
        if algorithm is not None:
            made["algorithm"] = algorithm
    return _whole(made, plugins, action)


def denial(reason: str) -> Entry:
    """A decision that answers by itself."""
    return {"plugins": [{"type": "fast_response", "configuration": {"message": reason}}]}


def _weights(shares: Sequence[Share]) -> Mapping[str, Fraction]:
    """As written where all are decimals; else whole numbers, since the router counts them against each other."""
    if all(10**DIGITS % s.weight.denominator == 0 for s in shares):
        return {s.pool: s.weight for s in shares}
    return {s.pool: Fraction(w) for s, w in zip(shares, whole_weights([s.weight for s in shares]), strict=True)}


def _models(pools: Sequence[str], weights: Mapping[str, Fraction], action: Action) -> Entry:
    refs = []
    for pool in pools:
        ref: Entry = {"model": pool}
        if pool in weights:
            ref["weight"] = weights[pool]
        match action.reasoning:
            case None:
                pass
            case "off" | "none":
                ref["use_reasoning"] = False
            case "on":
                ref["use_reasoning"] = True
            case level:
                ref |= {"use_reasoning": True, "reasoning_effort": level}
        refs.append(ref)
    return {"modelRefs": refs}


def _whole(made: Entry, plugins: list[Entry], action: Action) -> Entry:
    if plugins:
        made["plugins"] = plugins
    if action.retain is not None and action.retain.ttl is not None and not action.retain.ttl.dimension:
        made["emits"] = [{"kind": "retention", "retention": {"ttl_turns": int(action.retain.ttl.value)}}]
    return made


def _algorithm(select: str, say: Say) -> Entry | None:
    if select in ALGORITHMS:
        return {"type": select}
    if select in FACTORS:
        objective = {"strategy": "lexicographic", "priorities": [{"factor": FACTORS[select]}]}
        return {"type": "multi_factor", "multi_factor": {"objective": objective}}
    say(f"`select {select}`: it has no such algorithm")
    return None


def _escalation(action: Action, say: Say) -> Entry:
    """`confidence` asks one model after the other, in the order of the file, until an answer is sure enough."""
    settings: Entry = {"escalation_order": "declared"}
    threshold = _sure_enough(action.escalate)
    if threshold is not None:
        settings["threshold"] = threshold
    elif action.escalate is not None:
        say("this `escalate when`: it goes by the confidence of an answer below a bound alone")
    return {"type": "confidence", "confidence": settings}


def _sure_enough(escalate: expr.Condition | None) -> Fraction | None:
    """The bound of `confidence < bound`."""
    match escalate:
        case expr.Within(expr.Linear(constant, ((factor, expr.AnswerConfidence()),)), (within,)) if factor > 0:
            if within.low is None and within.high is not None and within.high_open:
                return (within.high - constant) / factor
    return None


def _plugins(action: Action, signals: Mapping[str, Signal], say: Say) -> list[Entry]:
    found: list[Entry] = []
    if action.tools is not None:
        found.append({"type": "tools", "configuration": _tools(action.tools)})
    scope = None if action.cache is None else _scope(action.cache.scope, signals)
    if action.cache is not None and scope is None:
        say(f"the cache by `{action.cache.scope}`: it knows users, teams and tenants, and nobody else")
    elif action.cache is not None:
        cache: Entry = {"enabled": True, "scope": scope}
        if action.cache.similarity is not None:
            cache["semantic"] = {"similarity_threshold": action.cache.similarity}
        if action.cache.ttl is not None:
            cache["ttl_seconds"] = int(action.cache.ttl)
        found.append({"type": "response_cache", "configuration": cache})
    if action.compress is not None:
        budget = {"target_tokens": action.compress}
        found.append({"type": "context_compression", "configuration": {"enabled": True, "budget": budget}})
    for mirror in action.mirrors[:1]:
        shadow = {"enabled": True, "model": mirror.pool, "sample_rate": mirror.share}
        found.append({"type": "shadow_dispatch", "configuration": shadow})
    for mirror in action.mirrors[1:]:
        kept = action.mirrors[0].pool
        say(f"the mirror to `{mirror.pool}`: a decision has one `shadow_dispatch`, and it goes to `{kept}`")
    return found


def _scope(name: str | None, signals: Mapping[str, Signal]) -> str | None:
    """Among whom the router shares answers, by what a signal is read from; where nothing is said it is by user."""
    if name is None:
        return "global"
    source = signals[name].source
    if source is None:
        return None
    said = tuple(a for a in source.arguments if isinstance(a, str))
    return SCOPES.get((source.name, *said))


def _tools(tools: Value) -> Entry:
    if isinstance(tools, Word) and tools.text == "none":
        return {"enabled": True, "mode": "none"}
    return {"enabled": True, "mode": "filtered", "allow_tools": texts(tools)}
