"""The examples of a code's page, as policies with marks."""

from __future__ import annotations

import re
from textwrap import dedent

from wrpc.diagnostics import Code


def examples(code: Code, kind: str) -> list[str]:
    """The indented policies under `Bad:` or `Good:`."""
    found = re.findall(rf"^{kind}:\n\n((?:(?: {{4}}.*)?\n)+)", code.page, re.MULTILINE)
    return [dedent(block).strip("\n") + "\n" for block in found]
