"""What runs the models of signals: deployments, the bindings of tasks to them, and services of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.nodes import bool_of, entries_of, int_of, keys_of, line, named, number_of, place, text_of
from wrpc.importers.vllm_sr.contracts.deployments import Deployment, fault
from wrpc.importers.vllm_sr.contracts.judged import Judged, Profile
from wrpc.source import Span

CONTRACTS = {
    "prompt_guard": "label_distribution.v1",
    "domain_classifier": "label_distribution.v1",
    "fact_check_classifier": "label_distribution.v1",
    "feedback_detector": "label_distribution.v1",
    "modality_detector": "label_distribution.v1",
    "pii_classifier": "token_spans.v1",
    "hallucination_detector": "token_spans.v1",
    "hallucination_explainer": "text_pair_distribution.v1",
    "embedding": "embedding.v1",
    "complexity": "score.v1",
    "rag.reranker": "relevance_scores.v1",
}
DISTRIBUTION, SCORES = "label_distribution.v1", "label_scores.v1"
LOCAL_ONLY = frozenset(("fact_check_classifier", "feedback_detector", "modality_detector", "hallucination_explainer"))
OPENVINO = frozenset(("auto", "bert", "modernbert", "mmbert", "mmbert32k", "mmbert-32k"))
LIMIT = 512
MOST_PORT = 65535


def judge(judged: Judged) -> None:
    deployments = {name: Deployment(data) for name, data in judged.facts.deployments.items()}
    section = keys_of(judged.catalogue, "deployments")
    externals = {text_of(e, "name") or "": e for e in entries_of(judged.catalogue, "external")}
    for name, pair in section.pairs.items() if section is not None else ():
        deployments[name] = Deployment(_plain(pair.value))
        wrong = fault(name, deployments[name], externals)
        if wrong:
            judged.refuse(f"deployment `{name}` {wrong}", pair.key.span)
    shared = keys_of(judged.catalogue, "bindings")
    for consumer, binding, at in _bindings(shared):
        _bound(judged, consumer, binding, at, deployments, None)
    for profile in judged.profiles:
        own = keys_of(profile.routing, "model_bindings")
        for consumer, binding, at in _bindings(own):
            _bound(judged, consumer, binding, at, deployments, profile)
        effective = {c: b for each in (shared, own) for c, b, _ in _bindings(each)}
        _classifiers(judged, profile, effective, deployments, externals)
        _safety(judged, profile, effective, deployments, externals)
        _rerank(judged, profile, effective)
        _pii(judged, effective.get("pii_classifier"), deployments)


def _plain(node: Node) -> Any:
    match node:
        case Keys(pairs=pairs):
            return {key: _plain(pair.value) for key, pair in pairs.items()}
        case Items(items=items):
            return [_plain(item) for item in items]
        case Scalar(value=value):
            return value


def _bindings(section: Keys | None) -> Iterator[tuple[str, Keys, Span]]:
    for key, pair in section.pairs.items() if section is not None else ():
        if isinstance(pair.value, Keys):
            yield key, pair.value, pair.key.span


# ── Bindings ──────────────────────────────────────────────────────────────


def _bound(
    judged: Judged,
    consumer: str,
    binding: Keys,
    at: Span,
    deployments: Mapping[str, Deployment],
    profile: Profile | None,
) -> None:
    name = text_of(binding, "deployment")
    point = keys_of(binding, "operating_point")
    if point is not None and (path := text_of(point, "path")) is not None:
        normal = PurePosixPath(path)
        if path != path.strip() or (not normal.is_absolute() and ".." in normal.parts[:1]):
            judged.refuse("the `path` of an `operating_point` has to stay inside the artifact", place(point, "path"))
    if name is None:
        return
    if name not in deployments:
        message = f"the binding of `{consumer}` names the deployment `{name}`, which is not declared"
        judged.dangling(message, place(binding, "deployment"), name, deployments)
        return
    wrong = _wrong(consumer, binding, deployments[name], profile)
    if wrong:
        judged.refuse(f"the binding of `{consumer}` {wrong}", at)


def _wrong(consumer: str, binding: Keys, deployment: Deployment, profile: Profile | None) -> str | None:
    contract, adapter = text_of(binding, "contract") or "", text_of(binding, "adapter") or ""
    provider, head = deployment.provider or "candle", text_of(binding, "head")
    point = binding.get("operating_point") is not None
    if point and not consumer.startswith("classifier."):
        return "has an `operating_point`, which only classifiers have"
    if binding.get("pair_scorer") is not None and consumer != "rag.reranker":
        return "has a `pair_scorer`, which only `rag.reranker` has"
    expected = CONTRACTS.get(consumer)
    if consumer == "rag.reranker":
        if provider == "http" or adapter != "vela_reranker":
            return "needs a local deployment and the adapter `vela_reranker`"
        if text_of(binding, "mapping_path") or (provider == "candle" and head) or deployment.overflow != "reject":
            return "takes no labels and no head, and needs `overflow: reject`"
    if consumer.startswith(("safety.", "classifier.")):
        found = _of_signal(consumer, binding, deployment, profile)
        if not found.endswith(".v1"):
            return found
        expected = found
    if expected is None:
        return "is for no task that the router knows"
    if consumer == "prompt_guard" and provider == "http" and adapter == "http_chat":
        expected = "label_decision.v1"
    if contract != expected and not (consumer == "complexity" and contract == DISTRIBUTION):
        return f"has the contract `{contract}`, where `{expected}` is expected"
    if not adapter.strip():
        return "has an empty `adapter`"
    if consumer == "complexity" and provider != "http":
        return "needs a service for a score or a distribution"
    return _of_provider(consumer, contract, adapter, head, deployment, provider)


def _of_provider(
    consumer: str, contract: str, adapter: str, head: str | None, deployment: Deployment, provider: str
) -> str | None:
    if provider == "http":
        if head:
            return "is for a service, which has no local `head`"
        if consumer in LOCAL_ONLY:
            return "is for a service, and its task runs here alone"
        if consumer != "embedding" and (deployment.budget != 0 or deployment.overflow != "reject"):
            return "is for a service, which keeps no budget of tokens"
        if consumer == "hallucination_detector" and adapter != "http_chat":
            return "needs the adapter `http_chat`"
    if provider == "openvino":
        if contract not in ("embedding.v1", DISTRIBUTION) or adapter not in OPENVINO:
            return "is for OpenVINO, which has text embeddings and distributions of known adapters alone"
        if head and not head.endswith(".xml"):
            return "needs a `head` that ends in `.xml`"
    if provider == "ort" and consumer.startswith("hallucination_"):
        return "has no adapter for `ort`"
    return None


def _of_signal(consumer: str, binding: Keys, deployment: Deployment, profile: Profile | None) -> str:
    """The contract that a signal's binding has to have, or what is wrong with the binding."""
    contract, adapter = text_of(binding, "contract") or "", text_of(binding, "adapter") or ""
    provider = deployment.provider or "candle"
    if profile is None:
        either = (DISTRIBUTION, SCORES) if consumer.startswith("safety.") else (SCORES,)
        return contract if contract in either else DISTRIBUTION
    if consumer.startswith("safety."):
        rules = entries_of(profile.signals, "safety")
        heads = [DISTRIBUTION for r in rules if consumer == f"safety.{text_of(r, 'name')}"]
        hazards = [r for r in rules if keys_of(r, "hazard") is not None]
        heads += [SCORES for r in hazards if consumer == f"safety.{text_of(r, 'name')}.hazard"]
        if len(heads) != 1:
            return "names no safety signal of its recipe"
        if text_of(binding, "mapping_path"):
            return "takes its labels from the signal, so it has no `mapping_path`"
        return "needs the adapter `http_classify`" if provider == "http" and adapter != "http_classify" else heads[0]
    rule = next(
        (r for r in entries_of(profile.signals, "classifiers") if f"classifier.{text_of(r, 'name')}" == consumer), None
    )
    if rule is None:
        return "names no classifier of its recipe"
    if text_of(binding, "mapping_path"):
        return "takes its labels from the signal, so it has no `mapping_path`"
    kind, point = text_of(rule, "type"), binding.get("operating_point") is not None
    if contract == SCORES:
        complete = provider in ("candle", "ort") and not (provider == "candle" and text_of(binding, "head"))
        if not point or not complete or kind == "llm":
            return "of single scores needs an `operating_point` and a local deployment without a `head`"
        if deployment.budget <= 0 or deployment.overflow != "reject":
            return "with an `operating_point` needs `input.max_tokens` and `overflow: reject`"
        precision = deployment.text("precision") or "native"
        if precision != "native" and (provider != "candle" or precision != "fp32"):
            return "with an `operating_point` needs `candle` by `fp32`, or `native`"
    elif point:
        return f"has an `operating_point`, which needs the contract `{SCORES}`"
    if kind == "llm" and (provider != "http" or adapter != "http_chat"):
        return "of an LLM needs a service and the adapter `http_chat`"
    if kind != "llm" and provider == "http" and adapter != "http_classify":
        return "needs the adapter `http_classify`"
    return SCORES if contract == SCORES else DISTRIBUTION


