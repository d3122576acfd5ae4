"""What POLICY stands for: files, folders that are searched, `-` for standard input; and each of them resolved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.diagnostics import Findings
from wrpc.reading import Kept
from wrpc.values import record

if TYPE_CHECKING:
    from wrpc.diagnostics import Proof
    from wrpc.policy.model import Policy
    from wrpc.source import Source, Span

STDIN = Path("-")
POLICIES = (".wrp",)
CONFIGURATIONS = (".yaml", ".yml", ".json")


def files(arguments: Sequence[Path], suffixes: tuple[str, ...] = POLICIES) -> tuple[Path, ...]:
    """Each file once; of a folder every one below it whose name ends so, hidden folders aside."""
    found: dict[Path, None] = {}
    for argument in arguments:
        if argument != STDIN and argument.is_dir():
            inside = list(_search(argument, suffixes))
            if not inside:
                raise click.UsageError(f"{argument} holds no {' or '.join(suffixes)} file")
            found.update(dict.fromkeys(inside))
        else:
            found[argument] = None
    return tuple(found)


def _search(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if (
            path.suffix in suffixes
            and path.is_file()
            and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        ):
            yield path


def loaded(path: Path, env: Sequence[Path] = ()) -> tuple[Policy | None, Findings]:
    """The policy of a file, or None, and what was found on the way."""
    from wrpc.policy import load

    if path == STDIN:
        if env:
            raise click.UsageError("--env needs a file, not standard input")
        return load.from_source(stdin())
    return load.load_all(path, env)


def one(path: Path, env: Sequence[Path] = ()) -> tuple[Policy, Findings]:
    """The policy of a file; raises Refusal where there is none."""
    from wrpc.diagnostics import Refusal

    policy, found = loaded(path, env)
    if policy is None:
        raise Refusal(found.diagnostics)
    return policy, found


def stdin() -> Source:
    """Standard input as a source. Raises Refusal where it is no text."""
    from wrpc.syntax.read import LARGEST, from_bytes

    return from_bytes("<stdin>", sys.stdin.buffer.read(LARGEST + 1))


@record
class Gathered:
    """The findings of several policies, the dimension of each of their signals, and whose proof is whose."""

    findings: Findings = field(default_factory=Findings)
    dimensions: dict[str, str] = field(default_factory=dict)
    proofs: dict[str, tuple[Proof, ...]] = field(default_factory=dict)
    nothing: bool = False
    """No foreign file was a configuration."""
    policies: list[Policy] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    """The files that were read whole, imports and overrides included."""
    imported: set[str] = field(default_factory=set)
    """The names of those that other policies may import too."""

    @property
    def tests(self) -> list[tuple[str, Span]]:
        return [(test.title, test.span) for policy in self.policies for test in policy.tests]


Examined = tuple["Policy | None", Findings, Findings]
"""A policy, what was found while it was read, and what then was found of it."""


def examined(path: Path, env: Sequence[Path], examine: Callable[[Policy], Findings]) -> Examined:
    policy, found = loaded(path, env)
    return policy, found, Findings() if policy is None else examine(policy)


def gather(
    paths: Iterable[Path],
    env: Sequence[Path],
    examine: Callable[[Policy], Findings],
    kept: Kept[Examined],
    given: Hashable = None,
) -> Gathered:
    """Each policy examined on its own; what was found while it was read comes with it. `given`: what `examine` depends
    on besides. Of policies of which no file has changed since, `kept` has it."""
    gathered = Gathered()
    for path in paths:
        key = path, tuple(env), given
        policy, found, examined_ = kept.of(key, partial(examined, path, env, examine))
        gathered.findings += found
        if policy is not None:
            gathered.findings += examined_
            gathered.policies.append(policy)
            gathered.sources += policy.sources
            gathered.imported |= {source.name for source in policy.sources[1:]}
            gathered.dimensions |= dimensions(policy)
            gathered.proofs[f"policy {policy.name}  {policy.sources[0].name}"] = examined_.proofs
    return gathered


def gather_foreign(
    paths: Iterable[Path], kind: str, release: str | Mapping[str, str] | None, *, optional: bool
) -> Gathered:
    """The findings of foreign files and of the policies in them."""
    import wrpc
    from wrpc.importers.foreign import examined, without_import_notes

    gathered = Gathered(nothing=True)
    for path in paths:
        where = stdin() if path == STDIN else path
        foreign = wrpc.read_foreign(where, kind=kind, release=release, optional=optional)
        gathered.findings += without_import_notes(foreign.findings)
        gathered.nothing &= not foreign.configurations
        gathered.sources += [foreign.source] if foreign.configurations else []
        for each in examined(foreign, wrpc.check):
            gathered.findings += each.findings
            if each.policy is not None:
                gathered.dimensions |= dimensions(each.policy)
                gathered.proofs[each.name] = each.findings.proofs
    return gathered


@contextmanager
def known_release() -> Iterator[None]:
    """A release that an importer does not know is bad usage."""
    try:
        yield
    except ValueError as error:
        from wrpc.importers.foreign import UnknownRelease

        if isinstance(error, UnknownRelease):
            raise click.UsageError(str(error)) from None
        raise


def dimensions(policy: Policy) -> dict[str, str]:
    from wrpc.policy.model import Int, Real

    return {
        s.name: s.type.dimension for s in policy.signals.values() if isinstance(s.type, Int | Real) and s.type.dimension
    }
