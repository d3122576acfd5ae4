"""What a decision does with its models: an algorithm and its settings, of which many need each other."""

from __future__ import annotations

import json
from fractions import Fraction

from wrpc.diagnostics import listing
from wrpc.importers import codes
from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.nodes import (
    bool_of,
    entries_of,
    int_of,
    items_of,
    keys_of,
    line,
    named,
    number_of,
    place,
    text_of,
    texts_of,
)
from wrpc.importers.scalars import Date
from wrpc.importers.vllm_sr.contracts.judged import Judged, leaves, texts

MOST_ANNOTATIONS = 32
MOST_ANNOTATION_BYTES = 4096
HYBRID = {"experience_weight": "0.3", "router_dc_weight": "0.3", "automix_weight": "0.2", "cost_weight": "0.2"}
TEXT_MODALITIES = ("", "text", "ar", "both", "multimodal")
MODES = ("apply", "observe", "bypass")
AUTO = ("vllm-sr/auto", "auto")
PARALLEL = 2


def judge(judged: Judged) -> None:
    for decision in judged.decisions:
        _annotations(judged, decision)
        _action(judged, decision)
        _adaptations(judged, decision)
        algorithm = keys_of(decision, "algorithm")
        if algorithm is not None:
            _blocks(judged, decision, algorithm)
            _candidates(judged, decision, algorithm)
            for key, judges in BLOCKS.items():
                block = keys_of(algorithm, key)
                if block is not None:
                    judges(judged, decision, block)


def _own(decision: Keys) -> str:
    return f"decision `{text_of(decision, 'name') or ''}`"


def _type(decision: Keys) -> str:
    algorithm = keys_of(decision, "algorithm")
    return (text_of(algorithm, "type") or "") if algorithm is not None else ""


def _models(decision: Keys) -> list[str]:
    return [text_of(ref, "model") or "" for ref in entries_of(decision, "modelRefs")]


# ── The decision itself ───────────────────────────────────────────────────


