"""Writing one file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Written beside and renamed; a link stays a link, and the file keeps its permissions."""
    real = path.resolve()
    # What is no ordinary file (a terminal, a pipe) is written to, never replaced.
    if real.exists() and not real.is_file():
        real.write_text(text, encoding="utf-8", newline="\n")
        return
    mode = real.stat().st_mode & 0o7777 if real.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.chmod(mode)
        beside.replace(real)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
