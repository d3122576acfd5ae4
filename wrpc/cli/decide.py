"""`wrpc decide`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE

if TYPE_CHECKING:
    from wrpc.decide import BadRequest, Conflict, Decision
    from wrpc.decide.request import RequestValue

MOST = 10_000  # lines that are kept
LONGEST = 4_000_000  # characters of a request; a file without line ends must not fill the memory


@click.command(cls=Command)
@options.one_policy
@click.argument("file", metavar="[FILE.jsonl|-]", required=False)
@click.option("--request", metavar="JSON", help="One request, in place of a file.")
@options.environments
@click.option(
    "--absent",
    type=click.Choice(["quiet", "failed"]),
    default="quiet",
    show_default=True,
    help="Value of a signal that can fail and is not named: quiet (false, empty or zero), or failed, as at a gateway"
    " when the header is missing.",
)
@click.option(
    "--table", metavar="FILE", help="Write the decision function as data (JSON) and decide nothing; `-` prints."
)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    policy: Path,
    file: str | None,
    request: str | None,
    env: tuple[Path, ...],
    absent: str,
    table: str | None,
    format: str,
) -> int:
    """Show what POLICY does with each request of FILE, one JSON object a line; `-` is standard input.

    A request gives signals their values: `{"tokens": 9000, "pii": null}`, where null is a signal that failed. A signal
    that is not named is false, empty or zero; if it can fail, the output says that this is assumed. A line that is not
    a request of this policy gets an error, and the next line is read.

    With `--table`, a program in any language can decide the same: docs/table.md describes the file.
    """
    if table is not None:
        if file is not None or request is not None:
            raise click.UsageError("`--table` decides no requests; leave them out")
        return tabled(policy, env, table, format)
    if (file is None) == (request is None):
        raise click.UsageError("give requests as FILE.jsonl, as `-` (standard input) or with --request")

    from wrpc.cli.policies import one
    from wrpc.decide import BadRequest, Conflict
    from wrpc.decide.compiled import decider
    from wrpc.decide.interpret import interpreter
    from wrpc.decide.request import parse, unsaid
    from wrpc.report import decision as text
    from wrpc.report.json import dumps
    from wrpc.report.screen import write

    resolved = one(policy, env)[0]
    # Compiling the policy to a function pays from a few dozen requests on.
    decide = decider(resolved) if file else interpreter(resolved).decide
    code = FINE
    written: dict[int, tuple[object, str]] = {}
    for number, line in requests(file, request):
        answer: Decision | BadRequest | Conflict
        assumed: dict[str, RequestValue] = {}
        try:
            if isinstance(line, BadRequest):
                raise line
            given = parse(line)
            if format == "text" or absent == "failed":
                assumed = unsaid(resolved, given)
            if absent == "failed":
                given, assumed = {**dict.fromkeys(assumed), **given}, {}
            answer = decide(given)
        except (BadRequest, Conflict) as error:
            answer, code = error, ERRORS
        if format == "json":
            # Equal requests get one and the same decision, whose line need not be made again.
            known = written.get(id(answer))
            if known is None or known[0] is not answer:
                known = answer, dumps(answer.json()) + "\n"
                if len(written) < MOST and not isinstance(answer, (BadRequest, Conflict)):
                    written[id(answer)] = known
            sys.stdout.write(known[1])
        else:
            label = f"line {number}" if file else "request"
            if isinstance(answer, (BadRequest, Conflict)):
                write([((f"{label}: ", "label"), ("error ", "error"), (said(answer), ""))])
            else:
                write(text.render(answer, label, assumed))
        if file == "-":
            sys.stdout.flush()
    return code


def tabled(policy: Path, env: tuple[Path, ...], table: str, format: str) -> int:
    from wrpc.cli.policies import one
    from wrpc.cli.show import show
    from wrpc.decide import table as tables
    from wrpc.diagnostics import Findings
    from wrpc.placing import write

    document, left_out = tables.table(one(policy, env)[0])
    text = tables.text(document)
    if table == "-":
        sys.stdout.write(text)
    else:
        write(Path(table), text)
    stream = sys.stderr if table == "-" else None
    return show(Findings.of(left_out), format=format, fail_on="error", notes=False, stream=stream)


def said(answer: BadRequest | Conflict) -> str:
    from wrpc.decide import BadRequest
    from wrpc.decide.codes import CONFLICT

    return f"{(answer.code if isinstance(answer, BadRequest) else CONFLICT).id} {answer.message}"


def requests(file: str | None, request: str | None) -> Iterator[tuple[int, str | BadRequest]]:
    """Each line that is not blank with its number, one at a time: a log need not fit into memory."""
    if file is None:
        yield 1, request or ""
        return
    with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
        yield from lines(stream)


def lines(stream: BinaryIO) -> Iterator[tuple[int, str | BadRequest]]:
    from wrpc.decide import BadRequest
    from wrpc.decide.codes import UNREADABLE

    number = 0
    while raw := stream.readline(LONGEST):
        number += 1
        if len(raw) == LONGEST and not raw.endswith(b"\n"):
            while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield number, BadRequest(UNREADABLE, f"the line has more than {LONGEST} bytes")
            continue
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.isspace():
            continue
        try:
            yield number, raw.decode()
        except UnicodeDecodeError:
            yield number, BadRequest(UNREADABLE, "the line is not UTF-8")
