"""`wrpc compile`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from wrpc.cli import accepting, options
from wrpc.cli.app import Command
from wrpc.cli.exits import FINE

if TYPE_CHECKING:
    from wrpc.policy.model import Policy


@click.command(cls=Command)
@options.one_policy
@click.option(
    "--target",
    "names",
    metavar="NAME,…",
    multiple=True,
    help="Targets or stacks to compile for. Default: every stack of POLICY, and every `target` block beside them.",
)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), required=True, help="Folder that the files are written to."
)
@options.environments
@accepting.options
@options.output
@options.notes
def command(
    policy: Path,
    names: tuple[str, ...],
    out: Path,
    env: tuple[Path, ...],
    format: str,
    notes: bool,
    **wanted: Unpack[accepting.Wanted],
) -> int:
    """Compile POLICY to the files of each target, in DIR, with a manifest.

    The targets of a `stack` are compiled together: what one of them keeps is no loss of another.

    POLICY is checked first. With an error nothing is written, and DIR stays as it was. What a target cannot carry is
    always reported.
    """
    import wrpc
    from wrpc.accept.waivers import compilable
    from wrpc.cli.policies import dimensions, one
    from wrpc.cli.progress import progress
    from wrpc.cli.show import exit_code, show
    from wrpc.report.screen import write

    # What a target loses is no finding of a selection: a compile tells all of it.
    accept = replace(accepting.accepting([policy], wanted), select=())
    resolved, found = one(policy, env)
    targets = chosen(names, resolved)
    with progress() as tell:
        tell(f"checking {policy}")
        before = accept.before(found + wrpc.check(resolved, today=accept.today), resolved)
        tell(f"compiling {policy} for {', '.join(targets)}")
        made = wrpc.compile(resolved, *targets, findings=before, today=accept.today)
    shared = {source.name for source in resolved.sources[0 if env else 1 :]}
    told = compilable(accept.after(made.findings, [resolved], resolved.sources, solver=True, elsewhere=shared))
    code = exit_code(told, accept.fail_on)
    written = made.write(out) if code == FINE else ()
    show(
        told,
        format=format,
        fail_on=accept.fail_on,
        notes=notes,
        dimensions=dimensions(resolved),
        baseline=accept.baseline is not None,
        read=resolved.sources,
        looked_for=accept.checks(format, solver=True),
        tests=[(test.title, test.span) for test in resolved.tests],
    )
    if format == "text":
        write([(("wrote ", "label"), (str(path), "")) for path in written] or [(("nothing is written", ""),)])
    return code


def chosen(names: tuple[str, ...], policy: Policy) -> tuple[str, ...]:
    """The targets and stacks that were asked for, or all that the policy has."""
    from wrpc.diagnostics import did_you_mean
    from wrpc.targets import TARGETS
    from wrpc.targets.settings import block, spelled

    # A block spells `fleet-sim` as a name: it is no other target.
    known = {spelled(name): name for name in TARGETS}
    asked = (name if name in policy.stacks else known.get(name, name) for name in options.split(names))
    wanted = tuple(dict.fromkeys(asked))
    for name in wanted:
        if name in TARGETS and name in policy.stacks:
            raise click.UsageError(f"`{name}` is a target and a stack of {policy.name}: give the stack another name")
        if name not in TARGETS and name not in policy.stacks:
            hint = did_you_mean(name, [*TARGETS, *policy.stacks])
            raise click.UsageError(f"there is no target or stack `{name}`" + (f", {hint}" if hint else ""))
    if wanted:
        return wanted
    together = {spelled(target) for stack in policy.stacks.values() for target in stack.targets}
    alone = (name for name in TARGETS if block(policy, name) and spelled(name) not in together)
    found = tuple(dict.fromkeys((*policy.stacks, *alone)))
    if not found:
        raise click.UsageError(f"name what to compile for with --target: {', '.join(TARGETS)}")
    return found
