"""One write of files, killed at each of its file operations in turn: `python -m tests.support.killed KIND FOLDER`.

Each try is a process of its own, forked here, that ends by SIGKILL at operation N. Prints one JSON object: how many
tries there were, and what was found that should not be.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tests.support.compiling import compiled, policy
from wrpc import placing
from wrpc.diagnostics import Findings
from wrpc.targets import output
from wrpc.targets.manifest import manifest

MODEL = 'model m { source "x/y" } '
OLD = MODEL + "pool a { model m } pool b { model m } default { to a, b }"
NEW = 'model m { source "x/z" } pool a { model m } pool c { model m } default { to a, c }'
OPERATIONS = {
    "os.mkdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "os.truncate",
}

Tree = Mapping[str, tuple[str, int]]


def tree(folder: Path) -> Tree:
    return {
        p.relative_to(folder).as_posix(): (p.read_text(), p.stat().st_mode & 0o777)
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Whether the work got as far as its operation `number`, and was killed there."""
    child = os.fork()
    if child == 0:
        left = number

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in OPERATIONS or writes or event == "ctypes.dlsym":
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        sys.addaudithook(hook)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def never(one: Path, other: Path) -> bool:
    return False


def compiles(kind: str, folder: Path) -> dict[str, object]:
    """`kind`: "fresh", "over" an older output and a file of somebody's; with "renames" folders cannot be exchanged."""
    made = {text: ([one := compiled(text, "vllm")], manifest(policy(text), [one], Findings())) for text in (OLD, NEW)}
    old_out, new_out = folder / "wanted old", folder / "wanted new"
    for text, out in ((OLD, old_out), (NEW, new_out)):
        output.write(out, *made[text])
    if kind == "renames":
        placing.exchange = never
    mine = {} if kind == "fresh" else {"vllm/mine.yaml": ("mine", 0o600), "notes/n.txt": ("mine too", 0o640)}
    allowed: list[Tree] = [{} if kind == "fresh" else {**tree(old_out), **mine}, {**tree(new_out), **mine}]
    wrong: list[str] = []
    number = 0
    while True:
        work = folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        out = work / "out"
        if kind != "fresh":
            output.write(out, *made[OLD])
            for path, (text, mode) in mine.items():
                (out / path).parent.mkdir(exist_ok=True)
                (out / path).write_text(text)
                (out / path).chmod(mode)
        killed = killed_at(number, partial(output.write, out, *made[NEW]))
        found = tree(out) if out.exists() else {}
        # Without an exchange there may be none for a moment, never a half.
        if found not in allowed and not (kind == "renames" and not out.exists()):
            wrong.append(f"at operation {number}: {sorted(found)}")
        output.write(out, *made[NEW])
        if tree(out) != allowed[1] or [p.name for p in work.iterdir()] != ["out"]:
            wrong.append(f"after operation {number}, the next run: {sorted(p.name for p in work.rglob('*'))}")
        if not killed:
            return {"tries": number, "wrong": wrong}
        number += 1


def files(kind: str, folder: Path) -> dict[str, object]:
    """`kind`: a "file" that is replaced, or one that is "created"."""
    wrong: list[str] = []
    number = 0
    place = folder / "policy.wrp"
    write = placing.write if kind == "file" else placing.create
    before = "old" * 10_000 if kind == "file" else None
    after = "new" * 20_000
    while True:
        for left in folder.iterdir():
            left.unlink()
        if before is not None:
            place.write_text(before)
            place.chmod(0o640)
        killed = killed_at(number, lambda: write(place, after))
        if (place.read_text() if place.exists() else None) not in (before, after):
            wrong.append(f"at operation {number}")
        if kind == "created":
            place.unlink(missing_ok=True)
        write(place, after)
        if [p.name for p in folder.iterdir()] != ["policy.wrp"] or place.read_text() != after:
            wrong.append(f"after operation {number}, the next run: {sorted(p.name for p in folder.iterdir())}")
        if before is not None and place.stat().st_mode & 0o777 != 0o640:
            wrong.append(f"after operation {number}: {place.stat().st_mode:o}")
        if not killed:
            return {"tries": number, "wrong": wrong}
        number += 1


if __name__ == "__main__":
    chosen, where = sys.argv[1], Path(sys.argv[2])
    sys.stdout.write(json.dumps((files if chosen in ("file", "created") else compiles)(chosen, where)))
