"""Writing: whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.compiling import compiled, policy
from wrpc import placing
from wrpc.diagnostics import Findings
from wrpc.targets.compile import Compiled
from wrpc.targets.manifest import NAME, manifest
from wrpc.targets.output import CannotWrite, write
from wrpc.targets.target import Artifact

MODEL = 'model m { source "x/y" } '
TWO = MODEL + "pool a { model m } pool b { model m } default { to a, b }"
ONE = MODEL + "pool a { model m } default { to a }"


def made(text: str) -> tuple[list[Compiled], Artifact]:
    found = compiled(text, "vllm")
    return [found], manifest(policy(text), [found], Findings())


def tree(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def beside(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_folder_a_target_and_the_manifest_on_top(tmp_path: Path) -> None:
    written = write(tmp_path / "deep" / "out", *made(TWO))
    found = tree(tmp_path / "deep" / "out")
    assert sorted(found) == sorted([NAME, "vllm/a.yaml", "vllm/b.yaml", "vllm/engines.json", "vllm/serve.sh"])
    assert [str(p.relative_to(tmp_path / "deep" / "out")) for p in written][-1] == NAME
    assert os.access(tmp_path / "deep" / "out" / "vllm" / "serve.sh", os.X_OK)
    assert beside(tmp_path / "deep") == ["out"]


def test_the_same_bytes_again(tmp_path: Path) -> None:
    write(tmp_path / "out", *made(TWO))
    first = tree(tmp_path / "out")
    write(tmp_path / "out", *made(TWO))
    assert tree(tmp_path / "out") == first


def test_what_is_emitted_no_more_goes_and_the_rest_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, *made(TWO))
    (out / "notes.txt").write_text("mine")
    (out / "vllm" / "mine.yaml").write_text("mine")
    write(out, *made(ONE))
    assert sorted(tree(out)) == sorted(
        [NAME, "notes.txt", "vllm/a.yaml", "vllm/engines.json", "vllm/mine.yaml", "vllm/serve.sh"]
    )


def test_a_file_that_somebody_changed_is_not_deleted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, *made(TWO))
    (out / "vllm" / "b.yaml").write_text("changed by hand")
    write(out, *made(ONE))
    assert (out / "vllm" / "b.yaml").read_text() == "changed by hand"


@pytest.mark.parametrize(
    "manifest_text",
    ["", "[]", "{", '{"targets": 5}', '{"targets": {"a": {"artifacts": [{"path": "../../x", "sha256": "y"}]}}}'],
)
def test_a_foreign_manifest_does_no_harm(tmp_path: Path, manifest_text: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / NAME).write_text(manifest_text)
    (tmp_path / "x").write_text("y")
    write(out, *made(ONE))
    assert (tmp_path / "x").read_text() == "y"
    assert json.loads((out / NAME).read_text())["version"] == 1


def test_out_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    with pytest.raises(CannotWrite, match="not a folder"):
        write(tmp_path / "out", *made(ONE))
    assert (tmp_path / "out").read_text() == "precious"
    assert beside(tmp_path) == ["out"]


def test_a_file_where_a_folder_goes_and_the_reverse(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "vllm").write_text("precious")
    (tmp_path / "two" / "vllm" / "a.yaml").mkdir(parents=True)
    for name in ("one", "two"):
        before = tree(tmp_path / name)
        with pytest.raises(CannotWrite):
            write(tmp_path / name, *made(ONE))
        assert tree(tmp_path / name) == before


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "vllm").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotWrite, match="leads out"):
        write(tmp_path / "out", *made(ONE))
    assert not beside(tmp_path / "elsewhere")


@pytest.mark.parametrize("operation", ["fsync", "rename", "link", "mkdir"])
@pytest.mark.parametrize("number", [1, 2, 4])
def test_an_error_half_way_leaves_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, number: int
) -> None:
    """The folder is the old one, or the new one where another way led there."""
    out = tmp_path / "out"
    write(out, *made(TWO))
    (out / "vllm" / "mine.yaml").write_text("mine")
    before = tree(out)
    real = getattr(os, operation)
    left = [number]

    def fails(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")
        return real(*arguments, **named)

    monkeypatch.setattr(os, operation, fails)
    done = False
    with suppress(CannotWrite):
        write(out, *made(ONE.replace("x/y", "other")))
        done = True
    monkeypatch.undo()
    assert tree(out) == before if not done else "other" in tree(out)["vllm/a.yaml"]
    assert (out / "vllm" / "mine.yaml").read_text() == "mine"
    assert beside(tmp_path) == ["out"]


KILLED = {"fresh": 12, "over": 30, "renames": 30}


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("kind", KILLED)
def test_killed_at_any_operation_the_output_is_old_or_new(tmp_path: Path, root: Path, kind: str) -> None:
    command = [sys.executable, "-m", "tests.support.killed", kind, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert not found["wrong"]
    assert found["tries"] >= KILLED[kind]


def test_what_a_dead_run_left_goes_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".out.wrpc-dead" / "new" / "vllm").mkdir(parents=True)
    (tmp_path / ".out.wrpc-dead2").write_text("half")
    (tmp_path / ".out.other").write_text("mine")
    (tmp_path / ".outer.wrpc-x").mkdir()
    write(tmp_path / "out", *made(ONE))
    assert beside(tmp_path) == [".out.other", ".outer.wrpc-x", "out"]


def test_what_a_dead_run_took_away_comes_back(tmp_path: Path) -> None:
    """Where folders cannot be exchanged, a run may have died between the two renames."""
    write(tmp_path / "out", *made(TWO))
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / ".out.wrpc-dead").mkdir()
    (tmp_path / "out").rename(tmp_path / ".out.wrpc-dead" / "old")
    write(tmp_path / "out", *made(ONE))
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "out" / "vllm" / "b.yaml").exists()
    assert beside(tmp_path) == ["out"]


def test_a_living_run_is_waited_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = made(TWO)
    after = made(ONE)
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(write, out, *(before if n % 2 else after)) for n in range(24)]:
            future.result()
    whole = {**tree(out)}
    write(tmp_path / "one", *after)
    write(tmp_path / "two", *before)
    assert whole in (tree(tmp_path / "one"), tree(tmp_path / "two"))
    assert beside(tmp_path) == ["one", "out", "two"]


@pytest.mark.parametrize("exchanged", [True, False])
def test_links_rights_and_folders_of_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanged: bool
) -> None:
    out = tmp_path / "out"
    write(out, *made(TWO))
    (out / "empty").mkdir()
    (out / "to").symlink_to("/nowhere")
    (out / "vllm" / "deep").mkdir(mode=0o700)
    (out / "vllm" / "deep" / "x").write_text("x")
    (out / "vllm").chmod(0o750)
    inode = (out / "vllm" / "deep" / "x").stat().st_ino
    if not exchanged:
        monkeypatch.setattr(placing, "exchange", lambda _one, _other: False)
    write(out, *made(ONE))
    assert (out / "empty").is_dir()
    assert (out / "to").readlink() == Path("/nowhere")
    assert (out / "vllm").stat().st_mode & 0o777 == 0o750
    assert (out / "vllm" / "deep" / "x").stat().st_ino == inode
    assert beside(tmp_path) == ["out"]


def test_what_somebody_writes_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write(out, *made(TWO))
    (out / "notes.txt").write_text("first")
    real = placing.exchange

    def late(one: Path, other: Path) -> bool:
        (out / "late.txt").write_text("late")
        (out / "again.txt").write_text("second")
        (out / "again.txt").replace(out / "notes.txt")
        return real(one, other)

    monkeypatch.setattr(placing, "exchange", late)
    write(out, *made(ONE))
    assert (out / "late.txt").read_text() == "late"
    assert (out / "notes.txt").read_text() == "second"
    assert not (out / "vllm" / "b.yaml").exists()


def test_the_current_folder_stays_the_one_that_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", *made(TWO))
    monkeypatch.chdir(tmp_path / "out")
    inode = Path.cwd().stat().st_ino
    write(Path(), *made(ONE))
    assert Path.cwd().stat().st_ino == inode
    assert {*tree(Path())} == {NAME, "vllm/a.yaml", "vllm/engines.json", "vllm/serve.sh"}
    assert beside(tmp_path) == ["out"]


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    write(tmp_path / "out", *made(ONE))
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "real" / NAME).is_file()
    assert beside(tmp_path) == ["out", "real"]


def test_a_compile_with_an_error_is_not_written(tmp_path: Path) -> None:
    found = compiled("model m { } pool a { model m } default { to a }", "vllm")
    assert not found.ok
    with pytest.raises(ValueError, match="nothing to write"):
        write(tmp_path / "out", [found], manifest(policy(ONE), [found], Findings()))
    assert not beside(tmp_path)
