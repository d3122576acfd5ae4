"""Other systems' configuration into policies: one row an importer, taken only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from wrpc.importers.importer import Importer

IMPORTERS = {
    "litellm": "wrpc.importers.litellm",
    "vllm-sr": "wrpc.importers.vllm_sr",
}


def importer(name: str) -> Importer:
    """The importer of a row of the table; KeyError for any other name."""
    return cast(Importer, import_module(IMPORTERS[name]))
