"""Values of options as a policy writes them and as YAML has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from wrpc.policy.model import Amount, Value, Word
from wrpc.targets.engine.options_0_32 import CHOICES, OPTIONS, Kind

# One engine a container: it listens to whoever can reach that.
HOST = "0.0.0.0"  # noqa: S104

# Options that follow from the policy itself, and from what.
OWN = {
    "model": "it is the `source` of the pool's model",
    "served-model-name": "it is the name of the pool's model",
    "host": "it is the setting `host`",
    "port": "it is the setting `port`, or `ports` by pool",
    "tensor-parallel-size": "it is the pool's `tensor_parallel`",
    "pipeline-parallel-size": "it is the pool's `pipeline_parallel`",
    "max-model-len": "it is the pool's `context`",
    "max-num-seqs": "it is the pool's `concurrency`",
    "kv-transfer-config": "it follows from the pool's `kv_cache` and roles",
}
KINDS = {
    "flag": "`true` or `false`",
    "whole": "a whole number",
    "number": "a number",
    "list": "a list",
    "table": "a block",
    "text": "a string",
}


def text(value: Value | None) -> str | None:
    return value.text if isinstance(value, Word) else value if isinstance(value, str) else None


def plain(value: Value, option: str) -> object | None:
    """A value as YAML has it, if it is of the option's kind."""
    if option in CHOICES:
        word = text(value)
        return word if word in CHOICES[option] else None
    found = _plain(value)
    return found if found is not None and fits(found, OPTIONS[option]) else None


def fits(value: object, kind: Kind) -> bool:
    match kind:
        case "flag":
            return isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "table":
            return isinstance(value, dict)
        case "text":
            return isinstance(value, str)
        case _:
            assert_never(kind)


def _plain(value: Value) -> object | None:
    match value:
        case Word(word):
            return word == "true" if word in ("true", "false") else word
        case str():
            return value
        case Amount(number, ""):
            return number.numerator if number.denominator == 1 else float(number)
        case tuple():
            items = [_plain(v) for v in value]
            return None if any(i is None for i in items) else items
        case Mapping():
            read = {k: _plain(v) for k, v in value.items()}
            return None if any(v is None for v in read.values()) else read
        case _:
            return None
