"""`envoy --mode validate` accepts what is emitted, and what is wrong with a file is said in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.compiling import IN_ENVOY, policy
from wrpc.policy.load import load
from wrpc.policy.model import Word
from wrpc.targets.envoy import check
from wrpc.targets.envoy.check import check as validate
from wrpc.targets.envoy.emit import emit
from wrpc.targets.gateway.settle import settle
from wrpc.targets.settings import block
from wrpc.targets.target import Options

TEXT = """
policy p { language 1 }
signal a: bool { source has_tools }
signal f: score { source classifier("f")  threshold 0.333 }
pool one { endpoint "127.0.0.1:9001" }
pool far { endpoint "https://api.example.com/v1" }
pool near { endpoint "http://[::1]:80" }
route r { when a and f  to far weight 3, near weight 1  fallback one  mirror one 0.5% }
default { deny "no" }
target envoy { signals_by "signals.local:50051"  admin "127.0.0.1:9901"  obligations_by "x" }
"""


def emitted(text: str) -> dict[str, str]:
    found = policy(text.replace("  mirror one 0.5%", ""))
    own = block(found, "envoy")
    return {a.path: a.text for a in emit(settle(found), Options(own.settings if own else {})).artifacts}


@pytest.mark.parametrize("name", IN_ENVOY)
def test_envoy_accepts_the_library(name: str, envoy: Path) -> None:
    found = load(IN_ENVOY[name])
    own = block(found, "envoy")
    endpoints = {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(found.pools)}
    settings = {**(own.settings if own else {}), "endpoints": endpoints, "trust_headers": Word("true")}
    artifacts = emit(settle(found), Options(settings)).artifacts
    assert artifacts
    assert validate({a.path: a.text for a in artifacts}, envoy) == ()


def test_envoy_accepts_names_tls_and_a_processor(envoy: Path) -> None:
    made = emitted(TEXT)
    assert made
    # The file of authorities is this machine's own business.
    authorities = "/etc/ssl/certs/ca-certificates.crt"
    found = validate({k: v.replace(authorities, "/dev/null") for k, v in made.items()}, envoy)
    assert found == () or all("/dev/null" in d.message or "certificate" in d.message for d in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status: 403", "statuss: 403", "statuss"),
        ("cluster: one", "cluster: two", "two"),
        ("regex: true|false", "regex: (true|false", "missing )"),
    ],
)
def test_envoy_rejects(old: str, new: str, said: str, envoy: Path) -> None:
    text = """
policy p { language 1 }
signal a: bool { source has_tools }
pool one { endpoint "127.0.0.1:9001" }
route r { when a  to one }
default { deny "no" }
"""
    (made,) = emitted(text).values()
    assert old in made
    (found,) = validate({"envoy.yaml": made.replace(old, new, 1)}, envoy)
    assert found.code.id == "WRP805"
    assert said in found.message
    assert "/tmp" not in found.message


@pytest.mark.parametrize("text", ["a: [", "just: text", "static_resources: {listeners: []}", ""])
def test_without_the_program_the_shape_is_looked_at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "envoy", lambda: None)
    (found,) = validate({"envoy.yaml": text})
    assert found.code.id == "WRP805"
    made = emitted(TEXT)
    assert validate(made) == ()


def test_a_program_that_does_not_start(tmp_path: Path) -> None:
    made = emitted(TEXT)
    (found,) = validate(made, tmp_path / "no-envoy")
    assert "does not start" in found.message