# ── What signals run on ───────────────────────────────────────────────────


def _endpoint(judged: Judged, external: Keys, what: str, at: Span, *, chat: bool) -> None:
    """A service of others that classifies: its role, its address, and for an LLM what it is asked."""
    endpoint = keys_of(external, "llm_endpoint")
    port = int_of(endpoint, "port") if endpoint is not None else None
    address = (text_of(endpoint, "address") or "" if endpoint is not None else "").strip()
    protocol = (text_of(endpoint, "protocol") or "" if endpoint is not None else "").strip().lower()
    if text_of(external, "model_role") != "classification":
        judged.refuse(f"{what} runs on an external model whose `model_role` is not `classification`", at)
        return
    if chat and not (text_of(external, "llm_model_name") or "").strip():
        judged.missing(f"{what} runs on an external model without `llm_model_name`", at)
    if chat and (text_of(external, "parser_type") or "").strip().lower() not in ("", "json"):
        judged.refuse(f"{what} runs on an external model whose `parser_type` is not `json`", at)
    if not address or port is None or not 1 <= port <= MOST_PORT:
        judged.missing(f"{what} runs on an external model without the `address` and `port` of its `llm_endpoint`", at)
    if protocol not in ("", "http", "https"):
        judged.refuse(f"{what} runs on an external model whose `protocol` is neither `http` nor `https`", at)


