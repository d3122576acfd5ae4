"""Which findings may be accepted by whom, and which codes there are."""

from __future__ import annotations

import re

from wrpc.diagnostics import Diagnostic, listing

CODE = re.compile(r"WRP\d{3}")
# After these there is no policy, and nothing of it has been checked.
UNREAD = re.compile(r"WRP(0\d\d|1[0-4]\d|206|209)")
SAFETY = re.compile(r"WRP4\d\d")
LOST = re.compile(r"WRP8\d\d")
CONFLICT = "WRP201"
"""Two routes for one request: a policy with such a pair is never compiled."""


def never(d: Diagnostic) -> str | None:
    """Why neither a comment nor a baseline keeps a finding from failing; None where one may."""
    if d.severity != "error":
        return None
    if UNREAD.fullmatch(d.code.id):
        return "with this error nothing else of the policy is known"
    if SAFETY.fullmatch(d.code.id):
        return "an error of safety is waived in its guard or claim, with an owner, a last day and a reason"
    if LOST.fullmatch(d.code.id):
        return "what a target loses is waived in its `target` block, with a reason"
    return None


def unknown(code: str) -> str | None:
    """The nearest codes, where no finding has this one or begins so, else None. A family may have none yet."""
    from wrpc.analysis import CHECKS, LINTS

    rows = (known for table in (LINTS, CHECKS) for row in table.values() for known in row)
    if len(code) < len("WRP10") or any(known.startswith(code) for known in rows):
        return None
    from wrpc.report import catalogue

    known = [entry.code.id for entry in catalogue.entries()]
    if any(k.startswith(code) for k in known):
        return None
    near = sorted(known, key=lambda k: (abs(int(k[3:]) - int(code[3:].ljust(3, "0"))), k))[:3]
    return f"the nearest are {listing(sorted(near), 'and')}"


def spelled(text: str) -> str | None:
    """A code, or the beginning of several, in capitals; None for anything else."""
    code = text.upper()
    return code if code.startswith("WRP") and code[3:].isascii() and code[3:].isdigit() and len(code) <= 6 else None
