"""What a run accepts: the options, the project's settings and a baseline, for lint, check and compile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypedDict, TypeVar

import click

from wrpc.diagnostics import Code, Findings
from wrpc.values import value

if TYPE_CHECKING:
    from datetime import date

    from wrpc.accept.all import Judged
    from wrpc.accept.baseline import Baseline
    from wrpc.accept.settings import Settings
    from wrpc.cli.policies import Gathered
    from wrpc.policy.model import Policy
    from wrpc.source import Source

F = TypeVar("F", bound=Callable[..., Any])

FAIL_ON = ("note", "warning", "error")


class Chosen(TypedDict):
    """The options that say which settings hold."""

    config: Path | None
    no_config: bool


class Project(Chosen):
    """… and what fails a run."""

    fail_on: str | None


class Wanted(Project):
    """The options of commands that judge policies."""

    baseline: Path | None
    update_baseline: bool
    today: str | None


def chosen(function: F) -> F:
    """`--config` and `--no-config`."""
    function = click.option("--no-config", is_flag=True, help="Read no settings.")(function)
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Settings, in place of the nearest wrpc.toml or pyproject.toml with [tool.wrpc].",
    )(function)


def project(function: F) -> F:
    """`--fail-on`, and those of `chosen`."""
    return click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        show_default="error",
        help="Lowest severity that makes the exit code 1.",
    )(chosen(function))


def baseline(function: F) -> F:
    """`--baseline`."""
    return click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Findings that were there before: marked and counted, they do not make the exit code 1.",
    )(function)


def options(function: F) -> F:
    """Those of `project`, `--baseline`, `--update-baseline` and `--today`."""
    function = click.option(
        "--today",
        metavar="DAY",
        help="The day, as 2026-12-31: waivers that ended before it count no more. Default: none has ended.",
    )(function)
    function = click.option(
        "--update-baseline", is_flag=True, help="Write the baseline: what is found now, of the files that are read."
    )(function)
    return project(baseline(function))


@value
class Accepting:
    """`select` and `ignore` are those of the command line, or else the selection of the settings."""

    settings: Settings
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "error"
    baseline: Baseline | None = None
    update: bool = False
    today: date | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """What was read for it."""
        paths = (self.settings.path, self.baseline.path if self.baseline else None)
        return tuple(path for path in paths if path is not None)

    @property
    def release(self) -> Mapping[str, str] | None:
        return self.settings.release or None

    def judged(self, *, solver: bool) -> Judged:
        from wrpc.accept.all import looked_for

        return looked_for(solver=solver, select=self.select, ignore=self.ignore)

    def checks(self, format: str, *, solver: bool) -> tuple[Code, ...]:
        """The codes of the checks that are made, for a format that lists them."""
        if format != "junit":
            return ()
        from importlib import import_module

        from wrpc.analysis import CHECKS, LINTS

        judged = self.judged(solver=solver)
        found: list[Code] = [import_module(m).CODE for m in ({**LINTS, **CHECKS} if solver else LINTS)]
        return tuple(code for code in found if judged(code.id))

    def before(self, found: Findings, policy: Policy) -> Findings:
        """What is found of a policy before it is compiled: what is accepted does not stop it."""
        from wrpc.accept.all import accepted

        found = self.settings.ignored(accepted(found, policy, self.today))
        return self.baseline.marked(found) if self.baseline else found

    def judge(self, found: Gathered, *, solver: bool, several: bool) -> Findings:
        """`after`, of all that was gathered; `several`: a policy stands in one environment of several."""
        every = {source.name for source in found.sources} if several else found.imported
        return self.after(found.findings, found.policies, found.sources, solver=solver, elsewhere=every)

    def show(
        self,
        judged: Findings,
        found: Gathered,
        *,
        format: str,
        notes: bool,
        solver: bool,
        stream: TextIO | None = None,
    ) -> int:
        """What `judge` made of all that was gathered; the exit code."""
        from wrpc.cli.show import show

        return show(
            judged,
            format=format,
            fail_on=self.fail_on,
            notes=notes,
            dimensions=found.dimensions,
            proofs=found.proofs,
            stream=stream,
            baseline=self.baseline is not None,
            read=found.sources,
            looked_for=self.checks(format, solver=solver),
            tests=found.tests,
        )

    def after(
        self,
        found: Findings,
        policies: Sequence[Policy],
        sources: Iterable[Source],
        *,
        solver: bool,
        elsewhere: Iterable[str] = (),
    ) -> Findings:
        """Everything a run found, with what is accepted apart or marked, and what is wrong with how it is accepted.

        `sources`: the files that were read whole. `elsewhere`: the names of those of which another run may use more.
        """
        from wrpc.accept.all import faults
        from wrpc.accept.comments import ignored
        from wrpc.analysis.run import chosen

        sources = tuple({s.name: s for s in sources}.values())
        judged = self.judged(solver=solver)
        found = ignored(found, sources)
        told = faults(found, policies, sources, judged, elsewhere=frozenset(elsewhere), today=self.today)
        found = self.settings.ignored(found + Findings.of(told))
        found = chosen(found, self.select, self.ignore)
        if self.baseline is None:
            return found
        baseline = self._written(found, sources) if self.update else self.baseline
        found = baseline.marked(found)
        return found + Findings.of(baseline.gone(found, sources, judged))

    def _written(self, found: Findings, sources: Sequence[Source]) -> Baseline:
        """The baseline with what is found now, put in place whole."""
        from wrpc.accept.baseline import unsettled
        from wrpc.placing import write

        assert self.baseline is not None
        if unsettled(found):
            click.echo("the baseline is not written: a file could not be read as a policy", err=True)
            return self.baseline
        made = self.baseline.updated(found, sources)
        self.baseline.path.parent.mkdir(parents=True, exist_ok=True)
        write(self.baseline.path, made.text())
        number = sum(entry.count for entry in made.entries)
        click.echo(f"wrote {self.baseline.path.as_posix()}: {number} finding{'' if number == 1 else 's'}", err=True)
        return made


def accepting(
    paths: Sequence[Path], wanted: Wanted, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> Accepting:
    """What holds for these files. The command line wins over the settings. Raises Refusal where settings or baseline
    cannot be read."""
    made = settled(paths, wanted)
    if ignore:
        made = replace(made, settings=replace(made.settings, ignore=()))
    made = replace(made, select=select or made.settings.select, ignore=ignore, today=_day(wanted["today"]))
    path = wanted["baseline"] or made.settings.baseline
    if wanted["update_baseline"] and path is None:
        raise click.UsageError("--update-baseline needs --baseline FILE")
    if path is None:
        return made
    from wrpc.accept.baseline import read

    update = wanted["update_baseline"]
    return replace(made, baseline=read(path, missing=update), update=update)


def settled(paths: Sequence[Path], wanted: Project) -> Accepting:
    """The settings alone, and what fails the run. Raises Refusal where they cannot be read."""
    settings = settings_of(paths, wanted)
    return Accepting(settings, fail_on=wanted["fail_on"] or settings.fail_on or "error")


def settings_of(paths: Sequence[Path], wanted: Chosen) -> Settings:
    """Those that hold for these files. Raises Refusal where they cannot be read."""
    from wrpc.accept.find import find
    from wrpc.accept.settings import Settings

    if wanted["no_config"] and wanted["config"] is not None:
        raise click.UsageError("--config and --no-config exclude each other")
    if wanted["no_config"]:
        return Settings()
    if wanted["config"] is not None:
        from wrpc.accept.toml import read

        return read(wanted["config"])
    return find([path for path in paths if str(path) != "-"])


def _day(text: str | None) -> date | None:
    from wrpc.policy.waivers import day

    found = day(text) if text is not None else None
    if text is not None and found is None:
        raise click.UsageError(f"--today takes a day such as 2026-12-31, found `{text}`")
    return found
