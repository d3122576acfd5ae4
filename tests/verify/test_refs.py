"""A policy as it was at a commit: imports, overrides and links from there too, the working tree untouched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import wrpc
from wrpc.diagnostics import Refusal

MAIN = 'import "parts/pools.wrp"\ndefault { to own }\n'
POOLS = 'pool own { trust "own" }\npool cloud { trust "cloud" }\n'


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One commit, tagged `first`, with a policy in a folder; then the files are changed in the working tree."""
    git(tmp_path, "init", "-q", "-b", "main")
    folder = tmp_path / "conf"
    (folder / "parts").mkdir(parents=True)
    (folder / "p.wrp").write_text(MAIN)
    (folder / "parts/pools.wrp").write_text(POOLS)
    (folder / "prod.wrp").write_text("override route x { to own }\n")
    (folder / "link.wrp").symlink_to("p.wrp")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    git(tmp_path, "tag", "first")
    (folder / "p.wrp").write_text(MAIN.replace("to own", "to cloud"))
    (folder / "parts/pools.wrp").write_text(POOLS.replace("own", "mine"))
    return folder


def test_imports_are_from_the_commit_too(repository: Path) -> None:
    before = git(repository, "status", "--porcelain")
    policy = wrpc.load(repository / "p.wrp", ref="first")
    assert policy.pools["own"].trust == "own"
    assert [s.name for s in policy.sources] == ["first:conf/p.wrp", "first:conf/parts/pools.wrp"]
    assert git(repository, "status", "--porcelain") == before
    assert wrpc.load(repository / "link.wrp", ref="HEAD").pools.keys() == policy.pools.keys()


def test_overrides_are_from_the_commit_too(repository: Path) -> None:
    main = MAIN + "route x { to cloud }\n"
    (repository / "p.wrp").write_text(main)
    (repository / "parts/pools.wrp").write_text(POOLS)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    (repository / "prod.wrp").write_text("override route x { to cloud }\n")
    policy = wrpc.load(repository / "p.wrp", ref="HEAD", env=[repository / "prod.wrp"])
    assert policy.routes["x"].action.shares[0].pool == "own"


@pytest.mark.parametrize(
    ("name", "ref", "code"),
    [
        ("p.wrp", "nowhere", "WRP086"),
        ("p.wrp", "--output=x", "WRP086"),
        ("p.wrp", "first^{tree}", "WRP086"),
        ("p.wrp", "", "WRP086"),
        ("new.wrp", "first", "WRP088"),
        ("missing/p.wrp", "first", "WRP087"),
    ],
)
def test_what_is_not_there(repository: Path, name: str, ref: str, code: str) -> None:
    (repository / "new.wrp").write_text(MAIN)
    with pytest.raises(Refusal) as refused:
        wrpc.load(repository / name, ref=ref)
    assert [d.code.id for d in refused.value.diagnostics] == [code]


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "p.wrp").write_text(POOLS)
    with pytest.raises(Refusal) as refused:
        wrpc.load(tmp_path / "p.wrp", ref="HEAD")
    assert [d.code.id for d in refused.value.diagnostics] == ["WRP087"]


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(Refusal) as refused:
        wrpc.load(repository / "p.wrp", ref="first")
    assert [d.code.id for d in refused.value.diagnostics] == ["WRP087"]
    assert "git cannot be run" in refused.value.diagnostics[0].message


def test_an_import_stays_in_the_folder_of_the_policy(repository: Path) -> None:
    (repository.parent / "outside.wrp").write_text(POOLS)
    (repository / "p.wrp").write_text('import "../outside.wrp"\ndefault { to own }\n')
    (repository / "q.wrp").write_text('import "gone.wrp"\ndefault { to own }\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    for name in ("p.wrp", "q.wrp"):
        with pytest.raises(Refusal) as refused:
            wrpc.load(repository / name, ref="HEAD")
        with pytest.raises(Refusal) as here:
            wrpc.load(repository / name)
        assert refused.value.diagnostics[0].code == here.value.diagnostics[0].code
