"""What was meant by a word or a number that does not fit where it stands: a help text, and a repair where one is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from wrpc.diagnostics import Fix, listing
from wrpc.policy import units
from wrpc.policy import vocabulary as v
from wrpc.policy.model import Enum, Set, Signal
from wrpc.policy.names import written
from wrpc.policy.operands import Where
from wrpc.policy.sources import SOURCES
from wrpc.source import Span
from wrpc.syntax import tree

Advice = tuple[str, tuple[Fix, ...]]

OUTCOMES = {
    **dict.fromkeys(("serve", "serves", "serving", "answered", "answer", "allowed", "allow", "accepted"), "served"),
    **dict.fromkeys(("deny", "denies", "refused", "rejected", "blocked", "block", "reject", "refuse"), "denied"),
    **dict.fromkeys(("routes", "route_to", "matched"), "routed"),
}
"""Words for what becomes of a request, and the one that a claim reads."""

DESTINATIONS = frozenset(
    ("dest", "dst", "destinations", "target", "pool", "backend", "upstream", "provider", "model", "site", "server")
)

UNITS: Mapping[str, tuple[str, ...]] = {
    "K": ("k",), "kb": ("k", "KiB"), "kB": ("k", "KiB"), "KB": ("k", "KiB"), "MB": ("MiB",), "mb": ("MiB",),
    "GB": ("GiB",), "gb": ("GiB",), "TB": ("TiB",), "g": ("G",), "ki": ("Ki",), "m": ("min", "M"), "sec": ("s",),
    "secs": ("s",), "second": ("s",), "seconds": ("s",), "S": ("s",), "mins": ("min",), "minute": ("min",),
    "minutes": ("min",), "hr": ("h",), "hrs": ("h",), "hour": ("h",), "hours": ("h",), "H": ("h",), "day": ("d",),
    "days": ("d",), "msec": ("ms",), "millis": ("ms",), "w": ("W",), "kw": ("kW",), "KW": ("kW",), "usd": ("USD",),
    "rps": ("/s",), "qps": ("/s",), "req/s": ("/s",), "rpm": ("/min",), "tpm": ("/min",), "tok/s": ("/s",),
    "/sec": ("/s",), "/second": ("/s",), "/minute": ("/min",), "/m": ("/min",), "/hour": ("/h",), "/hr": ("/h",),
    "tok": ("",), "tokens": ("",), "pct": ("%",), "USD/hr": ("USD/h",), "USD/hour": ("USD/h",), "USD/M": ("USD/Mtok",),
    "USD/1M": ("USD/Mtok",), "k/m": ("k/min",), "k/minute": ("k/min",),
}  # fmt: skip
"""Units of other languages, and those that may be meant."""

ATTRIBUTES: Mapping[str, str] = {
    **dict.fromkeys(("url", "uri", "address", "host", "hostname", "base_url", "api_base", "server"), "endpoint"),
    **dict.fromkeys(("on_failure", "on_fail", "onerror", "if_failed"), "on_error"),
    **dict.fromkeys(("default_value", "if_absent", "on_absent", "missing", "if_missing", "on_missing"), "absent"),
    **dict.fromkeys(("gpus", "gpu_type", "accelerator", "device", "hardware"), "gpu"),
    **dict.fromkeys(("context_length", "context_window", "context_size", "max_model_len", "n_ctx"), "context"),
    **dict.fromkeys(("max_tokens", "max_output_tokens", "max_completion_tokens"), "max_output"),
    **dict.fromkeys(("instances", "count", "nodes", "scale"), "replicas"),
    **dict.fromkeys(("tp", "tensor_parallel_size"), "tensor_parallel"),
    **dict.fromkeys(("pp", "pipeline_parallel_size"), "pipeline_parallel"),
    **dict.fromkeys(("max_concurrency", "max_num_seqs", "parallel"), "concurrency"),
    **dict.fromkeys(("prio", "order", "rank", "precedence"), "priority"),
    **dict.fromkeys(("retry", "num_retries", "max_retries", "attempts"), "retries"),
    **dict.fromkeys(("location", "zone", "datacenter"), "region"),
    **dict.fromkeys(("vendor", "company"), "provider"),
    **dict.fromkeys(("cost", "pricing"), "price"),
    **dict.fromkeys(("thinking", "reasoning_effort", "use_reasoning"), "reasoning"),
    **dict.fromkeys(("desc", "comment", "summary"), "description"),
    **dict.fromkeys(("tags", "metadata", "annotations"), "labels"),
    **dict.fromkeys(("cutoff", "min_confidence"), "threshold"),
    **dict.fromkeys(("hf_id", "repo", "weights_path"), "source"),
}
"""Attributes of other languages, and the one of this language that may be meant."""

SUFFIXES = {"s": "s", "1/s": "/s", "B": "GiB", "W": "kW", "USD": "USD", "USD/s": "USD/h", "USD/tok": "USD/Mtok"}
NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d+)?")


def attribute(name: tree.Name, known: Collection[str]) -> Advice | None:
    """For an attribute that a block does not have: what it is called here."""
    found = ATTRIBUTES.get(name.text.lower())
    if found is not None and found in known:
        return f"it is called `{found}` here", (Fix(name.span, found, f"write `{found}`", safe=False),)
    if "source" in known and name.text in SOURCES:
        return f"`{name.text}` is a source: write `source {name.text}(…)`", ()
    return None


def unit(number: tree.Number) -> Advice | None:
    """For a number with an unknown unit."""
    found = UNITS.get(number.unit)
    if found is None:
        return None
    said = [number.text + each for each in found]
    if len(said) > 1:
        return f"did you mean {listing(said)}?", ()
    return f"write `{said[0]}`", (Fix(number.span, said[0], f"write `{said[0]}`"),)


def amount(text: str, dimension: str, what: str = "") -> str:
    """A number as it might have been meant, in a dimension that it does not have."""
    digits = NUMBER.match(text)
    if digits is None or dimension not in SUFFIXES:
        return units.example(dimension)
    suffix = "/min" if dimension == "1/s" and "budget" in what else SUFFIXES[dimension]
    own = text[digits.end() :].partition("/")[0]
    if own and own + suffix in units.UNITS:
        return text + suffix
    if (own in ("k", "M", "G") and dimension == "1/s") or (own == "USD" and suffix.startswith("USD")):
        return text + suffix.removeprefix("USD")
    if own in ("k", "M", "G") and dimension == "B":
        return digits.group() + {"k": "KiB", "M": "MiB", "G": "GiB"}[own]
    return digits.group() + suffix


def unquoted(node: tree.Node) -> Advice | None:
    """For a string in the place of a number: the number in it."""
    if isinstance(node, tree.Text) and re.fullmatch(r"-?\d[\w.%]*(?:/\w+)?", node.value):
        return f"write `{node.value}`, without quotes", (Fix(node.span, node.value, "leave out the quotes"),)
    return None


def name(
    name: tree.Name, where: Where | None, signals: Mapping[str, Signal], pools: Mapping[str, object]
) -> Advice | None:
    """For a name that an expression cannot read."""
    word = name.text
    if where is not None and where.outcome and word.lower() in OUTCOMES:
        return f"did you mean `{OUTCOMES[word.lower()]}`?", (_instead(name.span, OUTCOMES[word.lower()]),)
    if where is not None and where.destination:
        if word in v.DESTINATION:
            return f"did you mean `destination.{word}`?", (_instead(name.span, f"destination.{word}"),)
        if word in pools:
            said = f"destination.pool == {written(word)}"
            return f"write `{said}`", (_instead(name.span, said),)
    for signal in signals.values():
        if isinstance(signal.type, (Enum, Set)) and word in signal.type.names:
            own, owner = written(word), written(signal.name)
            said = f"{owner} == {own}" if isinstance(signal.type, Enum) else f"{own} in {owner}"
            return f"`{word}` is a value of `{signal.name}`: write `{said}`", (_instead(name.span, said),)
    return None


def path(path: tree.Path, where: Where, known: object) -> Advice | None:
    """For a path whose first part is nothing that is declared."""
    head, *rest = path.parts
    last = rest[-1].text if rest else ""
    if where.destination and (head.text in DESTINATIONS or last in v.DESTINATION):
        return "did you mean `destination`?" if last not in v.DESTINATION else f"did you mean `destination.{last}`?", (
            _instead(head.span, "destination"),
        )
    if isinstance(known, (Mapping, frozenset, set, dict)) and last in known:
        own = written(last)
        return f"a signal is read by its name alone: write `{own}`", (_instead(path.span, own),)
    return None


def _instead(span: Span, text: str) -> Fix:
    return Fix(span, text, f"write `{text}`", safe=False)
