"""Files and places as other programs want them: relative paths with forward slashes, columns in UTF-16."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from wrpc.letters import visible
from wrpc.source import Source, Span


def path(source: Source) -> str:
    """As seen from here where the file lies below, without `./`; else as it is shown."""
    name = source.name
    if source.path is not None and source.path.is_absolute():
        try:
            name = source.path.relative_to(Path.cwd()).as_posix()
        except ValueError:
            return name
    return str(PurePosixPath(os.path.normpath(name).replace(os.sep, "/"))) if name else name


def uri(source: Source) -> str:
    """A reference that any reader of URIs takes, whatever the file is called."""
    made = path(source)
    written = quote(made, safe="/", errors="surrogatepass")
    return f"file://{written}" if made.startswith("/") else written


def column(span: Span, offset: int) -> tuple[int, int]:
    """Line and column of an offset from 1, the column in units of UTF-16, as editors count."""
    line, at = span.source.position(offset)
    before = span.source.line(line)[: at - 1]
    return line, len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1


def readable(text: str) -> str:
    """A text of several lines in which every other letter is one to read."""
    return "\n".join(visible(line) for line in text.split("\n"))
