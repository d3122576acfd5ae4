"""Which commands there are: name to module, so that each is imported only when it is asked for."""

from __future__ import annotations

# One more command is its file, its test and one row here.
COMMANDS = {
    "init": "wrpc.cli.init",
    "lint": "wrpc.cli.lint",
    "calibrate": "wrpc.cli.calibrate",
    "check": "wrpc.cli.check",
    "compile": "wrpc.cli.compile",
    "decide": "wrpc.cli.decide",
    "diff": "wrpc.cli.diff",
    "explain": "wrpc.cli.explain",
    "fmt": "wrpc.cli.fmt",
    "import": "wrpc.cli.imports",
    "place": "wrpc.cli.place",
    "rule": "wrpc.cli.rule",
    "simulate": "wrpc.cli.simulate",
    "size": "wrpc.cli.size",
    "targets": "wrpc.cli.targets",
    "test": "wrpc.cli.test",
    "verify": "wrpc.cli.verify",
}
