"""Names of emitted files: a policy's names may hold anything, a path must not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import PurePosixPath

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
# Windows opens a device for these, whatever follows the dot.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(1, 10))})


def stems(names: Iterable[str]) -> dict[str, str]:
    """A file name without its ending for each name: the name itself where that is a plain one and no other is spelled
    alike, else what is plain of it and a hash."""
    names = list(dict.fromkeys(names))
    folded = [n.lower() for n in names]
    return {
        name: name
        if PLAIN.fullmatch(name) and name.lower() not in DEVICES and folded.count(name.lower()) == 1
        else f"{re.sub(r'[^A-Za-z0-9]+', '-', name)[:40].strip('-') or 'x'}-{sha256(name.encode()).hexdigest()[:8]}"
        for name in names
    }


def labels(names: Iterable[str], most: int = 40) -> dict[str, str]:
    """A name of a Kubernetes object for each name (RFC 1035: small letters, digits, hyphens): the name itself where it
    is one and no other becomes the same, else what is plain of it and a hash."""
    names = list(dict.fromkeys(names))
    plain = {name: re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") for name in names}
    found = {}
    for name in names:
        own = plain[name] if plain[name][:1].isalpha() else f"p-{plain[name]}".strip("-")
        alone = [plain[n] for n in names].count(plain[name]) == 1
        hashed = f"{own[: most - 9].strip('-')}-{sha256(name.encode()).hexdigest()[:8]}"
        found[name] = own if alone and len(own) <= most and own == name.replace("_", "-") else hashed
    return found


def check_path(path: str) -> None:
    """ValueError unless `path` is a relative one, with forward slashes, that stays where it starts."""
    parts = path.split("/")
    if not path or "\\" in path or "\0" in path or ":" in path or PurePosixPath(path).is_absolute():
        raise ValueError(f"a target emitted the path {path!r}")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"a target emitted the path {path!r}")
