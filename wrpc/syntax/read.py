"""Files into sources: UTF-8 text of a size that can be read, or a refusal that says what stands in the way."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import NoReturn

from wrpc.diagnostics import Code, Refusal, did_you_mean, finding
from wrpc.reading import noticed
from wrpc.source import Source, Span
from wrpc.syntax import codes

LARGEST = 4 * 2**20
"""Bytes of one file; the parser reads about a megabyte a second."""

MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read(path: str | os.PathLike[str]) -> Source:
    """The text of a file, shown under its path as given. Raises Refusal where there is none."""
    path = Path(path)
    name = path.as_posix()
    noticed(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        _refuse(
            codes.UNREADABLE_FILE, "there is no file of this name", name, help=did_you_mean(path.name, _beside(path))
        )
    except IsADirectoryError:
        _refuse(codes.UNREADABLE_FILE, "this is a folder, not a file", name)
    except PermissionError:
        _refuse(codes.UNREADABLE_FILE, "the file may not be read", name, help="its permissions forbid it")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        _refuse(codes.UNREADABLE_FILE, f"the file cannot be read: {reason}", name)
    return from_bytes(name, data, path)


def from_bytes(name: str, data: bytes, path: Path | None = None) -> Source:
    """The text that bytes spell. Raises Refusal where they spell none."""
    if len(data) > LARGEST:
        _refuse(codes.LARGE_FILE, TOO_LARGE, name, help="split the file, and `import` its parts")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse_bytes(name, data, error)
    text = text.replace("\r\n", "\n")
    if "\0" in text:
        span = Source(name, text, path).span(text.index("\0"), text.index("\0") + 1)
        _refuse(codes.NOT_UTF8, "a text holds no NUL byte", name, span=span, help="this looks like a binary file")
    if not text or text.isspace():
        _refuse(codes.EMPTY_FILE, "the file is empty", name, help="`wrpc init` writes a first policy")
    return Source(name, text, path)


TOO_LARGE = f"a file has at most {LARGEST // 2**20} MiB"


def _refuse_bytes(name: str, data: bytes, error: UnicodeDecodeError) -> NoReturn:
    encoding = MARKS.get(data[:2])
    if encoding:
        _refuse(codes.NOT_UTF8, f"the file is {encoding}, not UTF-8", name, help="save it as UTF-8")
    # What comes before the byte is good, and gives the finding its line.
    before = data[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n")
    after = data[error.start : error.start + 200].decode("utf-8", "replace").partition("\n")[0]
    span = Source(name, before + after).span(len(before), len(before) + 1)
    message = f"byte 0x{data[error.start]:02x} is not UTF-8"
    _refuse(codes.NOT_UTF8, message, name, span=span, help="save the file as UTF-8")


def _refuse(code: Code, message: str, name: str, *, span: Span | None = None, help: str | None = None) -> NoReturn:
    raise Refusal([finding(code, message, span or Source(name, "").span(), help=help)]) from None


def _beside(path: PurePath) -> list[str]:
    """Names that a misspelt one may have meant."""
    try:
        return [entry.name for entry in Path(path).parent.iterdir()][:1000]
    except (OSError, ValueError):
        return []
