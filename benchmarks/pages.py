"""A table that was measured, printed or put in its place on a page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def placed(text: str, begin: str, end: str, arguments: Sequence[str]) -> int:
    """Between two marks of the page that follows `--write`; printed without it."""
    if "--write" not in arguments:
        sys.stdout.write(text)
        return 0
    page = Path(arguments[arguments.index("--write") + 1])
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")
    return 0
