"""Writing a compile to a folder: whole or not at all, whenever the process ends.

The new folder is made beside the old one, with whatever in that is not ours as further links to the same files, and the
two change places in one step. Files of others are never copied, moved or opened.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from wrpc import placing
from wrpc.targets.compile import Compiled
from wrpc.targets.manifest import NAME, digest
from wrpc.targets.naming import check_path
from wrpc.targets.target import Artifact

NEW, OLD = "new", "old"
# Of more files of others a folder is no longer ours to exchange.
MOST = 10_000


class CannotWrite(OSError):
    """The folder cannot be written as it should be; nothing in it has changed."""


def write(out: Path, compiled: Sequence[Compiled], manifest: Artifact) -> tuple[Path, ...]:
    """A folder a target below `out`, and the manifest at its top; returns what was written.

    Files that the last manifest lists, that nobody has changed since and that this compile does not write are gone
    afterwards; other files are left alone. Where the system cannot exchange folders, or `out` is the current folder or
    a device of its own, the files change places one by one, the manifest last.
    """
    if any(not c.ok for c in compiled):
        raise ValueError("a compile with an error has nothing to write")
    files = {f"{c.target.name}/{a.path}": a for c in compiled for a in c.artifacts}
    files[NAME] = manifest
    for path in files:
        check_path(path)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # A link to a folder stays one.
        place = out.resolve() if out.is_symlink() and out.is_dir() else out.parent.resolve() / out.name
        with placing.working(place.parent):
            _recover(place)
            stage = Path(tempfile.mkdtemp(prefix=placing.prefix(place), dir=place.parent))
            try:
                _put(place, stage, files)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except CannotWrite:
        raise
    except OSError as error:
        raise CannotWrite(f"cannot write to {out}: {error.strerror}") from error
    return tuple(out / path for path in files)


def _recover(place: Path) -> None:
    """What a dead run left goes; what it had taken away comes back."""
    for left in placing.leftovers(place):
        if (left / OLD).is_dir() and not os.path.lexists(place):
            (left / OLD).rename(place)
    placing.clear(place)


def _put(place: Path, stage: Path, files: dict[str, Artifact]) -> None:
    new = stage / NEW
    if not os.path.lexists(place):
        _fill(new, files)
        new.rename(place)
        placing.settle(place.parent)
        return
    if not place.is_dir():
        raise CannotWrite(f"{place} is not a folder")
    stale = [p for p in _unchanged(place) if p not in files]
    for path in (*files, *stale):
        _inside(place, path)
    _fill(new, files)
    ours = {*files, *stale}
    if _lives_in(place) or not _adopt(place, new, ours) or not _exchange(place, stage, ours):
        shutil.rmtree(new)
        _fill(new, files)
        _replace(place, stage, list(files), stale)


def _fill(folder: Path, files: dict[str, Artifact]) -> None:
    folder.mkdir()
    for path, artifact in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("w", encoding="utf-8", newline="\n") as file:
            file.write(artifact.text)
            file.flush()
            os.fsync(file.fileno())
        if artifact.executable:
            place.chmod(0o755)


# ── At once ───────────────────────────────────────────────────────────────


def _lives_in(place: Path) -> bool:
    """Whether whoever called us would be left in the old folder."""
    try:
        return Path.cwd().resolve().is_relative_to(place.resolve())
    except OSError:
        return True


def _adopt(place: Path, new: Path, ours: set[str]) -> bool:
    """Everything of others into the new folder, and the rights of the old folders; False where it cannot be."""
    try:
        for count, entry in enumerate(_others(place, "", ours)):
            if count >= MOST:
                return False
            old, to = place / entry, new / entry
            if old.is_dir() and not old.is_symlink():
                if old.is_mount():
                    return False
                to.mkdir(exist_ok=True)
            else:
                os.link(old, to, follow_symlinks=False)
        for folder in (new, *(p for p in new.rglob("*") if p.is_dir() and not p.is_symlink())):
            kept = place / folder.relative_to(new)
            if kept.is_dir():
                shutil.copymode(kept, folder)
                with suppress(PermissionError):
                    shutil.chown(folder, kept.stat().st_uid, kept.stat().st_gid)
    except (OSError, NotImplementedError):
        return False
    return True


def _others(place: Path, folder: str, ours: set[str]) -> Iterator[str]:
    """What in a folder is not ours, folders before what they hold; a folder that held nothing else is none of it."""
    for entry in sorted(os.scandir(place / folder), key=lambda e: e.name):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if path in ours:
            continue
        if entry.is_dir(follow_symlinks=False):
            inside = list(_others(place, path, ours))
            if inside or not any(p.startswith(f"{path}/") for p in ours):
                yield path
                yield from inside
        else:
            yield path


def _exchange(place: Path, stage: Path, ours: set[str]) -> bool:
    new, old = stage / NEW, stage / OLD
    if placing.exchange(new, place):
        placing.settle(place.parent)
        old = new
    else:
        # Between the two there is none: the next run puts the old one back.
        try:
            place.rename(old)
        except OSError:
            return False
        try:
            new.rename(place)
        except OSError:
            old.rename(place)
            return False
    _late(old, place, ours)
    return True


def _late(old: Path, place: Path, ours: set[str]) -> None:
    """What others put into the old folder while the new one was made."""
    for path in (p.relative_to(old).as_posix() for p in sorted(old.rglob("*"))):
        was, now = old / path, place / path
        if path in ours or (was.is_dir() and not was.is_symlink()):
            continue
        with suppress(OSError):
            if not os.path.lexists(now) or not os.path.samestat(was.lstat(), now.lstat()):
                now.parent.mkdir(parents=True, exist_ok=True)
                was.replace(now)


# ── One by one ────────────────────────────────────────────────────────────


def _replace(out: Path, stage: Path, paths: list[str], stale: Sequence[str]) -> None:
    """Exchanges the files, the manifest last, and puts everything back where one of them cannot be."""
    saved: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for index, path in enumerate((*stale, *paths)):
            place, old = out / path, stage / "saved" / str(index)
            if place.exists():
                old.parent.mkdir(exist_ok=True)
                saved.append((old, place))
                _keep(place, old)
            if path in paths:
                place.parent.mkdir(parents=True, exist_ok=True)
                made.append(place)
                (stage / NEW / path).replace(place)
    except OSError:
        for place in made:
            place.unlink(missing_ok=True)
        for old, place in saved:
            if old.exists():
                old.replace(place)
        raise
    for path in stale:
        (out / path).unlink(missing_ok=True)
    _prune(out, stale)


def _keep(place: Path, old: Path) -> None:
    """A second name for a file; its only one where the file system knows none."""
    try:
        os.link(place, old)
    except OSError:
        place.rename(old)


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
