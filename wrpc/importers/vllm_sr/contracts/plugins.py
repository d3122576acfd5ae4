"""Plugins of a decision: settings that exclude or need each other."""

from __future__ import annotations

from collections.abc import Callable

from wrpc.importers.document import Keys
from wrpc.importers.nodes import bool_of, entries_of, int_of, items_of, keys_of, number_of, place, text_of, texts_of
from wrpc.importers.vllm_sr.contracts.judged import Judged, filled, texts

# Headers with a credential, which a shadow copy never carries.
CREDENTIALS = frozenset(
    (
        "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key", "x-user-openai-key",
        "x-user-anthropic-key", "x-user-azure-openai-key", "x-user-bedrock-key", "x-user-gemini-key",
        "x-user-vertex-ai-key", "x-user-minimax-key",
    )
)  # fmt: skip
TOP_K = 5


def judge(judged: Judged) -> None:
    for decision in judged.decisions:
        for plugin in entries_of(decision, "plugins"):
            settings = keys_of(plugin, "configuration")
            judges = PLUGINS.get(text_of(plugin, "type") or "")
            if settings is not None and judges is not None:
                judges(judged, settings)


def _response_cache(judged: Judged, settings: Keys) -> None:
    if keys_of(settings, "semantic") is not None and settings.get("similarity_threshold") is not None:
        message = "`similarity_threshold` stands beside `semantic`, which has one of its own"
        judged.contradict(message, settings.key("similarity_threshold"))
    older = bool_of(settings, "allow_request_controls") or settings.get("control_header") is not None
    if keys_of(settings, "request_controls") is not None and older:
        judged.contradict("`request_controls` stands beside older keys for the same", settings.key("request_controls"))


def _tools(judged: Judged, settings: Keys) -> None:
    if not bool_of(settings, "enabled"):
        return
    mode = text_of(settings, "mode") or ("passthrough" if "mode" not in settings else "")
    filters = items_of(settings, "allow_tools") or items_of(settings, "block_tools")
    if mode not in ("none", "passthrough", "filtered"):
        judged.refuse(
            f"`{mode}` is not a mode of `tools`: `none`, `passthrough` or `filtered`", place(settings, "mode")
        )
    elif mode == "filtered" and not filters:
        judged.missing("`mode: filtered` of `tools` needs `allow_tools` or `block_tools`", place(settings, "mode"))
    elif mode != "filtered" and filters:
        judged.contradict("`allow_tools` and `block_tools` need `mode: filtered`", settings.span)
    if bool_of(settings, "strip_tool_history") and mode != "none":
        judged.contradict("`strip_tool_history` needs `mode: none`", settings.key("strip_tool_history"))
    retrieval = keys_of(settings, "dynamic_retrieval")
    if retrieval is not None and bool_of(retrieval, "enabled"):
        _retrieval(judged, retrieval)


def _retrieval(judged: Judged, settings: Keys) -> None:
    strategy = text_of(settings, "strategy") if "strategy" in settings else "semantic_only"
    if strategy not in ("", "semantic_only", "hybrid_history"):
        judged.refuse(f"`{strategy}` is not a strategy of `dynamic_retrieval`", place(settings, "strategy"))
    if strategy == "hybrid_history" and (int_of(settings, "history_window") or 0) < 1:
        judged.missing("`strategy: hybrid_history` needs a `history_window` of 1 or more", place(settings, "strategy"))
    least = number_of(settings, "min_history_confidence")
    if least is not None and not 0 <= least <= 1:
        judged.refuse("`min_history_confidence` is outside 0 to 1", place(settings, "min_history_confidence"))
    weights = keys_of(settings, "weights")
    for key in weights or ():
        if weights is not None and (number_of(weights, key) or 0) < 0:
            judged.refuse(f"the weight `{key}` of `dynamic_retrieval` is below 0", place(weights, key))


def _prompt_cache(judged: Judged, settings: Keys) -> None:
    targets = texts_of(settings, "targets")
    if "targets" in settings and (not targets or len(set(targets)) < len(targets)):
        judged.refuse("`targets` of `prompt_cache` is empty, or names one twice", place(settings, "targets"))


def _shadow(judged: Judged, settings: Keys) -> None:
    if bool_of(settings, "enabled") and not (text_of(settings, "model") or "").strip():
        judged.missing("`shadow_dispatch` is enabled and names no `model`", settings.span)
    for name, at in texts(settings, "forward_headers"):
        if not name.strip() or name.strip().startswith(":") or name.strip().lower() in CREDENTIALS:
            judged.refuse(f"`forward_headers` cannot have `{name}`: it is empty, a pseudo-header or a credential", at)


def _rag(judged: Judged, settings: Keys) -> None:
    rerank = keys_of(settings, "rerank")
    if rerank is None or not bool_of(settings, "enabled"):
        return
    if text_of(settings, "backend") != "vectorstore":
        judged.contradict("`rerank` needs `backend: vectorstore`", settings.key("rerank"))
    most, own = int_of(settings, "top_k") or TOP_K, int_of(rerank, "top_k")
    if own is not None and own > most:
        judged.refuse(f"`rerank.top_k` is {own}, more than the {most} candidates", place(rerank, "top_k"))


def _compression(judged: Judged, settings: Keys) -> None:
    """Not the command line's to judge; the router refuses it when it starts."""
    budget = keys_of(settings, "budget")
    trigger, target = (
        int_of(budget, key) if budget is not None else None for key in ("trigger_tokens", "target_tokens")
    )
    if budget is not None and trigger and target and target >= trigger:
        judged.contradict("`target_tokens` is not below `trigger_tokens`", place(budget, "target_tokens"))
    recovery, scoring = keys_of(settings, "recovery"), keys_of(settings, "scoring")
    if recovery is not None and bool_of(recovery, "enabled") and not filled(recovery.get("store")):
        judged.missing("`recovery` is enabled and has no `store`", recovery.span)
    method = text_of(scoring, "method") if scoring is not None else None
    if scoring is not None and method not in (None, "bm25") and not text_of(scoring, "embedding_model_ref"):
        judged.missing(f"`method: {method}` needs an `embedding_model_ref`", place(scoring, "method"))


PLUGINS: dict[str, Callable[[Judged, Keys], None]] = {
    "response_cache": _response_cache,
    "tools": _tools,
    "prompt_cache": _prompt_cache,
    "shadow_dispatch": _shadow,
    "rag": _rag,
    "context_compression": _compression,
}
