"""What the importer knows of one release of vLLM Semantic Router, read from its installed command line.

Run by the Python of an environment that has the release:

    python scripts/vllm_sr_facts wrpc/importers/vllm_sr/releases

It writes `RELEASE.json`: the shapes of the file as the program's own JSON Schema and its pydantic models have them
(`wrpc/importers/schema.py` has the notation), and what the catalogue inside the wheel knows of models. Releases before
0.4 have neither a JSON Schema nor a catalogue: there the pydantic models are all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import models as models_alone
from shapes import Shapes

# The command line judges these plugins by a model of its own as well.
JUDGED = (
    "ResponseCache", "FastResponse", "RequestParams", "ResponseJailbreak", "SystemPrompt", "HeaderMutation",
    "Hallucination", "RouterReplay", "ShadowDispatch", "Memory", "RAG", "Tools", "ToolSelection", "PromptCache",
)  # fmt: skip
# What a family of reasoning has that decides what a decision may ask of it.
FAMILY = ("type", "activation_parameter", "levels", "modes", "disabled")


def lines(value: Mapping[str, Any], depth: int = 0) -> str:
    """JSON with one entry a line; a mapping of mappings is opened, anything else stays on its line."""
    pad = " " * (depth + 1)
    made = []
    for key, each in value.items():
        opened = isinstance(each, Mapping) and each and depth < 4
        text = lines(each, depth + 1) if opened else json.dumps(each, ensure_ascii=False)
        made.append(f"{pad}{json.dumps(key, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(made) + "\n" + " " * depth + "}"


def facts() -> dict[str, Any]:
    models: Any = import_module("cli.models")
    document: Any = import_module("cli.config_schema").schema_document()
    catalog: Any = import_module("cli.model_catalog")
    contract: Any = import_module("cli.config_contract")
    line = models.UserConfig.model_json_schema(by_alias=True)
    plugins = {f"{name}PluginConfig": getattr(models, f"{name}PluginConfig") for name in JUDGED}
    plugins["ModelBinding"] = models.ModelBinding
    schemas = {name: model.model_json_schema(by_alias=True) for name, model in plugins.items()}
    definitions = {k: v for each in schemas.values() for k, v in each.get("$defs", {}).items()}
    made = Shapes(document, {"$defs": definitions | line["$defs"]}, schemas)
    made.type(document | {"title": "file"}, line | {"$name": "file"}, "file")
    # At the root of a rule a condition is one like any other.
    root, inner = made.shapes["rule_node"]["keys"], made.shapes["rule_node_condition"]["keys"]
    root |= {key: inner[key] for key in ("type", "name", "label", "predicate", "on_error")}
    _, known = catalog._load_catalog_document(catalog.DEFAULT_CHANNEL)
    surfaces = document["x-vllm-sr"]
    return {
        "program": "vllm-sr",
        "release": ".".join(version("vllm-sr").split(".")[:2]),
        "version": version("vllm-sr"),
        "variable": r"\$\{[^{}]+\}",
        "shapes": dict(sorted(made.shapes.items())),
        "words": dict(sorted(made.words.items())),
        "patterns": dict(sorted(made.patterns.items())),
        "kinds": {s["type"]: s["collection"] for s in surfaces["signals"]},
        "algorithms": {s["type"]: s.get("config_field") for s in surfaces["algorithms"]},
        "moved": {
            "signals": dict(contract.LEGACY_SIGNAL_KEY_TO_CANONICAL),
            "providers": list(contract.LEGACY_PROVIDER_DEFAULT_KEYS),
            "models": sorted(contract.LEGACY_PROVIDER_MODEL_SURFACE_KEYS),
        },
        "deployments": document["$defs"]["CanonicalModelCatalog"]["properties"]["deployments"]["default"],
        "system": sorted(document["$defs"]["CanonicalSystemModels"]["properties"]),
        "providers": {p["id"]: provider(p) for p in known["providers"]},
        "families": {f["id"]: {k: f[k] for k in FAMILY if f.get(k)} for f in known["reasoning_families"]},
        "models": {m["id"]: card(m) for m in known["models"]},
    }


def provider(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Where a provider is, what it speaks, and under which names it has the models of the catalogue."""
    found: dict[str, Any] = {"protocols": entry["protocols"], "default": entry["default_protocol"]}
    found["creates"] = [o.removesuffix("#create") for o in entry["supported_operations"] if o.endswith("#create")]
    if entry.get("default_base_url"):
        found["url"] = entry["default_base_url"]
    bindings: dict[str, list[Any]] = {}
    for each in entry.get("models") or ():
        named = (each.get("restrictions") or {}).get("provider_model_id_kind") == "deployment_name"
        bindings.setdefault(each["catalog"], []).append([each["id"], each["protocols"], named])
    if bindings:
        found["models"] = bindings
    return found


def card(model: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("kind", "reasoning_family", "capabilities", "modalities")
    return {key: model[key] for key in kept if model.get(key)}


def main(folder: Path) -> int:
    found = facts() if find_spec("cli.config_schema") else models_alone.facts()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{found['release']}.json").write_text(lines(found) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
