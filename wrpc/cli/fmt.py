"""`wrpc fmt`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE

if TYPE_CHECKING:
    from wrpc.report.screen import Line
    from wrpc.source import Source


@click.command(cls=Command)
@options.many_policies
@click.option(
    "--check", is_flag=True, help="Write nothing; name the files that would change, and exit 1 if there are any."
)
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and exit 1 if anything would.")
def command(policies: tuple[Path, ...], check: bool, diff: bool) -> int:
    """Rewrite each POLICY in the canonical layout, comments included.

    `-` reads standard input and writes to standard output. A file with syntax errors is left as it is.
    """
    from wrpc.cli import policies as arguments
    from wrpc.cli.show import exit_code, show
    from wrpc.diagnostics import Findings, Refusal
    from wrpc.placing import write
    from wrpc.report import screen
    from wrpc.syntax.read import read

    found = Findings()
    changed = 0
    for path in arguments.files(policies):
        piped = path == arguments.STDIN
        try:
            source = arguments.stdin() if piped else read(path)
            text = formatted(source)
        except Refusal as refusal:
            found += Findings.of(refusal.diagnostics)
            continue
        differs = text != source.text if piped else text.encode() != path.read_bytes()
        changed += differs
        if diff:
            screen.write(difference(source, text))
        elif check and differs:
            screen.write([((f"{source.name} would change", ""),)])
        elif piped and not check:
            sys.stdout.write(text)
        elif differs and not check:
            write(path, text)
    if found.diagnostics:
        show(found, stream=sys.stderr)
    return max(exit_code(found), ERRORS if changed and (check or diff) else FINE)


def formatted(source: Source) -> str:
    """Raises Refusal where the text has errors."""
    from wrpc.diagnostics import Refusal
    from wrpc.syntax.format import format_file
    from wrpc.syntax.parse import parse

    file, diagnostics = parse(source)
    if any(d.severity == "error" for d in diagnostics):
        raise Refusal(diagnostics)
    return format_file(file)


def difference(source: Source, text: str) -> Iterator[Line]:
    from difflib import unified_diff

    styles = {"+": "new", "-": "old", "@": "label"}
    lines = unified_diff(source.text.splitlines(), text.splitlines(), source.name, source.name, lineterm="")
    for number, line in enumerate(lines):
        yield ((line, "strong" if number < 2 else styles.get(line[0], "")),)
