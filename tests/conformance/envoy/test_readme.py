"""The gateway that README shows answers with the headers that README shows."""

from __future__ import annotations

import re
from pathlib import Path

import wrpc
from tests.conformance.envoy.gateway import running


def test_the_request_that_readme_sends(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    (policy,) = re.findall(r"```wrp\n(.*?)```", text, re.DOTALL)
    sent = dict(re.findall(r"-H '([\w-]+): ([^']+)'", text))
    (shown,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    with running(wrpc.loads(policy)) as gate:
        answer = gate.envoy.ask(sent, body=b'{"model": "any"}')
    got = {name: value for name, value in answer.headers.items() if name.startswith("x-wrpc-")}
    assert got == dict(re.findall(r"^([\w-]+): (.*)$", shown, re.MULTILINE))
