"""Where settings are: in the nearest `wrpc.toml` or `pyproject.toml`, upwards from what is checked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from wrpc.accept.settings import Settings
from wrpc.reading import noticed

OWN, SHARED = "wrpc.toml", "pyproject.toml"


def find(paths: Sequence[Path]) -> Settings:
    """The settings that hold for these files: the nearest, from the folder that they share upwards.

    The search ends at the root of a Git checkout. Raises Refusal where what is found cannot be read.
    """
    for folder in _upwards(paths):
        own = folder / OWN
        noticed(own)
        if own.is_file():
            from wrpc.accept.toml import read

            return read(own)
        shared = folder / SHARED
        noticed(shared)
        if shared.is_file():
            found = _shared(shared)
            if found is not None:
                return found
        if (folder / ".git").exists():
            break
    return Settings()


def _upwards(paths: Sequence[Path]) -> Iterator[Path]:
    folders = []
    for path in paths:
        real = Path(os.path.normpath(path.absolute()))
        folders.append(real if real.is_dir() else real.parent)
    if not folders:
        folders = [Path.cwd()]
    first = folders[0]
    for folder in folders[1:]:
        while first not in (folder, *folder.parents) and first != first.parent:
            first = first.parent
    yield first
    yield from first.parents


def _shared(path: Path) -> Settings | None:
    """The settings of a `pyproject.toml`, None where it has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    from wrpc.accept.toml import read

    if not re.search(r"\btool\s*\.\s*[\"']?wrpc\b", text) and "[tool]" not in text:
        return None
    made = read(path)
    return made if made.path is not None else None
