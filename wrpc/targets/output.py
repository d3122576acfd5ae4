"""Writing a compile to a folder: whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from wrpc.targets.compile import Compiled
from wrpc.targets.manifest import NAME, digest
from wrpc.targets.naming import check_path
from wrpc.targets.target import Artifact


class CannotWrite(OSError):
    """The folder cannot be written as it should be; nothing in it has changed."""


def write(out: Path, compiled: Sequence[Compiled], manifest: Artifact) -> tuple[Path, ...]:
    """A folder a target below `out`, and the manifest at its top; returns what was written.

    Everything is written beside `out` first. Files that the last manifest lists, that nobody has changed since and that
    this compile does not write are deleted; other files are left alone. On an error everything is put back.
    """
    if any(not c.ok for c in compiled):
        raise ValueError("a compile with an error has nothing to write")
    files = {f"{c.target.name}/{a.path}": a for c in compiled for a in c.artifacts}
    files[NAME] = manifest
    for path in files:
        check_path(path)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise CannotWrite(f"cannot write to {out.parent}: {error.strerror}") from error
    try:
        _fill(stage / "new", files)
        if not out.exists() and not out.is_symlink():
            (stage / "new").rename(out)
        else:
            _replace(out, stage, list(files))
    except CannotWrite:
        raise
    except OSError as error:
        raise CannotWrite(f"cannot write to {out}: {error.strerror}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return tuple(out / path for path in files)


def _fill(folder: Path, files: dict[str, Artifact]) -> None:
    folder.mkdir()
    for path, artifact in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(artifact.text, encoding="utf-8", newline="\n")
        if artifact.executable:
            place.chmod(0o755)


def _replace(out: Path, stage: Path, paths: list[str]) -> None:
    """Exchanges the files one by one, the manifest last, and puts everything back where one of them cannot be."""
    if not out.is_dir():
        raise CannotWrite(f"{out} is not a folder")
    stale = [p for p in _unchanged(out) if p not in paths]
    for path in (*paths, *stale):
        _inside(out, path)
    saved: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for index, path in enumerate((*stale, *paths)):
            place, old = out / path, stage / "old" / str(index)
            if place.exists():
                old.parent.mkdir(exist_ok=True)
                place.rename(old)
                saved.append((old, place))
            if path in paths:
                place.parent.mkdir(parents=True, exist_ok=True)
                (stage / "new" / path).rename(place)
                made.append(place)
    except OSError:
        for place in made:
            place.unlink(missing_ok=True)
        for old, place in saved:
            old.rename(place)
        raise
    _prune(out, stale)


def _inside(out: Path, path: str) -> None:
    """A link in `out` must not lead a file elsewhere, and no folder may stand where a file goes."""
    place = out / path
    if place.is_symlink() or not place.parent.resolve().is_relative_to(out.resolve()):
        raise CannotWrite(f"{place} leads out of {out}")
    if place.is_dir():
        raise CannotWrite(f"{place} is a folder")
    for parent in place.relative_to(out).parents:
        if (out / parent).exists() and not (out / parent).is_dir():
            raise CannotWrite(f"{out / parent} is not a folder")


def _unchanged(out: Path) -> list[str]:
    """The files that the last manifest lists and that are still as they were written."""
    try:
        content = json.loads((out / NAME).read_text(encoding="utf-8"))
        listed = [(a["path"], a["sha256"]) for t in content["targets"].values() for a in t["artifacts"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    found = []
    for path, known in listed:
        try:
            check_path(path)
            if digest((out / path).read_text(encoding="utf-8")) == known:
                found.append(path)
        except (OSError, ValueError, TypeError):
            continue
    return found


def _prune(out: Path, stale: Iterable[str]) -> None:
    for path in stale:
        for parent in (out / path).parents:
            if parent == out or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