def _classifiers(
    judged: Judged,
    profile: Profile,
    bindings: Mapping[str, Keys],
    deployments: Mapping[str, Deployment],
    externals: Mapping[str, Keys],
) -> None:
    for rule in entries_of(profile.signals, "classifiers"):
        name, kind, model = text_of(rule, "name") or "", text_of(rule, "type"), text_of(rule, "model")
        binding = bindings.get(f"classifier.{name}")
        deployment = deployments.get(text_of(binding, "deployment") or "") if binding is not None else None
        if deployment is not None:
            remote = deployment.provider == "http"
            kind = ("llm" if kind == "llm" else "sequence_classifier") if remote else "local"
            model = deployment.text("external_model")
        if kind not in ("llm", "sequence_classifier"):
            continue
        at, what = place(rule, "model") if "model" in rule else named(rule), f"classifier `{name}`"
        if model is None or model not in externals:
            if model:
                judged.dangling(
                    f"{what} names the external model `{model}`, which is not declared", at, model, externals
                )
            continue
        _endpoint(judged, externals[model], what, at, chat=kind == "llm")


def _safety(
    judged: Judged,
    profile: Profile,
    bindings: Mapping[str, Keys],
    deployments: Mapping[str, Deployment],
    externals: Mapping[str, Keys],
) -> None:
    modules = keys_of(keys_of(judged.catalogue, "modules"), "safety")
    for rule in entries_of(profile.signals, "safety"):
        own = text_of(rule, "name") or ""
        hazard = keys_of(rule, "hazard")
        for kind, head in (("safety", rule), ("hazard", hazard)):
            if head is None:
                continue
            consumer = f"safety.{own}" + (".hazard" if kind == "hazard" else "")
            binding, local = bindings.get(consumer), keys_of(modules, kind)
            deployment = deployments.get(text_of(binding, "deployment") or "") if binding is not None else None
            if binding is not None and deployment is None:
                continue
            model = text_of(head, "model") or ""
            at = place(head, "model") if "model" in head else named(rule)
            window, limit = (
                keys_of(local, "window"),
                int_of(local, "max_sequence_length") if local is not None else None,
            )
            artifact = text_of(local, "model_id") if local is not None else None
            if deployment is not None and deployment.provider == "http":
                if not model and window is not None:
                    judged.refuse(f"safety `{own}` runs on a service, which has no `window`", at)
                model = deployment.text("external_model")
            elif deployment is not None:
                artifact, limit = deployment.text("artifact"), deployment.budget
                window, model = (None if model else window), ""
            if not model:
                _head(judged, own, kind, local, window, limit or 0, artifact, at)
            elif model not in externals:
                judged.dangling(
                    f"safety `{own}` names the external model `{model}`, which is not declared", at, model, externals
                )
            else:
                _endpoint(judged, externals[model], f"safety `{own}`", at, chat=False)


