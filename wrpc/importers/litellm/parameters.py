"""The keys of a deployment: those of another place, values that do not fit, and what a value does to its requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from wrpc.diagnostics import Fix, did_you_mean
from wrpc.importers import codes as shared
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null, kind
from wrpc.importers.faults import ALIKE, misfit
from wrpc.importers.litellm import codes
from wrpc.importers.litellm.config import EFFECTS, Config, Effect, variable
from wrpc.importers.litellm.facts import SHOWN
from wrpc.importers.litellm.types import expected, fits, is_date, misfits
from wrpc.importers.litellm.values import limits
from wrpc.importers.nodes import line, place, texts_of

# What stands beside `litellm_params` and is read there; other keys of a deployment belong below it.
BESIDE = frozenset(("model_name", "litellm_params", "model_info", "rpm", "tpm", "tags", "model_type"))
# Keys of `litellm_params` that say nothing in `model_info`, where everything else is free text.
NOT_INFO = frozenset(
    ("weight", "api_key", "api_base", "api_version", "timeout", "max_parallel_requests", "num_retries")
)
# Types of parameters of the call itself, which nobody checks; those of a deployment take text that reads as them.
UNCHECKED = frozenset(("int", "number", "bool"))
# Values of these that do not fit are taken for nothing, with a warning.
TOLERANT = frozenset(("drop_params",))
# Looked at when a request comes, not when the deployment is made.
LATER: Mapping[str, str] = SHOWN["shapes"]["litellm_params"]
HEADERS = frozenset(("extra_headers", "headers"))
TIMES = frozenset(("timeout", "stream_timeout"))
# Limits of which no request passes one that is below 0.
LIMITS = ("rpm", "tpm", "max_parallel_requests")
# Lists of the router, which looks for none in a deployment.
LISTS = frozenset(("context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks"))
FALLBACKS = "fallbacks"
REQUESTS = "every request fails"
# Sizes that are compared as numbers when a request comes.
SIZES = ("max_input_tokens", "max_output_tokens")


def beside(config: Config, entry: Keys) -> bool:
    """Keys of a deployment itself, and those of `model_info`; whether the program can make a deployment of these."""
    known = config.facts.known("litellm_params")
    limits(config, entry, LIMITS)
    for key, pair in entry.pairs.items():
        if key in BESIDE or not isinstance(pair.key.value, str):
            continue
        if key in known:
            message = f"`{key}` belongs in `litellm_params`; beside it {config.program} ignores it"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored")
        else:
            message = f"`{key}` is not a key of a deployment, and {config.program} ignores it"
            config.say(shared.UNKNOWN_KEY, message, pair.key.span, "ignored", help=did_you_mean(key, BESIDE))
    own = entry.pairs.get("model_info")
    info = None if own is None else own.value
    if own is not None and not isinstance(info, Keys):
        wrong(config, own.key if is_null(own.value) else own.value, "a mapping", "model_info", "stops")
    return _info(config, info) if isinstance(info, Keys) else True


def _info(config: Config, info: Keys) -> bool:
    known, fine = config.facts.known("model_info"), True
    tiers = config.facts.words["model_info.tier"]
    for key, pair in info.pairs.items():
        if key in NOT_INFO and key not in known:
            message = f"`{key}` belongs in `litellm_params`; in `model_info` {config.program} ignores it"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored")
        elif key in SIZES:
            _size(config, key, pair.value)
        elif key != "id" and not fits(known.get(key, "any"), pair.value):
            fine = False
            wrong(config, pair.value, expected(known[key]), key, "fails")
        elif key == "tier" and isinstance(pair.value, Scalar) and not is_null(pair.value):
            if pair.value.text not in tiers and variable(pair.value) is None:
                fine = False
                message = f"`{pair.value.text}` is not a `tier`; {config.program} leaves the deployment out"
                few = "known: " + ", ".join(f"`{tier}`" for tier in tiers)
                config.say(shared.UNKNOWN_WORD, message, pair.value.span, "fails", help=few)
        elif key == "supported_environments" and isinstance(pair.value, Scalar) and not is_null(pair.value):
            fine = False
            wrong(config, pair.value, "a list", key, "fails")
    return fine


def _size(config: Config, key: str, node: Node) -> None:
    if isinstance(node, Scalar) and isinstance(node.value, str) and variable(node) is None:
        number = fits("numeral", node)
        end = f"{config.program} does not look at it" if number else "every request to the group fails"
        # The number begins to turn requests away.
        fix = Fix(node.span, node.text, "write the number", safe=False) if number and node.text.isdecimal() else None
        config.wrong(node, "a number", key, "otherwise" if number else "fails", end=end, fix=fix)


def fits_program(config: Config, params: Keys) -> bool:
    """Whether the program can make a deployment of these parameters."""
    known, fine = config.facts.known("litellm_params"), _patterns(config, params)
    limits(config, params, LIMITS)
    for key, pair in params.pairs.items():
        if key in ("model", "weight", "order") or not isinstance(pair.key.value, str):
            continue
        if key in LISTS:
            message = f"`{key}` belongs in `router_settings`; in `litellm_params` {config.program} ignores it"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored")
        elif key == FALLBACKS:
            _fallbacks(config, pair)
        elif key in TIMES:
            _time(config, key, pair.value)
        elif key not in known:
            _unknown(config, key, pair)
        elif key in LATER:
            _later(config, key, pair.value)
        elif key in TOLERANT:
            if not fits(known[key], pair.value):
                wrong(config, pair.value, expected(known[key]), key, "ignored")
        elif known[key] not in UNCHECKED and not fits(known[key], pair.value):
            fine = False
            fix = quoted(pair.value) if "text" in known[key] and is_date(pair.value) else None
            wrong(config, pair.value, expected(known[key]), key, "fails", fix)
    return fine


def _later(config: Config, key: str, node: Node) -> None:
    wanted = LATER[key]
    for found in misfits(wanted, node, key):
        config.report.add(misfit(found, severity=EFFECTS["fails"], end=f"; {REQUESTS}"))
    if key in HEADERS and isinstance(node, Keys):
        for pair in node.pairs.values():
            if not is_null(pair.value) and not fits("text", pair.value):
                called, fix = f"the header `{pair.key.text}`", quoted(pair.value)
                config.wrong(pair.value, "text", "", "fails", end=REQUESTS, called=called, fix=fix)


def _fallbacks(config: Config, pair: Pair) -> None:
    """A deployment's own fallbacks are models of providers, each with its parameters, and never groups."""
    for item in pair.value.items if isinstance(pair.value, Items) else (pair.value,):
        if isinstance(item, Scalar) and isinstance(item.value, str) and config.facts.provider(item.value) is None:
            message = f"`{item.value}` is taken for a provider's model: the fallbacks of a deployment are not groups"
            help_ = "fallbacks to groups stand in `router_settings`"
            config.say(codes.MISPLACED_KEY, message, pair.key.span, "ignored", help=help_)
            return


