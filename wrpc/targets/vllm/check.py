"""Emitted files against the tables of names, and against what vLLM and LMCache would let pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source
from wrpc.targets.codes import REJECTED
from wrpc.targets.engine import options_0_32
from wrpc.targets.engine.limits import broken
from wrpc.targets.engine.options import KINDS, fits
from wrpc.targets.vllm import lmcache_0_5


def check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    found: list[Diagnostic] = []
    for path, text in sorted(files.items()):
        if path.endswith(".yaml"):
            at = Source(path, text).span()
            faults = _lmcache(text) if path.endswith(".lmcache.yaml") else _serve(text)
            found += [finding(REJECTED, f"`{path}`: {fault}", at) for fault in faults]
    return tuple(found)


def _read(text: str) -> dict[str, Any] | str:
    import yaml

    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    except yaml.YAMLError as error:
        return f"no YAML: {str(error).splitlines()[0]}"
    return content if isinstance(content, dict) else "no options"


def _serve(text: str) -> Iterator[str]:
    content = _read(text)
    if isinstance(content, str):
        yield content
        return
    if not isinstance(content.get("model"), str):
        yield "no `model`"
    for name, value in content.items():
        choices = options_0_32.CHOICES.get(name)
        kind = options_0_32.OPTIONS.get(name)
        if choices is None and kind is None:
            yield f"`vllm serve` has no option `{name}`"
        elif choices is not None and value not in choices:
            yield f"`{name}` is {value!r}, none of {', '.join(choices)}"
        elif (
            kind is not None and not fits(value, kind) and not (name == "served-model-name" and isinstance(value, str))
        ):
            yield f"`{name}` takes {KINDS[kind]}"
    yield from broken(content)
    transfer = content.get("kv-transfer-config")
    if isinstance(transfer, dict):
        yield from _transfer(transfer)


def _transfer(transfer: dict[str, Any]) -> Iterator[str]:
    for key, value in transfer.items():
        kind = options_0_32.KV_TRANSFER_KEYS.get(key)
        if kind is None:
            yield f"`kv-transfer-config` has no `{key}`"
        elif not isinstance(value, kind):
            yield f"`kv-transfer-config`: `{key}` is {value!r}"
    connector = transfer.get("kv_connector")
    if connector not in options_0_32.CONNECTORS and "kv_connector_module_path" not in transfer:
        yield f"vLLM knows no connector `{connector}`"
    if transfer.get("kv_role") not in options_0_32.KV_ROLES:
        yield f"`kv_role` is {transfer.get('kv_role')!r}, none of {', '.join(options_0_32.KV_ROLES)}"


def _lmcache(text: str) -> Iterator[str]:
    content = _read(text)
    if isinstance(content, str):
        yield content
        return
    for name, value in content.items():
        kind = lmcache_0_5.KEYS.get(name)
        if kind is None:
            yield f"LMCache has no `{name}`, and would go on without it"
        elif not fits(value, kind):
            yield f"`{name}` takes {KINDS[kind]}"
    if content.get("local_cpu") and not content.get("max_local_cpu_size"):
        yield "`local_cpu` without `max_local_cpu_size`"
