"""The codes of syntax, each with the page that `wrpc rule` shows."""

from wrpc.diagnostics import Code

UNKNOWN_ESCAPE = Code("WRP013", "unknown-escape", "error")
LONG_NUMBER = Code("WRP012", "long-number", "error")
