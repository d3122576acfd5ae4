"""The codes of syntax, each with the page that `wrpc rule` shows."""

from wrpc.diagnostics import Code

UNEXPECTED_TEXT = Code("WRP001", "unexpected-text", "error")
UNCLOSED_TEXT = Code("WRP002", "unclosed-text", "error")
UNCLOSED_BRACKET = Code("WRP003", "unclosed-bracket", "error")
DEEP_NESTING = Code("WRP004", "deep-nesting", "error")
NOT_UTF8 = Code("WRP005", "not-utf8", "error")
EMPTY_FILE = Code("WRP006", "empty-file", "error")
LARGE_FILE = Code("WRP007", "large-file", "error")
UNREADABLE_FILE = Code("WRP008", "unreadable-file", "error")
UNKNOWN_KEYWORD = Code("WRP009", "unknown-keyword", "error")
UNQUOTED_TEXT = Code("WRP010", "unquoted-text", "error")
QUOTED_NAME = Code("WRP011", "quoted-name", "error")
LONG_NUMBER = Code("WRP012", "long-number", "error")
UNKNOWN_ESCAPE = Code("WRP013", "unknown-escape", "error")
FOREIGN_SIGN = Code("WRP014", "foreign-sign", "error")
MANY_ERRORS = Code("WRP015", "many-errors", "info")
