"""`wrpc explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.cli import options
from wrpc.cli.app import Command
from wrpc.cli.exits import ERRORS, FINE

if TYPE_CHECKING:
    from wrpc.policy.model import Policy
    from wrpc.report.screen import Line


@click.command(cls=Command)
@options.one_policy
@click.argument("what", metavar="[route|guard|code]", required=False, type=click.Choice(["route", "guard", "code"]))
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--request", metavar="JSON", help="One request, as `wrpc decide` takes it.")
@options.environments
def command(policy: Path, what: str | None, name: str | None, request: str | None, env: tuple[Path, ...]) -> int:
    """Explain why POLICY decides as it does.

    `route NAME`: a request that it takes, and what earlier routes take from it. `guard NAME`: what it does, to which
    requests. `code WRP201`: every finding of that code. `--request JSON`: what each route and guard does with one
    request.
    """
    from wrpc.cli.policies import one
    from wrpc.report.screen import write

    if request is not None and what is not None:
        raise click.UsageError("--request stands alone")
    resolved, found = one(policy, env)
    if request is not None:
        return _request(resolved, request)
    if what is None or name is None:
        raise click.UsageError("say what to explain: `route NAME`, `guard NAME`, `code WRP201` or --request")
    if what == "code":
        import wrpc
        from wrpc.analysis.run import chosen
        from wrpc.cli.policies import dimensions
        from wrpc.cli.show import show
        from wrpc.diagnostics import Findings

        code = options.one_code(name)
        those = chosen(found + wrpc.check(resolved), (code,), ()).diagnostics
        return show(Findings(those), dimensions=dimensions(resolved))
    write(_declared(resolved, what, name))
    return FINE


def _declared(policy: Policy, what: str, name: str) -> Iterator[Line]:
    from wrpc.diagnostics import did_you_mean
    from wrpc.report import explain

    if what == "guard" and name in policy.guards:
        return explain.guard(policy, policy.guards[name])
    route = policy.default if name == "default" else policy.routes.get(name)
    if what == "route" and route is not None:
        return explain.route(policy, route)
    hint = did_you_mean(name, policy.routes if what == "route" else policy.guards)
    raise click.UsageError(f"the policy has no {what} `{name}`" + (f", {hint}" if hint else ""))


def _request(policy: Policy, text: str) -> int:
    from wrpc.decide import BadRequest
    from wrpc.decide.request import parse
    from wrpc.report import explain
    from wrpc.report.screen import write

    try:
        lines = list(explain.request(policy, parse(text)))
    except BadRequest as error:
        write([(("request: ", "label"), ("error ", "error"), (f"{error.code.id} {error.message}", ""))])
        return ERRORS
    write(lines)
    return FINE