def _time(config: Config, key: str, node: Node) -> None:
    """Seconds, as a number or as text that reads as one; `30s` ends every request."""
    for found in misfits(LATER[key], node, key):
        seconds = replace(found, expected="a number of seconds") if found.wrong == "type" else found
        config.report.add(misfit(seconds, severity=EFFECTS["fails"], end=f"; {REQUESTS}"))


def _unknown(config: Config, key: str, pair: Pair) -> None:
    """Parameters of a provider are unknown by nature; only one that looks misspelt is worth a proposal."""
    message = f"`{key}` is unknown to {config.program}, which hands it on to the provider"
    hint = did_you_mean(key, config.facts.known("litellm_params"), ALIKE)
    config.say(codes.UNKNOWN_PARAMETER, message, pair.key.span, "note", help=hint)


def wrong(config: Config, node: Node, wanted: str, key: str, effect: Effect, fix: Fix | None = None) -> None:
    left_out = {"fails": f"{config.program} leaves the deployment out", "ignored": "it is ignored"}
    one = f"{key} {kind(node)}" if key in config.facts.known("litellm_params") and key != "model" else None
    config.wrong(node, wanted, key, effect, end=left_out.get(effect, ""), fix=fix, one=one)


def quoted(node: Node) -> Fix | None:
    """Text of what stands there without quotes."""
    if isinstance(node, Scalar) and not node.quoted and '"' not in node.text and "\\" not in node.text:
        return Fix(node.span, f'"{node.text}"', f"put `{node.text}` into quotes")
    return None


def _patterns(config: Config, params: Keys) -> bool:
    """Whether the patterns of a deployment can be read; the program leaves it out otherwise."""
    fine = True
    for text in texts_of(params, "tag_regex"):
        try:
            re.compile(text)
        except re.error as problem:
            fine = False
            message = f"`tag_regex` has `{text}`, which is not a pattern ({problem.msg}); the deployment is left out"
            config.say(shared.BAD_PATTERN, message, line(place(params, "tag_regex")), "fails")
    return fine
