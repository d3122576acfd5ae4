"""What POLICY stands for: files, folders that are searched, `-` for standard input; and each of them resolved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wrpc.diagnostics import Findings

if TYPE_CHECKING:
    from wrpc.diagnostics import Proof
    from wrpc.policy.model import Policy
    from wrpc.source import Source

STDIN = Path("-")


def files(arguments: Sequence[Path]) -> tuple[Path, ...]:
    """Each file once; of a folder every *.wrp below it, hidden folders aside."""
    found: dict[Path, None] = {}
    for argument in arguments:
        if argument != STDIN and argument.is_dir():
            inside = list(_search(argument))
            if not inside:
                raise click.UsageError(f"{argument} holds no .wrp file")
            found.update(dict.fromkeys(inside))
        else:
            found[argument] = None
    return tuple(found)


def _search(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.wrp")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
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


@dataclass(slots=True)
class Gathered:
    """The findings of several policies, the dimension of each of their signals, and whose proof is whose."""

    findings: Findings = field(default_factory=Findings)
    dimensions: dict[str, str] = field(default_factory=dict)
    proofs: dict[str, tuple[Proof, ...]] = field(default_factory=dict)


def gather(policies: Iterator[tuple[Policy | None, Findings]], examine: Callable[[Policy], Findings]) -> Gathered:
    """Each policy examined on its own; what was found while it was read comes with it."""
    gathered = Gathered()
    for policy, found in policies:
        gathered.findings += found
        if policy is not None:
            examined = examine(policy)
            gathered.findings += examined
            gathered.dimensions |= dimensions(policy)
            gathered.proofs[f"policy {policy.name}  {policy.sources[0].name}"] = examined.proofs
    return gathered


def dimensions(policy: Policy) -> dict[str, str]:
    from wrpc.policy.model import Int, Real

    return {
        s.name: s.type.dimension for s in policy.signals.values() if isinstance(s.type, Int | Real) and s.type.dimension
    }
