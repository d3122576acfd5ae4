"""What the router's own schema says of an emitted file, where its wheel is on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source
from wrpc.targets import reading
from wrpc.targets.codes import REJECTED
from wrpc.targets.shapes import Accepting

SCHEMA = Path("config_schema") / "router-config-v0.3.schema.json"
MOST = 20


def check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    known = _validator()
    if known is None:
        return ()
    validator, quick = known
    found = []
    for path, text in files.items():
        source = Source(path, text)
        content = reading.yaml(text)
        if quick.accepts(content):
            continue
        errors = sorted(validator.iter_errors(content), key=lambda e: [str(p) for p in e.absolute_path])
        for error in errors[:MOST]:
            place = "/".join(str(p) for p in error.absolute_path) or "the file"
            message = f"the schema of `vllm-sr` rejects `{place}`: {error.message[:200]}"
            found.append(finding(REJECTED, message, source.span(0, 0)))
    return tuple(found)


@cache
def _validator() -> tuple[Any, Accepting] | None:
    """The validator, and one that only accepts; None without the wheel or without jsonschema."""
    spec = find_spec("cli") if find_spec("jsonschema") else None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / SCHEMA
        if path.is_file():
            validator = import_module("jsonschema").Draft202012Validator
            schema = json.loads(path.read_text(encoding="utf-8"))
            return validator(schema), Accepting(validator, schema)
    return None
