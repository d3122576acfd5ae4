"""Policies from text, and what a target makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import wrpc.api
from wrpc.diagnostics import Diagnostic, Findings
from wrpc.policy.model import Policy
from wrpc.targets import TARGETS
from wrpc.targets.compile import Compiled, compile_policy
from wrpc.targets.target import Options, Target

ROOT = Path(__file__).resolve().parents[2]
POLICIES = {path.stem: path for path in sorted((ROOT / "policies").glob("*.wrp"))}
# Envoy adds whole numbers alone: this one it refuses.
IN_ENVOY = {name: path for name, path in POLICIES.items() if name != "conversation_risk"}


def target(name: str) -> Target:
    found: Target = import_module(TARGETS[name]).TARGET
    return found


def policy(text: str) -> Policy:
    return wrpc.api.loads(text)


def compiled(
    text: str | Policy, to: str | Target, *, findings: Findings | None = None, base: Path | None = None
) -> Compiled:
    """One compile without a check before it."""
    source = policy(text) if isinstance(text, str) else text
    options = Options(base=str(base) if base else None)
    return compile_policy(source, target(to) if isinstance(to, str) else to, findings or Findings(), options)


def files(found: Compiled) -> dict[str, str]:
    return {a.path: a.text for a in found.artifacts}


def content(found: Compiled, path: str) -> Any:
    text = files(found)[path]
    if path.endswith(".json"):
        return json.loads(text)
    import yaml

    return yaml.safe_load(text)


def said(diagnostics: Iterable[Diagnostic], *codes: str) -> list[str]:
    """The messages of these codes."""
    return [d.message for d in diagnostics if d.code.id in codes]
