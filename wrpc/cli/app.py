"""The group of commands, and the one place where exceptions become exit codes.

0: no error found. 1: errors. 2: bad usage, an input that cannot be read, or a fault of wrpc. Never a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from wrpc.cli.commands import COMMANDS
from wrpc.cli.exits import ERRORS, FINE, INTERRUPTED, UNUSABLE
from wrpc.diagnostics import Findings, Refusal
from wrpc.override import override
from wrpc.version import __version__


class Commands(click.Group):
    """Imports a command's module only when that command runs."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name]).command
        command.name = name
        return command

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f", did you mean `{close[0]}`?" if close else ""
            raise click.UsageError(f"there is no command `{args[0]}`{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(__version__, message="wrpc %(version)s")
@click.pass_context
def app(ctx: click.Context) -> None:
    """Compile, prove and run policies that place LLM requests on models, pools and machines."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


class Command(click.Command):
    """A command that returns its exit code. A refusal is shown in the format that was asked for."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            from wrpc.cli.show import show

            return show(Findings.of(refusal.diagnostics), format=ctx.params.get("format", "text"))


def run(arguments: Sequence[str]) -> int:
    """The command line, to its exit code."""
    _prepare()
    try:
        code = app.main(list(arguments), prog_name="wrpc", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        return _sorry(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has seen enough. What is still buffered has nowhere to go, and must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ERRORS
    except OSError as error:
        if _debugging():
            raise
        named = f"{error.filename}: " if error.filename else ""
        return _sorry(f"{named}{error.strerror or error}")
    except Exception as error:  # the last resort: a user never sees a traceback
        if _debugging():
            raise
        said = f"{type(error).__name__}: {error}".partition("\n")[0][:300]
        return _sorry(f"this is a bug in wrpc, please report it ({said})\nWRPC_DEBUG=1 shows where it is")
    return code if isinstance(code, int) else FINE


def _prepare() -> None:
    """Output is UTF-8 wherever a program reads it, and no character of a policy can stop it.

    A command makes many small values and few circles, and ends soon: the collector is asked seldom, which is a third of
    the time for a large file.
    """
    gc.set_threshold(200_000, 20, 50)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=stream.encoding if stream.isatty() else "utf-8", errors="backslashreplace")


def _debugging() -> bool:
    return os.environ.get("WRPC_DEBUG", "") not in ("", "0")


def _usage(error: click.UsageError) -> int:
    usage = ""
    if error.ctx is not None:
        usage = f"{error.ctx.get_usage()}\n`{error.ctx.command_path} --help` says more\n"
    click.echo(f"{usage}wrpc: {_shown(error.format_message())}", err=True)
    return UNUSABLE


def _sorry(message: str) -> int:
    click.echo(f"wrpc: {_shown(message)}", err=True)
    return UNUSABLE


def _shown(message: str) -> str:
    """Names of files and arguments are the user's own, and may hold what a terminal obeys."""
    from wrpc.letters import visible

    return "\n".join(visible(line) for line in message.split("\n"))
