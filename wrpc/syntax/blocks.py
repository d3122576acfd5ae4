"""What may stand in each block, as the rows of the model say: `docs/generate.py` writes it down for this room."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

BLOCKS = Path(__file__).resolve().parent / "blocks.json"

Form = Literal["clause", "value", "block", "list"]


@cache
def blocks() -> Mapping[str, Mapping[str, Form]]:
    """By declaration, each word that begins something in its block, and what follows the word."""
    found: Mapping[str, Mapping[str, Form]] = json.loads(BLOCKS.read_bytes())
    return found


def of_form(form: Form) -> frozenset[str]:
    """The words that this follows in some block."""
    return frozenset(word for words in blocks().values() for word, has in words.items() if has == form)
