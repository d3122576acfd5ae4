"""One file, put in place by one rename."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wrpc import placing


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")
@pytest.mark.parametrize("kind", ["file", "created"])
def test_killed_at_any_operation_a_file_is_old_or_new(tmp_path: Path, root: Path, kind: str) -> None:
    command = [sys.executable, "-m", "tests.support.killed", kind, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert not found["wrong"]
    assert found["tries"] >= 3


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    (tmp_path / "real.wrp").write_text("old")
    (tmp_path / "real.wrp").chmod(0o604)
    (tmp_path / "link.wrp").symlink_to("real.wrp")
    placing.write(tmp_path / "link.wrp", "new")
    assert (tmp_path / "link.wrp").is_symlink()
    assert (tmp_path / "real.wrp").read_text() == "new"
    assert (tmp_path / "real.wrp").stat().st_mode & 0o777 == 0o604
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.wrp", "real.wrp"]


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    placing.write(Path(os.devnull), "text")
    assert not Path(os.devnull).is_file()


def test_what_is_there_is_not_created(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    (tmp_path / "b").symlink_to("nowhere")
    for name in ("a", "b"):
        with pytest.raises(FileExistsError):
            placing.create(tmp_path / name, "new")
    assert (tmp_path / "a").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_very_long_name(tmp_path: Path) -> None:
    place = tmp_path / ("ü" * 120 + ".wrp")
    placing.write(place, "one")
    placing.write(place, "two")
    assert place.read_text() == "two"
    assert len([*tmp_path.iterdir()]) == 1


def test_another_run_that_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "PATIENCE", 0.1)
    with placing.working(tmp_path), pytest.raises(placing.Busy, match="another run"):
        placing.write(tmp_path / "a", "x")
    placing.write(tmp_path / "a", "x")
