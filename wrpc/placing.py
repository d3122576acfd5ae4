"""Files and folders put in place by one rename: whoever looks, and whenever the process is killed, finds the old or the
new one, whole.

What is being made stands beside its place, under a name that only this module gives. A run that is killed leaves it
there, and the next one for the same place removes it. To tell the two apart, a run locks the folder in which it works:
the system lets go of the lock when the process ends, however it ends, and keeps no file for it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

PATIENCE = 30.0  # seconds that another run may take
_LONGEST = 100  # of a name may have 255 bytes


class Busy(OSError):
    """Another run has been at work in the same folder for too long."""


# ── One file ──────────────────────────────────────────────────────────────


def write(path: Path, text: str) -> None:
    """A link stays a link, and the file keeps its permissions."""
    real = path.resolve()
    # What is no ordinary file (a terminal, a pipe) is written to, never replaced.
    if real.exists() and not real.is_file():
        real.write_text(text, encoding="utf-8", newline="\n")
        return
    with working(real.parent):
        clear(real)
        beside = _made(real, text)
        try:
            beside.chmod(real.stat().st_mode & 0o7777 if real.exists() else 0o666 & ~_umask())
            beside.replace(real)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        settle(real.parent)


def create(path: Path, text: str) -> None:
    """A file that must not be there yet; FileExistsError where it is."""
    with working(path.parent):
        clear(path)
        if os.path.lexists(path):
            raise FileExistsError(17, "File exists", str(path))
        beside = _made(path, text)
        try:
            beside.chmod(0o666 & ~_umask())
            try:
                # Unlike a rename, a link never takes the place of anything.
                os.link(beside, path)
            except FileExistsError:
                raise
            except (OSError, NotImplementedError):
                beside.rename(path)
        finally:
            beside.unlink(missing_ok=True)
            settle(path.parent)


def _made(place: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=prefix(place), dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


# ── What stands beside its place ──────────────────────────────────────────


def prefix(place: Path) -> str:
    """How the names begin of all that is made for a place."""
    name = place.name
    if len(name.encode()) > _LONGEST:
        name = sha256(name.encode()).hexdigest()[:16]
    return f".{name}.wrpc-"


def leftovers(place: Path) -> list[Path]:
    """What dead runs left; to be asked only by a run that has the lock."""
    start = prefix(place)
    try:
        return sorted(p for p in place.parent.iterdir() if p.name.startswith(start))
    except OSError:
        return []


def clear(place: Path) -> None:
    for left in leftovers(place):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Alone among the runs that make something in this folder. Where there are no such locks, a run is not alone."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        yield  # a folder that may be written to and not read
        return
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise Busy(11, "another run of wrpc is at work there", str(folder)) from None
                time.sleep(0.02)
            except OSError:
                break  # a file system without locks
        yield
    finally:
        os.close(handle)


def settle(folder: Path) -> None:
    """What was renamed in a folder survives a loss of power as well."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ── Folders ───────────────────────────────────────────────────────────────


def exchange(one: Path, other: Path) -> bool:
    """Each of two folders in the place of the other, in one step; False where the system cannot do that."""
    import ctypes

    try:
        library = ctypes.CDLL(None, use_errno=True)
        a, b = os.fsencode(one), os.fsencode(other)
        if sys.platform == "darwin":
            done = library.renamex_np(a, b, 2)
        else:
            here = -100  # paths are seen from the current folder
            done = library.renameat2(here, a, here, b, 2)
    except (OSError, AttributeError, TypeError):
        return False
    return bool(done == 0)
