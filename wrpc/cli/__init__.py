"""The command line: `wrpc COMMAND`. One module a command, imported when it is asked for."""

from __future__ import annotations

import sys


def main() -> None:
    """The process's entry."""
    from wrpc.cli.app import run

    sys.exit(run(sys.argv[1:]))
