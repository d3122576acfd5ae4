"""Models, their cards and LoRAs, and what a decision asks of them: reasoning first of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wrpc.diagnostics import did_you_mean, listing
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.nodes import bool_of, entries_of, keys_of, named, place, text_of, texts_of
from wrpc.importers.vllm_sr.contracts.judged import Judged, filled, texts

METADATA = ("catalog", "reasoning", "provider_model_id", "api_format", "external_model_ids")
MODES = ("reasoning_mode", "chat_template_kwargs")
LEVELS = ("reasoning_effort", "top_level_reasoning_effort")
Family = Mapping[str, Any]


def judge(judged: Judged) -> None:
    for model in entries_of(keys_of(judged.root, "providers"), "models"):
        _model(judged, model)
    for card in entries_of(keys_of(judged.root, "routing"), "modelCards"):
        _card(judged, card)
    for decision in judged.decisions:
        for ref in entries_of(decision, "modelRefs"):
            _lora(judged, ref)
            _reasoning(judged, ref, text_of(decision, "name") or "")


# ── What is served ────────────────────────────────────────────────────────


def _model(judged: Judged, model: Keys) -> None:
    name, at, facts = text_of(model, "name") or "", named(model), judged.facts
    catalog = text_of(model, "catalog")
    if not name.strip():
        judged.refuse("a model's `name` is empty", at)
    if not entries_of(model, "backend_refs"):
        _without_backends(judged, model, name, catalog)
    if catalog and catalog not in facts.models:
        message = f"model `{name}` names the built-in model `{catalog}`, which vLLM-SR {facts.release} does not have"
        judged.dangling(message, place(model, "catalog"), catalog, facts.models)
    if catalog and name in judged.cards and name != catalog:
        judged.refuse(
            f"the card of `{name}` has to be called `{catalog}`, as its `catalog` is", named(judged.cards[name])
        )
    reasoning = keys_of(model, "reasoning")
    if reasoning is not None:
        if catalog:
            judged.contradict(
                f"model `{name}` has its reasoning from its `catalog`, and a `reasoning` besides", reasoning.span
            )
        _inline(judged, reasoning)


def _without_backends(judged: Judged, model: Keys, name: str, catalog: str | None) -> None:
    pricing, reliability = keys_of(model, "pricing"), keys_of(model, "reliability")
    said = any(filled(model.get(key)) for key in METADATA) or "reasoning" in model
    said = said or any(
        each is not None and any(v.value.size for v in each.pairs.values()) for each in (pricing, reliability)
    )
    at = named(model)
    if not said:
        judged.missing(f"model `{name}` has no `backend_refs`, and nothing else that says what it is", at)
        return
    virtual = {id_ for id_, card in judged.facts.models.items() if card.get("kind") == "virtual"}
    external = "listeners" in judged.root and not entries_of(judged.root, "listeners")
    if (catalog or name) not in virtual and not external:
        judged.missing(f"model `{name}` has no `backend_refs`, so that no listener can reach it", at)


def _inline(judged: Judged, reasoning: Keys) -> None:
    """Reasoning that a model has of its own, in place of a family's."""
    at, family, kind = reasoning.span, text_of(reasoning, "family"), text_of(reasoning, "type")
    inline = any(filled(pair.value) for key, pair in reasoning.pairs.items() if key != "family")
    if family and inline:
        judged.contradict("`reasoning` names a `family` and has settings of its own", at)
    if not family and not inline:
        judged.missing("`reasoning` names no `family` and has no settings of its own", at)
    if family and family not in judged.facts.families:
        message = f"no reasoning family is called `{family}`"
        judged.dangling(message, place(reasoning, "family"), family, judged.facts.families)
    if not inline:
        return
    levels, modes = texts_of(reasoning, "levels"), texts_of(reasoning, "modes")
    parameter, activation = text_of(reasoning, "parameter"), text_of(reasoning, "activation_parameter")
    default, mode = text_of(reasoning, "default"), text_of(reasoning, "default_mode")
    disabled = text_of(reasoning, "disabled")
    if not (kind and parameter):
        judged.missing("`reasoning` with settings of its own has no `type` or no `parameter`", at)
    if activation and (not activation.strip() or activation == parameter or kind != "reasoning_effort"):
        judged.refuse("`activation_parameter` needs a name of its own, and `type: reasoning_effort`", at)
    flags = keys_of(reasoning, "effort_flags")
    if flags is not None and flags.pairs:
        _flags(judged, flags, kind, parameter, activation, [level for level in levels if level != disabled], levels)
    if levels and default is not None and default not in levels:
        judged.refuse(
            f"the `default` of `reasoning`, `{default}`, is not one of its `levels`", place(reasoning, "default")
        )
    if kind in LEVELS and not levels:
        judged.missing(f"`reasoning` of type `{kind}` has no `levels`", at)
    if bool(modes) != (mode is not None) or (mode is not None and mode not in modes):
        judged.refuse("`modes` of `reasoning` and a `default_mode` that is one of them go together", at)
    if disabled and modes and "disabled" not in modes:
        judged.refuse("`disabled` of `reasoning` needs `disabled` among its `modes`", place(reasoning, "disabled"))


