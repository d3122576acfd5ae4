"""What a route does as the parts of a decision: models, algorithm, plugins, emits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from wrpc.policy import expr
from wrpc.policy.model import Action, Value, Word
from wrpc.targets.vllm_sr.kinds import Entry, texts

# The language's own words for a choice, as the factors that the router's `multi_factor` goes by.
FACTORS = {"cost": "cost", "least_cost": "cost", "latency": "latency", "least_busy": "load", "quality": "quality"}
ALGORITHMS = frozenset(
    {"automix", "confidence", "fusion", "hybrid", "kmeans", "knn", "latency_aware", "mlp", "multi_factor", "prompt"}
    | {"ratings", "remom", "router_dc", "static", "svm", "workflows"}
)
LEFT_EMPTY = "no destination is left for this request"

Say = Callable[[str], None]
"""Takes what is lost, in words that follow "does not carry"."""


def parts(action: Action, removed: frozenset[str], say: Say) -> Entry:
    """`removed` are pools that guards take away; when no primary is left, the first fallback left takes their place."""
    if action.kind == "deny":
        return denial(action.reason or "")
    plugins = _plugins(action)
    if action.kind == "cascade":
        steps = [s for s in action.steps if s not in removed]
        made = _models(steps or _promoted(action, removed), {}, action)
        if len(steps) > 1:
            made["algorithm"] = _escalation(action, say)
        return _whole(made, plugins, action)
    shares = [s for s in action.shares if s.pool not in removed]
    if action.kind == "any" and len(shares) == len(action.shares):
        made = {}
    else:
        even = len({s.weight for s in action.shares}) == 1
        weights = {} if even or action.kind == "any" else {s.pool: s.weight for s in shares}
        made = _models([s.pool for s in shares] or _promoted(action, removed), weights, action)
    if action.select is not None and "plugins" not in made:
        algorithm = _algorithm(action.select, say)
        if algorithm is not None:
            made["algorithm"] = algorithm
    return _whole(made, plugins, action)


def denial(reason: str) -> Entry:
    """A decision that answers by itself."""
    return {"plugins": [{"type": "fast_response", "configuration": {"message": reason}}]}


def _promoted(action: Action, removed: frozenset[str]) -> list[str]:
    return [f.pool for f in action.fallbacks if f.pool not in removed][:1]


def _models(pools: list[str], weights: dict[str, Fraction], action: Action) -> Entry:
    if not pools:
        return denial(LEFT_EMPTY)
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
    if "plugins" not in made and plugins:
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


def _plugins(action: Action) -> list[Entry]:
    found: list[Entry] = []
    if action.tools is not None:
        found.append({"type": "tools", "configuration": _tools(action.tools)})
    if action.cache is not None:
        cache: Entry = {"enabled": True}
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
    return found


def _tools(tools: Value) -> Entry:
    if isinstance(tools, Word) and tools.text == "none":
        return {"enabled": True, "mode": "none"}
    return {"enabled": True, "mode": "filtered", "allow_tools": texts(tools)}
