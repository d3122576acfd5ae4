"""Writing: whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.compiling import compiled, policy
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


def test_an_error_half_way_puts_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write(out, *made(TWO))
    before = tree(out)
    real = Path.rename
    left = [4]

    def rename(self: Path, to: Path) -> Path:
        if "new" in self.parts:
            left[0] -= 1
            if not left[0]:
                raise OSError(28, "No space left on device")
        return real(self, to)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(CannotWrite, match="No space left"):
        write(out, *made(ONE.replace("x/y", "other")))
    monkeypatch.undo()
    assert tree(out) == before
    assert beside(tmp_path) == ["out"]


def test_a_compile_with_an_error_is_not_written(tmp_path: Path) -> None:
    found = compiled("model m { } pool a { model m } default { to a }", "vllm")
    assert not found.ok
    with pytest.raises(ValueError, match="nothing to write"):
        write(tmp_path / "out", [found], manifest(policy(ONE), [found], Findings()))
    assert not beside(tmp_path)
