"""The one place that writes: lines of styled pieces, in colour on a terminal, plain everywhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

# A line is pieces of text, each with the name of its style; "" is plain.
Line = tuple[tuple[str, str], ...]

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
    "proved": "green",
    "enforced": "cyan",
    "refuted": "red",
    "open": "yellow",
    "place": "dim",
    "caret": "bold red",
    "label": "bold blue",
    "strong": "bold",
    "old": "red",
    "new": "green",
}


def colourful(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def write(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Each line on its own; control characters of the input never reach the terminal."""
    stream = stream or sys.stdout
    if not colourful(stream):
        stream.write("".join("".join(clean(text) for text, _ in line) + "\n" for line in lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((clean(text), STYLES.get(style, "")) for text, style in line)))


def clean(text: str) -> str:
    """Without what a terminal would obey: escapes, carriage returns, marks that turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(_shown(c) for c in text)


def _shown(letter: str) -> str:
    if letter.isprintable() or letter == "\n":
        return letter
    return "    " if letter == "\t" else "\N{REPLACEMENT CHARACTER}"
