"""What `vllm-sr config validate` of 0.3 refuses: what its models do not take, and names and keys beside each other.

It judges the file as it is written, by a schema of its own: keys of later releases are nothing to it, but at the top.
Keys of the router that its models do not have are ignored by it, and are read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wrpc.diagnostics import listing
from wrpc.importers import codes
from wrpc.importers.document import Keys, is_null
from wrpc.importers.faults import Report, misfit
from wrpc.importers.fitting import Misfit, fit
from wrpc.importers.nodes import (
    bool_of,
    entries_of,
    int_of,
    keys_of,
    line,
    named,
    number_of,
    place,
    text_of,
)
from wrpc.importers.vllm_sr.contracts.judged import Judged
from wrpc.importers.vllm_sr.facts import OF_RULES, OLDEST, Older, older
from wrpc.source import Span

END = f"; vLLM-SR {OLDEST} refuses it"
LEAF = ("type", "name")
HYBRID = {"elo_weight": "0.3", "router_dc_weight": "0.3", "automix_weight": "0.2", "cost_weight": "0.2"}
# How far from 1 the weights of `hybrid` may add up to.
SLACK = Fraction(1, 100)


def unfit(root: Keys, report: Report) -> tuple[Keys, list[Misfit]]:
    """Reports what the models do not take; gives back the file as far as they take it, and what they do not."""
    misfits = list[Misfit]()
    node = fit(root, "file", "the file", older().schema, misfits.append)
    told = [each for each in misfits if each.wrong != "unknown" or each.unknown == "refused"]
    for each in told:
        report.add(misfit(each, severity="error", end=END))
    return (node if isinstance(node, Keys) else root), told


def judge(judged: Judged) -> None:
    known = older()
    _models(judged)
    names = _names(judged, known)
    for decision in judged.decisions:
        _rules(judged, keys_of(decision, "rules"), names, known)
        _refs(judged, decision)
        algorithm = keys_of(decision, "algorithm")
        if algorithm is not None:
            _algorithm(judged, decision, algorithm, known)
    _composers(judged)
    _projections(judged)
    _embeddings(judged)


# ── Models ────────────────────────────────────────────────────────────────


def _models(judged: Judged) -> None:
    providers = keys_of(judged.root, "providers")
    defaults = keys_of(providers, "defaults")
    families = keys_of(defaults, "reasoning_families") or ()
    for model in entries_of(providers, "models"):
        name, family = text_of(model, "name"), text_of(model, "reasoning_family")
        if name is not None and name not in judged.cards:
            judged.dangling(f"the model `{name}` has no card among `modelCards`{END}", named(model), name, judged.cards)
        if family and family not in families:
            message = f"`reasoning_families` has no `{family}`{END}"
            judged.dangling(message, place(model, "reasoning_family"), family, families)
    default = text_of(defaults, "default_model") if defaults is not None else None
    if defaults is None or default is None:
        at = judged.root.span if providers is None else judged.root.key("providers")
        at = at if providers is None or defaults is None else providers.key("defaults")
        judged.missing(f"`providers.defaults` names no `default_model`{END}", line(at))
    elif default not in judged.models:
        message = f"the `default_model` `{default}` is not a model of `providers.models`{END}"
        judged.dangling(message, place(defaults, "default_model"), default, judged.models)


def _refs(judged: Judged, decision: Keys) -> None:
    for ref in entries_of(decision, "modelRefs"):
        model, lora = text_of(ref, "model"), text_of(ref, "lora_name")
        if model is None:
            continue
        if model not in judged.models:
            message = f"`modelRefs` names the model `{model}`, which is not declared{END}"
            judged.dangling(message, place(ref, "model"), model, judged.models)
        elif lora and model in judged.cards:
            loras = [text_of(each, "name") or "" for each in entries_of(judged.cards[model], "loras")]
            if lora not in loras:
                message = f"the card of `{model}` has no LoRA adapter `{lora}`{END}"
                judged.dangling(message, place(ref, "lora_name"), lora, loras)


# ── Conditions ────────────────────────────────────────────────────────────


def _names(judged: Judged, known: Older) -> dict[str, set[str]]:
    """By kind what a condition may name: a signal of any kind but of those whose names have an end, and projections."""
    signals = keys_of(keys_of(judged.root, "routing"), "signals")
    every = set[str]()
    for kind, section in known.kinds.items():
        for entry in entries_of(signals, section):
            name = text_of(entry, "name")
            if name:
                ends = known.suffixes.get(kind)
                every |= {f"{name}:{end}" for end in ends} if ends else {name}
    return dict.fromkeys(known.kinds, every) | {"projection": set(_outputs(judged))}


def _outputs(judged: Judged) -> dict[str, str]:
    """The outputs of the mappings, each with the score that it comes from."""
    mappings = entries_of(keys_of(keys_of(judged.root, "routing"), "projections"), "mappings")
    return {
        name: text_of(mapping, "source") or ""
        for mapping in mappings
        for output in entries_of(mapping, "outputs")
        if (name := text_of(output, "name"))
    }


def _composers(judged: Judged) -> None:
    for entry in entries_of(keys_of(keys_of(judged.root, "routing"), "signals"), "complexity"):
        _rules(judged, keys_of(entry, "composer"), None, None)


def _rules(judged: Judged, rules: Keys | None, names: dict[str, set[str]] | None, known: Older | None) -> None:
    if rules is None:
        return
    alone = "type" in rules and "operator" not in rules
    if alone:
        leaves = [rules]
        if text_of(rules, "type") is None or ("name" in rules and text_of(rules, "name") is None):
            judged.refuse(f"a condition needs a `type` and a `name`, both texts{END}", line(rules.span))
    else:
        leaves = [leaf for each in entries_of(rules, "conditions") for leaf in _nodes(judged, each)]
    if names is None or known is None:
        return
    for leaf in leaves:
        kind, name = (text_of(leaf, "type") or "").strip().lower(), text_of(leaf, "name") or ""
        if kind == "latency":
            judged.refuse(f"a condition on `latency` is the algorithm `latency_aware` today{END}", line(leaf.span))
        elif kind in names:
            written = name if kind == "projection" or kind in known.suffixes else name.partition(":")[0]
            if not written or written not in names[kind]:
                at = place(leaf, "name") if "name" in leaf else line(leaf.span)
                judged.dangling(f"the {kind} `{name}` is not declared{END}", at, name, names[kind])


def _nodes(judged: Judged, node: Keys) -> Iterator[Keys]:
    """The conditions of a tree that name a signal; what is no condition is reported."""
    leaf = any(_there(node, key) for key in LEAF)
    children, at = entries_of(node, "conditions"), line(node.span)
    operator = text_of(node, "operator")
    if operator is not None:
        if leaf:
            judged.contradict(f"a condition has both a `type` or a `name` and an `operator`{END}", at)
        elif not children:
            judged.missing(f"`{operator}` stands over no condition{END}", at)
        elif operator.strip().upper() not in OF_RULES:
            judged.refuse(f"`{operator}` is none of {listing(OF_RULES, 'and')}{END}", place(node, "operator"))
        elif operator.strip().upper() == "NOT" and len(children) != 1:
            judged.refuse(f"`NOT` stands over {len(children)} conditions; it takes exactly one{END}", at)
        for child in children:
            yield from _nodes(judged, child)
    elif not all(_there(node, key) for key in LEAF):
        judged.missing(f"a condition needs a `type` and a `name`{END}", at)
    elif children:
        judged.contradict(f"a condition has both a `type` and `conditions`{END}", at)
    else:
        yield node


def _there(node: Keys, key: str) -> bool:
    value = node.get(key)
    return value is not None and not is_null(value)


# ── Algorithms ────────────────────────────────────────────────────────────


def _algorithm(judged: Judged, decision: Keys, algorithm: Keys, known: Older) -> None:
    kind, own = text_of(algorithm, "type"), f"decision `{text_of(decision, 'name') or ''}`"
    at = line(decision.key("algorithm"))
    if kind is None:
        return
    blocks = [key for key in algorithm if key in known.algorithms.values() and _there(algorithm, key)]
    if kind not in known.algorithms:
        judged.dangling(
            f"`{kind}` is not an algorithm of vLLM-SR {OLDEST}", place(algorithm, "type"), kind, known.algorithms
        )
    wanted = known.algorithms.get(kind.strip().lower())
    if len(blocks) > 1:
        judged.contradict(f"the algorithm of {own} has settings of several: {listing(blocks, 'and')}{END}", at)
    elif blocks and blocks[0] != wanted:
        message = f"the algorithm `{kind}` of {own} takes no settings called `{blocks[0]}`{END}"
        judged.contradict(message, algorithm.key(blocks[0]))
    if kind.strip().lower() == "latency_aware":
        _latency(judged, own, algorithm, at)
    dc, hybrid = keys_of(algorithm, "router_dc"), keys_of(algorithm, "hybrid")
    if kind == "router_dc" and dc is not None and bool_of(dc, "require_descriptions"):
        for ref in entries_of(decision, "modelRefs"):
            card = judged.cards.get(text_of(ref, "model") or "")
            if card is not None and not text_of(card, "description"):
                message = f"{own} asks for descriptions, and the card of `{text_of(card, 'name') or ''}` has none{END}"
                judged.missing(message, named(card))
    if kind == "hybrid" and hybrid is not None:
        total = Fraction(0)
        for key, usual in HYBRID.items():
            given = number_of(hybrid, key)
            total += Fraction(usual) if given is None else given
        if abs(total - 1) > SLACK:
            judged.refuse(f"the weights of `hybrid` of {own} add up to {float(total):g}, not to 1{END}", hybrid.span)


def _latency(judged: Judged, own: str, algorithm: Keys, at: Span) -> None:
    block = keys_of(algorithm, "latency_aware")
    if block is None:
        judged.missing(f"the algorithm `latency_aware` of {own} has no `latency_aware` settings{END}", at)
        return
    said = {key: int_of(block, key) or 0 for key in ("tpot_percentile", "ttft_percentile")}
    if all(value <= 0 for value in said.values()):
        message = f"`latency_aware` of {own} has no `tpot_percentile` and no `ttft_percentile`{END}"
        judged.missing(message, line(block.span))
    for key, value in said.items():
        if value > 100:
            judged.say(codes.OUT_OF_RANGE, f"`{key}` is {value}, outside 1 to 100{END}", place(block, key))


# ── Projections and embeddings ────────────────────────────────────────────


def _projections(judged: Judged) -> None:
    scores = entries_of(keys_of(keys_of(judged.root, "routing"), "projections"), "scores")
    names, outputs = [text_of(each, "name") or "" for each in scores], _outputs(judged)
    needs: dict[str, list[str]] = {}
    for score, own in zip(scores, names, strict=True):
        needs[own] = []
        for each in entries_of(score, "inputs"):
            name = text_of(each, "name")
            if (text_of(each, "type") or "").lower() != "projection" or not name:
                continue
            banded = (text_of(each, "value_source") or "").strip().lower() == "confidence"
            known = outputs if banded else dict(zip(names, names, strict=True))
            if not known.get(name):
                what = "output of a mapping" if banded else "score"
                judged.dangling(f"no {what} is called `{name}`{END}", place(each, "name"), name, known)
            else:
                needs[own].append(known[name])
    for score, own in zip(scores, names, strict=True):
        if own in _reached(own, needs):
            judged.refuse(f"score `{own}` needs itself{END}", named(score))


def _reached(name: str, needs: dict[str, list[str]]) -> set[str]:
    found, waiting = set[str](), list(needs.get(name, ()))
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += needs.get(each, ())
    return found


def _embeddings(judged: Judged) -> None:
    embeddings = keys_of(judged.catalogue, "embeddings")
    settings = keys_of(keys_of(embeddings, "semantic"), "embedding_config")
    model = (text_of(settings, "model_type") or "") if settings is not None else ""
    for entry in entries_of(keys_of(keys_of(judged.root, "routing"), "signals"), "embeddings"):
        query = text_of(entry, "query_modality")
        if query == "audio" or (query == "image" and model.strip().lower() != "multimodal"):
            why = "sound, which it cannot do" if query == "audio" else "images, and its model is not `multimodal`"
            message = f"embedding `{text_of(entry, 'name') or ''}` compares with {why}{END}"
            judged.refuse(message, place(entry, "query_modality"))