def _head(
    judged: Judged,
    own: str,
    kind: str,
    local: Keys | None,
    window: Keys | None,
    limit: int,
    artifact: str | None,
    at: Span,
) -> None:
    if limit < 0:
        judged.refuse("`max_sequence_length` of a safety model is below 0", at)
    elif window is not None and not _fits(window, limit or LIMIT):
        judged.refuse(f"the `window` of safety `{own}` does not fit its {limit or LIMIT} tokens", at)
    reference = text_of(local, "model_ref") if local is not None and "model_ref" in local else kind
    system = keys_of(judged.catalogue, "system")
    if artifact or not reference:
        return
    if reference not in judged.facts.system:
        judged.dangling(f"no system model is called `{reference}`", at, reference, judged.facts.system)
    elif system is not None and reference in system and not text_of(system, reference):
        judged.missing(f"safety `{own}` runs on the system model `{reference}`, which is empty", at)


def _fits(window: Keys, limit: int) -> bool:
    size, overlap = int_of(window, "size") or 0, int_of(window, "overlap") or 0
    return 0 < size <= limit and 0 <= overlap < size


def _rerank(judged: Judged, profile: Profile, bindings: Mapping[str, Keys]) -> None:
    if "rag.reranker" in bindings:
        return
    for decision in profile.decisions:
        for plugin in entries_of(decision, "plugins"):
            settings = keys_of(plugin, "configuration")
            if text_of(plugin, "type") != "rag" or settings is None or not bool_of(settings, "enabled"):
                continue
            if settings.get("rerank") is not None:
                judged.missing("`rerank` needs `rag.reranker` among the `model_bindings`", settings.key("rerank"))


def _pii(judged: Judged, binding: Keys | None, deployments: Mapping[str, Deployment]) -> None:
    module = keys_of(keys_of(keys_of(judged.catalogue, "modules"), "classifier"), "pii")
    window = keys_of(module, "window")
    if binding is not None:
        deployment = deployments.get(text_of(binding, "deployment") or "")
        if deployment is None:
            return
        if window is None:
            wrong = deployment.overflow == "window"
        else:
            local = deployment.provider in ("candle", "ort") and deployment.overflow == "window"
            wrong = not local or deployment.budget <= 0 or not _fits(window, deployment.budget)
        if wrong:
            message = "the `window` of the PII module and the deployment of `pii_classifier` do not go together"
            judged.refuse(message, line(binding.span))
    elif module is not None and window is not None:
        limit = number_of(module, "max_sequence_length") or 0
        local = module.get("backend") is None and bool_of(module, "use_mmbert_32k") is not False
        if not local or limit < 0 or not _fits(window, int(limit) or LIMIT):
            judged.refuse("the `window` of the PII module does not fit its model", line(window.span))
