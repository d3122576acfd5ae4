"""What is built and what is locked: the wheel's contents, its dependencies, its version, the lock files."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import wrpc

RUNTIME = {"lark", "pydantic", "z3-solver", "pyyaml", "click", "rich", "oxidd", "python-sat", "junitparser"}


def canonical(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match.group()).lower()


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out), str(root)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_the_wheel_carries_the_package_and_the_grammar_and_nothing_else(wheel: zipfile.ZipFile, root: Path) -> None:
    names = set(wheel.namelist())
    assert {name.split("/")[0] for name in names} == {"wrpc", f"wrpc-{wrpc.__version__}.dist-info"}
    assert {"wrpc/py.typed", "wrpc/grammar/wrp.lark"} <= names
    assert wheel.read("wrpc/grammar/wrp.lark") == (root / "grammar/wrp.lark").read_bytes()


def test_an_installed_wheel_reads_without_lark_a_home_or_a_place_to_write(
    wheel: zipfile.ZipFile, root: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    wheel.extractall(site)
    assert (site / "wrpc/syntax/wrp.json").read_bytes() == (root / "wrpc/syntax/wrp.json").read_bytes()
    before = sorted(site.rglob("*"))
    for path in (*before, site):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (tmp_path / "home").mkdir()
    script = "import sys, wrpc; wrpc.load(sys.argv[1]); print(wrpc.__file__, {'lark', 'z3'} & set(sys.modules))"
    command = [str(tmp_path / "venv/bin/python"), "-B", "-c", script, str(root / "policies/private_stays_home.wrp")]
    done = subprocess.run(command, env={"HOME": str(tmp_path / "home")}, cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{site / 'wrpc/__init__.py'} set()\n"), done.stderr
    assert sorted(site.rglob("*")) == before
    assert list((tmp_path / "home").iterdir()) == []
    for path in (*before, site):
        path.chmod(0o755)


def test_the_wheel_depends_on_nine_packages(wheel: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(wheel.read(f"wrpc-{wrpc.__version__}.dist-info/METADATA").decode())
    needed = metadata.get_all("Requires-Dist", [])
    assert {canonical(r) for r in needed if "extra ==" not in r} == RUNTIME
    assert {canonical(r) for r in needed if "extra ==" in r} == {"watchfiles"}


@pytest.mark.parametrize("lock", ["test.lock", "nodeps.lock", "conformance/fleet-sim.lock"])
def test_a_lock_says_exact_versions_and_nothing_else(root: Path, lock: str) -> None:
    lines = (root / "requirements" / lock).read_text().splitlines()
    odd = [line for line in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]
    assert odd == []


def test_the_test_lock_covers_the_project_and_its_test_group(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    wanted = {canonical(r) for r in [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]}
    locked = {canonical(line) for line in (root / "requirements/test.lock").read_text().splitlines() if line[0] != "#"}
    assert wanted <= locked
