"""What the importer knows of a release whose command line judges a file by its pydantic models alone (0.3).

The models' JSON Schema becomes shapes; pydantic reads texts as numbers where it can, so the schema is lax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

from shapes import FEW, snake

Json = Mapping[str, Any]
MOVED = "it belongs in `providers.defaults`"
CARD = "it belongs in the model's card, or in its `backend_refs`"
# Keys that the parser may refuse by name; it is asked which.
PROVIDERS = ("model_targets", "backends", "auth_profiles", "vllm_endpoints", "model_config", "provider_profiles")
MODEL = ("access",)


@dataclass
class Shapes:
    schema: Json
    shapes: dict[str, Any] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def type(self, schema: Json, key: str) -> str:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.named(name, self.schema["$defs"][name], key)
        if "anyOf" in schema:
            return "|".join(self.type(each, key) for each in schema["anyOf"])
        if "enum" in schema or "const" in schema:
            words = schema.get("enum", [schema.get("const")])
            if len(words) <= FEW:
                return "|".join(f"={word}" for word in words)
            self.words[key] = words
            return key
        match schema.get("type"):
            case "object" if "properties" in schema:
                return self.shape(key, schema)
            case "object":
                inner = schema.get("additionalProperties")
                return f"{{{self.type(inner, key)}}}" if isinstance(inner, dict) else "map"
            case "array":
                return f"[{self.type(schema['items'], key)}]"
            case "string":
                return "text"
            case "integer" | "number":
                return ("int" if schema["type"] == "integer" else "number") + bounds(schema)
            case "boolean":
                return "bool"
            case "null":
                return "null"
            case _:
                return "any"

    def named(self, name: str, schema: Json, key: str) -> str:
        return self.shape(snake(name), schema) if "properties" in schema else self.type(schema, key)

    def shape(self, called: str, schema: Json) -> str:
        if called in self.shapes:
            return called
        keys: dict[str, str] = {}
        refused = schema.get("additionalProperties") is False
        self.shapes[called] = {"keys": keys, "unknown": "refused" if refused else "ignored"}
        for key, each in schema["properties"].items():
            needed = key in schema.get("required", ())
            keys[key] = self.type(each, f"{called}.{key}") + ("!" if needed else "")
        return called


def bounds(schema: Json) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    if low is None and high is None and above is None:
        return ""
    ends = ["" if end is None else f"{end:g}" for end in (low if above is None else above, high)]
    return f"{'[' if above is None else '('}{ends[0]},{ends[1]}]"


def facts() -> dict[str, Any]:
    models: Any = import_module("cli.models")
    parser: Any = import_module("cli.parser")
    contract: Any = import_module("cli.config_contract")
    made = Shapes(models.UserConfig.model_json_schema(by_alias=True))
    made.shape("file", made.schema)
    _plugins(made, models)
    shapes = made.shapes
    # At the root of a rule a condition may stand by itself; the model makes a list of it before it judges.
    shapes["rules"]["keys"] |= {"type": "any", "name": "any"}
    shapes["global"] = {"keys": {}, "unknown": "kept", "gone": {"modules": "it belongs in `global.model_catalog`"}}
    shapes["file"]["keys"]["global"] = "global|null"
    refused = parser._deprecated_config_fields({
        "providers": dict.fromkeys(PROVIDERS) | {"models": [dict.fromkeys(MODEL)]}, "routing": {"models": None},
    })  # fmt: skip
    names = {each.rpartition(".")[2] for each in refused}
    shapes["routing"]["gone"] = {"models": "it is called `modelCards`"}
    defaults = dict.fromkeys(contract.LEGACY_PROVIDER_DEFAULT_KEYS, MOVED)
    shapes["providers"]["gone"] = defaults | {k: "it belongs in `models`" for k in PROVIDERS if k in names}
    surface = (*MODEL, *sorted(contract.LEGACY_PROVIDER_MODEL_SURFACE_KEYS))
    shapes["model"]["gone"] = dict.fromkeys(surface, CARD)
    return {
        "program": "vllm-sr",
        "release": ".".join(version("vllm-sr").split(".")[:2]),
        "version": version("vllm-sr"),
        "lax": True,
        "shapes": dict(sorted(shapes.items())),
        "words": dict(sorted(made.words.items())),
        "kinds": {s.condition_type: s.canonical_key for s in contract.SIGNAL_FAMILY_SPECS},
        "suffixes": {
            s.condition_type: s.reference_suffixes for s in contract.SIGNAL_FAMILY_SPECS if s.reference_suffixes
        },
        "algorithms": _algorithms(),
    }


def _plugins(made: Shapes, models: Any) -> None:
    """The validator judges a plugin's configuration by the model that has the type's name."""
    by_name = {snake(name.removesuffix("PluginConfig")): name for name in dir(models) if name.endswith("PluginConfig")}
    switched = {}
    for each in models.PluginType:
        schema = getattr(models, by_name[each.value.replace("-", "_")]).model_json_schema(by_alias=True)
        inner = Shapes(schema, made.shapes, made.words)
        switched[each.value] = inner.shape(f"{each.value.replace('-', '_')}_plugin", schema)
    plugin = made.type({"$ref": "#/$defs/PluginConfig"}, "")
    made.shapes[plugin]["switch"] = {"key": "configuration", "on": "type", "shapes": switched}


def _algorithms() -> dict[str, str | None]:
    """The types that the validator names when it meets another one, each with the block of its settings."""
    validator: Any = import_module("cli.validator")
    blocks = import_module("cli.algorithms").AlgorithmConfig.model_fields
    decision = SimpleNamespace(name="", algorithm=SimpleNamespace(type="?"))
    (error,) = validator.validate_algorithm_configurations(SimpleNamespace(decisions=[decision]))
    types = str(error).split("Valid types: ")[1].partition(" (")[0].split(", ")
    return {each: each if each in blocks else None for each in (t.strip() for t in types)}
