"""What a decision of a `config.yaml` does, as the action of a route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from wrpc.policy import expr
from wrpc.policy.expr import Condition, Interval, Linear
from wrpc.policy.model import Action, Amount, Cache, MirrorEdge, Policy, Retain, Share, Value, Word

ONE = Fraction(1)


def default_action(model: str) -> Action:
    return Action("to", shares=(Share(model, ONE),))


def action(decision: Mapping[str, object], policy: Policy) -> Action:
    plugins = {str(p.get("type")): p.get("configuration") for p in _entries(decision, "plugins")}
    answer = _settings(plugins, "fast_response")
    if answer is not None:
        return Action("deny", reason=str(answer.get("message", "")))
    refs = [r for r in _entries(decision, "modelRefs") if r.get("model") in policy.pools]
    algorithm = decision.get("algorithm")
    kind = algorithm.get("type") if isinstance(algorithm, Mapping) else None
    shadow = _settings(plugins, "shadow_dispatch")
    select = _select(algorithm)
    made = Action(
        "to",
        select=select,
        reasoning=_reasoning(refs[0]) if refs else None,
        tools=_tools(_settings(plugins, "tools")),
        cache=_cache(_settings(plugins, "response_cache"), policy),
        compress=_compress(_settings(plugins, "context_compression")),
        retain=_retain(decision),
        mirrors=() if shadow is None else (MirrorEdge(str(shadow.get("model")), _number(shadow, "sample_rate", ONE)),),
    )
    pools = [str(r["model"]) for r in refs]
    if kind == "confidence" and isinstance(algorithm, Mapping) and len(pools) > 1:
        settings = algorithm.get("confidence")
        if isinstance(settings, Mapping) and settings.get("escalation_order") == "declared":
            return replace(made, kind="cascade", steps=tuple(pools), escalate=_escalate(settings), select=None)
    if not refs:
        even = Fraction(1, max(len(policy.pools), 1))
        return replace(made, kind="any", shares=tuple(Share(p, even) for p in policy.pools))
    weights = [_number(r, "weight", Fraction(0)) for r in refs]
    if not all(weights):
        weights = [ONE] * len(refs)
    total = sum(weights)
    return replace(made, shares=tuple(Share(p, w / total) for p, w in zip(pools, weights, strict=True)))


def _entries(data: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    found = data.get(key)
    return [i for i in found if isinstance(i, Mapping)] if isinstance(found, list) else []


def _settings(plugins: Mapping[str, object], kind: str) -> Mapping[str, object] | None:
    """A plugin's configuration, unless it is switched off."""
    found = plugins.get(kind)
    if not isinstance(found, Mapping) or found.get("enabled") == "false":
        return None
    return found


def _number(data: Mapping[str, object], key: str, otherwise: Fraction) -> Fraction:
    found = data.get(key)
    return Fraction(found) if isinstance(found, str) else otherwise


def _select(algorithm: object) -> str | None:
    if not isinstance(algorithm, Mapping):
        return None
    settings = algorithm.get("multi_factor")
    objective = settings.get("objective") if isinstance(settings, Mapping) else None
    if isinstance(objective, Mapping):
        factors = _entries(objective, "priorities")
        if len(factors) == 1 and set(factors[0]) == {"factor"}:
            factor = str(factors[0]["factor"])
            return {"load": "least_busy"}.get(factor, factor)
    return str(algorithm.get("type"))


def _reasoning(ref: Mapping[str, object]) -> str | None:
    match ref.get("use_reasoning"):
        case "true":
            return str(ref.get("reasoning_effort", "on"))
        case "false":
            return "off"
        case _:
            return None


def _escalate(settings: Mapping[str, object]) -> Condition | None:
    if "threshold" not in settings:
        return None
    number = Linear(Fraction(0), ((ONE, expr.AnswerConfidence()),))
    return expr.Within(number, (Interval(None, _number(settings, "threshold", ONE), high_open=True),))


def _tools(settings: Mapping[str, object] | None) -> Value | None:
    if settings is None:
        return None
    if settings.get("mode") == "none":
        return Word("none")
    allowed = settings.get("allow_tools") if settings.get("mode") == "filtered" else None
    return tuple(str(t) for t in allowed) if isinstance(allowed, list) else None


def _cache(settings: Mapping[str, object] | None, policy: Policy) -> Cache | None:
    if settings is None:
        return None
    semantic = settings.get("semantic")
    similarity = semantic.get("similarity_threshold") if isinstance(semantic, Mapping) else None
    ttl = settings.get("ttl_seconds")
    return Cache(
        Fraction(similarity) if isinstance(similarity, str) else None,
        Fraction(ttl) if isinstance(ttl, str) else None,
        _scope(str(settings.get("scope", "user")), policy),
    )


def _scope(scope: str, policy: Policy) -> str | None:
    """The signal whose values have each a cache of their own; a name that is none where the policy has no such one."""
    wanted = {"user": ("header", "x-authz-user-id"), "team": ("authz", "team"), "tenant": ("tenant", None)}
    if scope not in wanted:
        return None
    for name, signal in policy.signals.items():
        source = signal.source
        if source is not None and (source.name, next(iter(source.arguments), None)) == wanted[scope]:
            return name
    return scope


def _compress(settings: Mapping[str, object] | None) -> int | None:
    budget = settings.get("budget") if settings is not None else None
    target = budget.get("target_tokens") if isinstance(budget, Mapping) else None
    # Anything else (a share, a word) is the router's own to work out.
    return int(target) if isinstance(target, str) and target.isdecimal() and int(target) else None


def _retain(decision: Mapping[str, object]) -> Retain | None:
    for emit in _entries(decision, "emits"):
        retention = emit.get("retention")
        turns = retention.get("ttl_turns") if isinstance(retention, Mapping) else None
        if isinstance(turns, str):
            return Retain(Amount(Fraction(turns)))
    return None
