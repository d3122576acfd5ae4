"""`wrpc explain`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wrpc.diagnostics import Findings
    from wrpc.policy.model import Policy

KINDS = ("route", "guard", "assert", "code")


@click.command(cls=Command)
@options.one_policy
@click.argument("what", metavar="[route|guard|assert|code]", required=False, type=click.Choice(KINDS))
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--request", metavar="JSON", help="One request, as `wrpc decide` takes it.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format.")
@options.environments
def command(
    policy: Path, what: str | None, name: str | None, request: str | None, format: str, env: tuple[Path, ...]
) -> int:
    """Explain why POLICY decides as it does.

    Alone: which route goes before which, and what each is left with. `route NAME`: a request that it takes, and what
    earlier routes take from it. `guard NAME`: what it does, to which requests. `assert NAME`: the rules that keep it,
    or the request that breaks it. `code WRP201`: every finding of that code. `--request JSON`: what each route and
    guard does with one request.
    """
    from wrpc.cli.policies import one

    if request is not None and what is not None:
        raise click.UsageError("--request stands alone")
    if what is not None and name is None:
        raise click.UsageError(f"say which: `{what} {'WRP201' if what == 'code' else 'NAME'}`")
    resolved, found = one(policy, env)
    if request is not None:
        return _request(resolved, request, format)
    if what is None or name is None:
        _overview(resolved, format)
        return FINE
    if what == "code":
        return _code(resolved, found, options.one_code(name), format)
    _declared(resolved, what, name, format)
    return FINE


def _overview(policy: Policy, format: str) -> None:
    from wrpc.report import overview
    from wrpc.report.screen import write

    if format == "json":
        from wrpc.report import explained

        _print(explained.policy(policy))
    else:
        write(overview.policy_text(policy, overview.overview(policy)))


def _code(policy: Policy, found: Findings, code: str, format: str) -> int:
    import wrpc
    from wrpc.accept.all import accepted
    from wrpc.analysis.run import chosen
    from wrpc.cli.policies import dimensions
    from wrpc.cli.show import show
    from wrpc.diagnostics import Findings

    those = chosen(accepted(found + wrpc.check(policy), policy), (code,), ())
    told = Findings(those.diagnostics, suppressed=those.suppressed)
    return show(told, format=format, dimensions=dimensions(policy))


def _declared(policy: Policy, what: str, name: str, format: str) -> None:
    from wrpc.diagnostics import did_you_mean
    from wrpc.report import explain, explained, overview
    from wrpc.report.screen import write

    json = format == "json"
    route = policy.default if name == "default" else policy.routes.get(name)
    if what == "route" and route is not None:
        _print(explained.route(policy, route)) if json else write(explain.route(policy, route))
    elif what == "guard" and name in policy.guards:
        guard = policy.guards[name]
        _print(explained.guard(policy, guard)) if json else write(explain.guard(policy, guard))
    elif what == "assert" and name in policy.assertions:
        claim = policy.assertions[name]
        _print(explained.assertion(policy, claim)) if json else write(overview.assertion_text(policy, claim))
    else:
        known: Mapping[str, object] = {
            "route": policy.routes, "guard": policy.guards, "assert": policy.assertions,
        }[what]  # fmt: skip
        hint = did_you_mean(name, known)
        raise click.UsageError(f"the policy has no {what} `{name}`" + (f", {hint}" if hint else ""))


def _request(policy: Policy, text: str, format: str) -> int:
    from wrpc.decide import BadRequest
    from wrpc.decide.request import parse
    from wrpc.report import explain, explained
    from wrpc.report.screen import write

    try:
        if format == "json":
            _print(explained.request(policy, parse(text)))
            return FINE
        lines = list(explain.request(policy, parse(text)))
    except BadRequest as error:
        if format == "json":
            _print(error.json())
        else:
            write([(("request: ", "label"), ("error ", "error"), (f"{error.code.id} {error.message}", ""))])
        return ERRORS
    write(lines)
    return FINE


def _print(document: Mapping[str, object]) -> None:
    from wrpc.report.json import dumps

    sys.stdout.write(dumps(document, indent=2) + "\n")
