"""What the importer knows of one release of LiteLLM, read from the installed program.

Run by the Python of an environment that has the release, proxy and all:

    python scripts/litellm_facts wrpc/importers/litellm/releases

It writes `RELEASE.json` (settings, words, providers) and `RELEASE.models.json` (the cost map, as far as it is used).
The program says most of this itself, by signatures and pydantic models; which keys the proxy reads out of a mapping is
found in the syntax trees of its sources. Places where that cannot be told go to standard error.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from effects import effects
from models import models
from providers import providers
from reading import read
from sections import outside_router, sections, stopping
from words import words


def lines(value: Mapping[str, Any], depth: int = 0) -> str:
    """Sorted JSON, one entry a line; a mapping of mappings is opened, anything else stays on its line."""
    pad = " " * (depth + 1)
    made = []
    for key in sorted(value):
        each = value[key]
        text = lines(each, depth + 1) if isinstance(each, Mapping) and each else json.dumps(each, ensure_ascii=False)
        made.append(f"{pad}{json.dumps(key, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(made) + "\n" + " " * depth + "}"


def main(folder: Path) -> int:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    gc.disable()  # millions of nodes, and none of them goes
    litellm: Any = import_module("litellm")
    litellm.suppress_debug_info = True
    release = version("litellm")
    root = Path(litellm.__file__).parent
    folders = [path for path in (root, root.parent / "litellm_enterprise") if path.is_dir()]
    sources = read(*folders)
    keys = sections(litellm, sources)
    facts = {
        "program": "litellm",
        "release": release,
        **effects(litellm, folders, keys, sources.special),
        "sections": keys,
        "words": words(litellm, root),
        "router_ignored": sorted(outside_router(sources)),
        "router_stops": sorted(stopping(sources)),
        **providers(litellm),
    }
    table = {"program": "litellm", "release": release, "models": models(litellm)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{release}.json").write_text(lines(facts) + "\n", encoding="utf-8")
    (folder / f"{release}.models.json").write_text(lines(table) + "\n", encoding="utf-8")
    for section, places in sources.open.items():
        for place in sorted(places):
            sys.stderr.write(f"{section}: {place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