def _annotations(judged: Judged, decision: Keys) -> None:
    annotations = keys_of(decision, "annotations")
    if annotations is None:
        return
    at = annotations.span
    if len(annotations.pairs) > MOST_ANNOTATIONS:
        judged.refuse(f"{_own(decision)} has more than {MOST_ANNOTATIONS} annotations", at)
    size = len(json.dumps(_plain(annotations), ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_ANNOTATION_BYTES:
        judged.refuse(f"the annotations of {_own(decision)} take {size} bytes, more than {MOST_ANNOTATION_BYTES}", at)


def _plain(node: Node) -> object:
    match node:
        case Keys(pairs=pairs):
            return {key: _plain(pair.value) for key, pair in pairs.items()}
        case Items(items=items):
            return [_plain(item) for item in items]
        case Scalar(value=Fraction() as value):
            return float(value)
        case Scalar(value=Date(text)):
            return text
        case Scalar(value=value):
            return value


def _action(judged: Judged, decision: Keys) -> None:
    action, rules = keys_of(decision, "action"), keys_of(decision, "rules")
    if action is None:
        return
    if not (text_of(action, "destination") or " ").strip():
        judged.refuse(f"the `destination` of {_own(decision)} is empty", place(action, "destination"))
    if rules is None or not any((text_of(leaf, "type") or "").lower() == "jailbreak" for leaf in leaves(rules)):
        judged.refuse(f"{_own(decision)} has an `action`, which needs a condition on a jailbreak signal", action.span)


def _adaptations(judged: Judged, decision: Keys) -> None:
    adaptations = keys_of(decision, "adaptations")
    whole = text_of(adaptations, "mode") if adaptations is not None else None
    for key in ("adaptation", "protection"):
        part = keys_of(adaptations, key)
        mode = text_of(part, "mode") if part is not None else None
        if part is None or whole not in MODES or mode not in MODES:
            continue
        if (whole == "bypass" and mode != "bypass") or (whole == "observe" and mode == "apply"):
            message = f"`{key}` of {_own(decision)} is `{mode}`, while its `adaptations` are `{whole}`"
            judged.contradict(message, place(part, "mode"))


# ── Algorithms ────────────────────────────────────────────────────────────


def _blocks(judged: Judged, decision: Keys, algorithm: Keys) -> None:
    """Of the blocks of settings at most one is there, and it is the type's."""
    kind, at = text_of(algorithm, "type"), line(decision.key("algorithm"))
    known = judged.facts.algorithms
    if kind is None or kind not in known:
        return
    blocks = [key for key in algorithm if key in known.values()]
    wanted = known[kind]
    if len(blocks) > 1:
        named_ = listing(blocks, "and")
        judged.contradict(f"the algorithm of {_own(decision)} has settings of several: {named_}", at)
    elif blocks and blocks[0] != wanted:
        message = f"the algorithm `{kind}` of {_own(decision)} takes no settings called `{blocks[0]}`"
        judged.contradict(message, algorithm.key(blocks[0]))
    if kind == "latency_aware" and not blocks:
        judged.missing(f"the algorithm `{kind}` of {_own(decision)} has no `latency_aware` settings", at)
    if kind == "prompt":
        if not blocks:
            judged.missing(f"the algorithm `prompt` of {_own(decision)} has no `prompt` settings", at)
        if text_of(algorithm, "on_error") not in (None, "", "skip", "fallback"):
            judged.refuse("`on_error` of the algorithm `prompt` can only be `fallback`", place(algorithm, "on_error"))


def _candidates(judged: Judged, decision: Keys, algorithm: Keys) -> None:
    refs = entries_of(decision, "modelRefs")
    distinct = {((text_of(r, "model") or "").strip(), (text_of(r, "lora_name") or "").strip()) for r in refs}
    distinct = {each for each in distinct if each[0]}
    least, at = int_of(algorithm, "minimum_candidates"), line(decision.key("modelRefs"))
    if least is not None and least < 1:
        judged.say(
            codes.OUT_OF_RANGE, f"`minimum_candidates` is {least}, below 1", place(algorithm, "minimum_candidates")
        )
    elif least and refs and len(distinct) < least:
        judged.refuse(f"{_own(decision)} has {len(distinct)} models, fewer than its `minimum_candidates` {least}", at)
    if text_of(algorithm, "type") != "prompt":
        return
    models = _models(decision)
    effective = [text_of(r, "lora_name") or text_of(r, "model") for r in refs]
    if len(refs) < PARALLEL or len(set(models)) < len(models) or len(set(effective)) < len(effective):
        judged.refuse(f"the algorithm `prompt` of {_own(decision)} needs two or more models, each once", at)


def _latency(judged: Judged, decision: Keys, block: Keys) -> None:
    if _type(decision) != "latency_aware":
        return
    said = {key: int_of(block, key) for key in ("tpot_percentile", "ttft_percentile")}
    if not any(said.values()):
        judged.missing(
            f"`latency_aware` of {_own(decision)} has no `tpot_percentile` and no `ttft_percentile`", block.span
        )
    for key, value in said.items():
        if value and not 1 <= value <= 100:
            judged.say(codes.OUT_OF_RANGE, f"`{key}` is {value}, outside 1 to 100", place(block, key))


def _router_dc(judged: Judged, decision: Keys, block: Keys) -> None:
    if _type(decision) != "router_dc" or not bool_of(block, "require_descriptions"):
        return
    for model in _models(decision):
        card = judged.cards.get(model)
        if card is not None and not text_of(card, "description"):
            judged.missing(f"{_own(decision)} asks for descriptions, and the card of `{model}` has none", named(card))


def _hybrid(judged: Judged, decision: Keys, block: Keys) -> None:
    total = Fraction(0)
    for key, default in HYBRID.items():
        given = number_of(block, key)
        total += Fraction(default) if given is None else given
    if _type(decision) == "hybrid" and total <= 0:
        judged.refuse(f"every weight of `hybrid` of {_own(decision)} is 0", block.span)


def _remom(judged: Judged, decision: Keys, block: Keys) -> None:
    model = text_of(block, "synthesis_model")
    if _type(decision) == "remom" and model and model not in _models(decision):
        _outside(judged, decision, block, "synthesis_model", model)


def _outside(judged: Judged, decision: Keys, block: Keys, key: str, model: str) -> None:
    message = f"`{key}` names `{model}`, which is not one of the models of {_own(decision)}"
    judged.dangling(message, place(block, key), model, _models(decision))


def _fusion(judged: Judged, decision: Keys, block: Keys) -> None:
    target, policy = (text_of(block, "quorum_fallback_target") or "").strip(), text_of(block, "quorum_failure_policy")
    if policy == "fallback" and not target:
        judged.missing(
            "`quorum_failure_policy: fallback` needs a `quorum_fallback_target`", place(block, "quorum_failure_policy")
        )
    if policy != "fallback" and target:
        judged.contradict(
            "`quorum_fallback_target` needs `quorum_failure_policy: fallback`", place(block, "quorum_fallback_target")
        )
    seen = set[str]()
    for override in entries_of(block, "analysis_overrides"):
        model = (text_of(override, "model") or "").strip()
        if "model" in override and (not model or model in seen):
            judged.refuse(
                "an `analysis_overrides` entry names no model, or one that another names", place(override, "model")
            )
        seen.add(model)
    template = (text_of(block, "analysis_template") or "").strip()
    if (text_of(block, "analysis_mode") or "separate") != "separate" and template:
        judged.contradict("`analysis_template` needs `analysis_mode: separate`", place(block, "analysis_template"))
    panel = {text.strip() for text in texts_of(block, "analysis_models") if text.strip()}
    if not items_of(block, "analysis_models"):
        panel = {
            name.strip()
            for r in entries_of(decision, "modelRefs")
            if (name := text_of(r, "lora_name") or text_of(r, "model") or "").strip()
        }
    least = int_of(block, "min_successful_responses")
    if _type(decision) == "fusion" and least and panel and least > len(panel):
        message = f"`min_successful_responses` is {least}, more than the {len(panel)} models of {_own(decision)}"
        judged.refuse(message, place(block, "min_successful_responses"))


def _multi_factor(judged: Judged, decision: Keys, block: Keys) -> None:
    objective, at = keys_of(block, "objective"), block.span
    priorities = entries_of(objective, "priorities")
    ordered = objective is not None and text_of(objective, "strategy") == "lexicographic"
    if objective is not None and ordered != bool(priorities):
        judged.contradict("`priorities` of `objective` and `strategy: lexicographic` go together", objective.span)
    factors = [text_of(each, "factor") for each in priorities]
    if len(set(factors)) < len(factors):
        judged.refuse(f"the `priorities` of {_own(decision)} name a factor twice", at)
    if ordered and keys_of(block, "weights") is not None:
        judged.contradict("`weights` beside a lexicographic `objective` count for nothing", block.key("weights"))
    quality = keys_of(block, "quality")
    if quality is None:
        return
    index = text_of(quality, "index")
    if index is not None and index != index.strip():
        judged.refuse("the `index` of `quality` has blanks around it", place(quality, "index"))
    if quality.get("min_score") is not None and text_of(quality, "on_missing") == "disable_quality":
        judged.contradict("`min_score` needs `on_missing: exclude`", place(quality, "min_score"))


def _prompt(judged: Judged, decision: Keys, block: Keys) -> None:
    if _type(decision) != "prompt":
        judged.contradict(f"`prompt` settings of {_own(decision)} need `type: prompt`", block.span)
        return
    for key in ("model", "instructions"):
        if not (text_of(block, key) or " ").strip():
            judged.refuse(f"`{key}` of `prompt` is empty", place(block, key))
    settings = keys_of(judged.root, "global")
    looper = keys_of(keys_of(settings, "integrations"), "looper")
    if looper is None or not text_of(looper, "endpoint"):
        judged.missing(
            f"the algorithm `prompt` of {_own(decision)} needs `global.integrations.looper.endpoint`", block.span
        )
    helper = text_of(block, "model")
    if helper is None:
        return
    at, served, card = place(block, "model"), judged.models.get(helper), judged.cards.get(helper)
    router = keys_of(settings, "router")
    names = {text.strip() for text, _ in texts(router, "auto_model_names") if text.strip()}
    own = (text_of(router, "auto_model_name") if router is not None else None) or "MoM"
    modality = (text_of(card, "modality") or "" if card is not None else "").strip().lower()
    if served is None:
        judged.dangling(
            f"the helper `{helper}` of `prompt` is not a model of `providers.models`", at, helper, judged.models
        )
    elif helper in (names or {*AUTO, own.strip()}):
        judged.refuse(f"the helper `{helper}` of `prompt` stands for any model; it has to be one", at)
    elif (text_of(served, "api_format") or "").strip().lower() == "anthropic":
        judged.refuse(f"the helper `{helper}` of `prompt` has to speak an OpenAI API", at)
    elif modality not in TEXT_MODALITIES:
        judged.refuse(f"the helper `{helper}` of `prompt` has to speak text", at)


# ── Workflows ─────────────────────────────────────────────────────────────


def _workflows(judged: Judged, decision: Keys, block: Keys) -> None:
    if _type(decision) != "workflows":
        return
    mode, roles, models = text_of(block, "mode") or "static", entries_of(block, "roles"), _models(decision)
    final = keys_of(block, "final")
    last = text_of(final, "model") if final is not None else None
    if final is not None and last and last not in models:
        _outside(judged, decision, final, "model", last)
    if mode == "dynamic" and roles:
        judged.contradict("`mode: dynamic` of `workflows` makes its own `roles`", block.key("roles"))
    if mode == "static" and not roles:
        judged.missing(f"`workflows` of {_own(decision)} is static and has no `roles`", block.span)
    if mode == "static":
        _roles(judged, decision, roles)
    least = int_of(block, "min_successful_responses")
    if not least:
        return
    parallel = int_of(block, "max_parallel") or PARALLEL
    candidates = {
        (text_of(r, "lora_name") or text_of(r, "model") or "").strip() for r in entries_of(decision, "modelRefs")
    }
    fewest = [parallel]
    if mode == "dynamic" and candidates - {""}:
        fewest.append(len(candidates - {""}))
    if mode == "static":
        fewest += [len({m.strip() for m in texts_of(role, "models") if m.strip()}) for role in roles]
    if least > min(fewest):
        message = f"`min_successful_responses` is {least}, more than the {min(fewest)} that can answer at once"
        judged.refuse(message, place(block, "min_successful_responses"))


def _roles(judged: Judged, decision: Keys, roles: tuple[Keys, ...]) -> None:
    allowed, before = set(_models(decision)), set[str]()
    for index, role in enumerate(roles):
        name = text_of(role, "name") or ""
        id_ = name.strip().lower().replace(" ", "-").replace("_", "-") or f"role-{index + 1}"
        if "name" in role and not name.strip():
            judged.refuse("a role of `workflows` has an empty `name`", place(role, "name"))
        seen = set[str]()
        for model, at in texts(role, "models"):
            if not model.strip() or model in seen:
                judged.refuse(f"the role `{name}` names a model twice, or an empty one", at)
            elif model not in allowed:
                message = f"the role `{name}` names `{model}`, which is not one of the models of {_own(decision)}"
                judged.dangling(message, at, model, allowed)
            seen.add(model)
        asked = set[str]()
        for target, at in texts(role, "access_list"):
            if target.strip() in asked or not target.strip():
                judged.refuse(f"the `access_list` of the role `{name}` names a role twice, or an empty one", at)
            elif target.strip() not in before:
                judged.dangling(
                    f"the role `{name}` asks for `{target}`, which is not a role before it", at, target, before
                )
            asked.add(target.strip())
        before |= {id_, *(f"{id_}:{i}:{m.strip()}" for i, m in enumerate(texts_of(role, "models")) if m.strip())}


BLOCKS = {
    "latency_aware": _latency,
    "router_dc": _router_dc,
    "hybrid": _hybrid,
    "remom": _remom,
    "fusion": _fusion,
    "multi_factor": _multi_factor,
    "prompt": _prompt,
    "workflows": _workflows,
}
