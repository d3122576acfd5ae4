"""What tells a finding from others when lines have moved: its code, what it is about, and what it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from wrpc.diagnostics import Diagnostic
from wrpc.source import Source

VERSION = 1
"""Of how fingerprints are made; a baseline has the one that it was written with."""

_COMMENT = re.compile(r"\s#.*$")
_PLACE = re.compile(r"\bline \d+|:\d+(:\d+)?\b")


def fingerprints(found: Iterable[Diagnostic], name: Callable[[Source], str]) -> Iterator[tuple[Diagnostic, str, int]]:
    """Each finding, its fingerprint, and its number among those of the same: 1, 2, ….

    `name` is what a file is called: what does not depend on where the program was started.
    """
    met: Counter[str] = Counter()
    for d in found:
        made = fingerprint(d, name(d.span.source))
        met[made] += 1
        yield d, made, met[made]


def fingerprint(d: Diagnostic, file: str) -> str:
    """The code, the file, the subjects and the message without places. What a request shows may be shown by another one
    tomorrow, through another route: of that, and of what has no subjects, the text of the line, without a comment."""
    said = _PLACE.sub("", " ".join(d.message.split()))
    if d.witness is not None:
        about: tuple[str, ...] = (_line(d),)
    else:
        about = (*(d.subjects or (_line(d),)), said)
    parts = (str(VERSION), d.code.id, file, *about)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _line(d: Diagnostic) -> str:
    source = d.span.source
    return " ".join(_COMMENT.sub("", source.line(d.span.line)).split()) if source.text else ""


def unique(fingerprint: str, number: int) -> str:
    """One of several of the same, by itself."""
    return fingerprint if number == 1 else sha256(f"{fingerprint} {number}".encode()).hexdigest()[:32]