def _flags(
    judged: Judged,
    flags: Keys,
    kind: str | None,
    parameter: str | None,
    activation: str | None,
    active: list[str],
    levels: tuple[str, ...],
) -> None:
    said = [text_of(flags, key) or "" for key in flags]
    wrong = (
        kind != "reasoning_effort"
        or not activation
        or any(key not in levels for key in flags)
        or any(not text.strip() for text in said)
        or len(set(said)) < len(said)
        or parameter in said
        or activation in said
        or len(active) - len(said) > 1
    )
    if wrong:
        judged.refuse("`effort_flags` does not give each of the `levels` a parameter of its own", flags.span)


def _card(judged: Judged, card: Keys) -> None:
    name, at = text_of(card, "name") or "", named(card)
    if not name.strip():
        judged.refuse("a model card's `name` is empty", at)
    built_in = judged.facts.models.get(name)
    catalogs = {text_of(model, "catalog") for model in judged.models.values()}
    if built_in is None or name not in catalogs:
        return
    claimed = {"capabilities": set(built_in.get("capabilities", ()))}
    widened = [c for c, _ in texts(card, "capabilities") if c not in claimed["capabilities"]]
    modalities, own = keys_of(card, "modalities"), built_in.get("modalities", {})
    for way in ("input", "output"):
        widened += [m for m in texts_of(modalities, way) if m not in own.get(way, ())]
    if widened:
        judged.refuse(f"the card of the built-in model `{name}` claims more than it has: {listing(widened, 'and')}", at)


def _lora(judged: Judged, ref: Keys) -> None:
    lora, model = text_of(ref, "lora_name"), text_of(ref, "model") or ""
    if not lora or model not in judged.models:
        return
    catalog = text_of(judged.models[model], "catalog") or model
    known = {text_of(each, "name") or "" for each in entries_of(judged.cards.get(catalog), "loras")}
    if lora not in known:
        message = f"the card of `{model}` declares no LoRA `{lora}`"
        judged.dangling(message, place(ref, "lora_name"), lora, known)


# ── Reasoning ─────────────────────────────────────────────────────────────


def family_of(judged: Judged, model: Keys) -> Family | None:
    reasoning, facts = keys_of(model, "reasoning"), judged.facts
    if reasoning is None:
        card = facts.models.get(text_of(model, "catalog") or "", {})
        return facts.families.get(card.get("reasoning_family", ""))
    family = text_of(reasoning, "family")
    if family:
        return facts.families.get(family)
    keys = ("type", "activation_parameter", "disabled")
    lists = {key: texts_of(reasoning, key) for key in ("levels", "modes")}
    return {**{key: said for key in keys if (said := text_of(reasoning, key))}, **lists}


def _reasoning(judged: Judged, ref: Keys, decision: str) -> None:
    model = text_of(ref, "model") or ""
    served = judged.models.get(model)
    effort, mode = text_of(ref, "reasoning_effort") or "", text_of(ref, "reasoning_mode")
    if effort != effort.strip():
        judged.refuse("`reasoning_effort` has blanks around it", place(ref, "reasoning_effort"))
        return
    family = family_of(judged, served) if served is not None else None
    enabled = bool_of(ref, "use_reasoning") is True
    if family is None:
        if mode and judged.models:
            judged.refuse(
                f"`reasoning_mode` needs a model with a reasoning family, and `{model}` has none",
                place(ref, "reasoning_mode"),
            )
        if served is not None:
            _dropped(judged, ref, model, decision, effort, enabled=enabled)
        return
    modes, levels = family.get("modes", ()), family.get("levels", ())
    where = place(ref, "reasoning_effort")
    if mode and mode not in modes:
        judged.refuse(f"`{mode}` is not a `reasoning_mode` of the family of `{model}`", place(ref, "reasoning_mode"))
    elif mode and enabled != (mode != "disabled"):
        message = (
            f"`reasoning_mode: {mode}` and `use_reasoning: {'true' if enabled else 'false'}` contradict each other"
        )
        judged.contradict(message, place(ref, "reasoning_mode"))
    elif not enabled and not (family.get("activation_parameter") or family.get("disabled") or "disabled" in modes):
        said = "`use_reasoning: false`" if "use_reasoning" in ref else "no `use_reasoning`, which is `false`,"
        message = f"decision `{decision}` has {said} for `{model}`, whose family always reasons"
        judged.contradict(message, place(ref, "use_reasoning" if "use_reasoning" in ref else "model"))
    elif not enabled and effort:
        message = f"decision `{decision}` has `reasoning_effort: {effort}` for `{model}`, whose reasoning is off"
        judged.contradict(message, where)
    elif enabled and effort and family.get("type") in MODES:
        judged.refuse(f"the family of `{model}` turns reasoning on and off and takes no `reasoning_effort`", where)
    elif enabled and effort and effort not in levels:
        message = f"`{effort}` is not a `reasoning_effort` of the family of `{model}`"
        judged.dangling(message, where, effort, levels)


def _dropped(judged: Judged, ref: Keys, model: str, decision: str, effort: str, *, enabled: bool) -> None:
    """Of a model without a family: nothing is asked of it."""
    if enabled:
        message = f"`use_reasoning: true` of decision `{decision}` changes nothing: `{model}` has no reasoning family"
        hint = "give the model a `reasoning` with its `family` under `providers.models`"
        judged.say(codes.DROPPED, message, place(ref, "use_reasoning"), hint)
    known = {level for family in judged.facts.families.values() for level in family.get("levels", ())}
    if effort and effort not in known:
        message = f"no reasoning family knows the `reasoning_effort` `{effort}`; it reaches the model as it is written"
        judged.say(codes.DROPPED, message, place(ref, "reasoning_effort"), did_you_mean(effort, sorted(known)))
