"""The shapes of the router's Kubernetes resources, from their CustomResourceDefinitions.

    python scripts/vllm_sr_facts/resources.py intelligentpools.yaml intelligentroutes.yaml > …/releases/resources.json

A cluster refuses values that do not fit, and drops keys that it does not know.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

MOST_WORDS = 4


def shapes(definitions: list[Mapping[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"shapes": {}, "words": {}, "patterns": {}}
    for definition in definitions:
        (version,) = definition["spec"]["versions"]
        kind = definition["spec"]["names"]["kind"]
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        _shape(spec, kind, made)
    return made


def _shape(schema: Mapping[str, Any], called: str, made: dict[str, Any]) -> str:
    keys: dict[str, str] = {}
    made["shapes"][called] = {"keys": keys, "unknown": "ignored"}
    for key, each in schema["properties"].items():
        needed = key in schema.get("required", ())
        keys[key] = _type(each, f"{called}.{key}", made) + ("!" if needed else "")
    return called


def _type(schema: Mapping[str, Any], called: str, made: dict[str, Any]) -> str:
    match schema.get("type"):
        case "object" if "properties" in schema:
            return _shape(schema, called, made)
        case "object":
            return "map"
        case "array":
            return f"[{_type(schema['items'], called, made)}]"
        case "string" if "enum" in schema:
            if len(schema["enum"]) < MOST_WORDS:
                return "|".join(f"={word}" for word in schema["enum"])
            made["words"][called] = schema["enum"]
            return called
        case "string" if "pattern" in schema:
            made["patterns"][called] = re.sub(r"^\^|\$$", "", schema["pattern"])
            return called
        case "string":
            return f"text[{schema['minLength']},]" if "minLength" in schema else "text"
        case "integer" | "number":
            name = "int" if schema["type"] == "integer" else "number"
            ends = [str(schema.get(end, "")) for end in ("minimum", "maximum")]
            return f"{name}[{ends[0]},{ends[1]}]" if any(ends) else name
        case "boolean":
            return "bool"
        case _:
            return "map" if "configuration" in called else "any"


def text(paths: list[Path]) -> str:
    made = shapes([yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths])
    lines = [f"  {json.dumps(name)}: {json.dumps(shape)}" for name, shape in sorted(made["shapes"].items())]
    rest = ",\n".join(f" {json.dumps(key)}: {json.dumps(made[key])}" for key in ("words", "patterns"))
    return '{\n "shapes": {\n' + ",\n".join(lines) + "\n },\n" + rest + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(text([Path(name) for name in sys.argv[1:]]))
