"""The two sides of `diff`: policies, or other systems' files, on disk or at a commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from wrpc.cli.policies import POLICIES
from wrpc.diagnostics import Findings, Refusal, finding, listing

if TYPE_CHECKING:
    from wrpc.policy.model import Policy
    from wrpc.source import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """How a side is read. `kind` is the importer of what is no `.wrp` file; `name` the policy of several."""

    env: Sequence[Path] = ()
    kind: str | None = None
    name: str | None = None

    def read(self, path: Path, *, ref: str | None = None, release: str | None = None) -> Policy:
        """A policy that `lint` accepts. Raises Refusal with the errors of one that it does not."""
        import wrpc
        from wrpc.cli.policies import loaded

        if self.kind is not None and path.suffix not in POLICIES:
            return self._foreign(path, ref, release)
        if ref is None:
            policy, found = loaded(path, self.env)
        else:
            from wrpc.verify.refs import load_at

            policy, found = load_at(path, ref, self.env)
        if policy is not None:
            found += wrpc.lint(policy)
        return _sound(policy, found)

    def _foreign(self, path: Path, ref: str | None, release: str | None) -> Policy:
        import wrpc
        from wrpc.importers.foreign import examined

        where: Path | Source = path
        if ref is not None:
            from wrpc.verify.refs import Commit

            where = Commit.of(path, ref).source(path)
        foreign = wrpc.read_foreign(where, kind=self.kind or "auto", release=release)
        _errors(foreign.findings)
        each = list(examined(foreign, wrpc.lint))
        for one in each:
            _errors(one.findings)
        policies = [e.policy for e in each if e.policy is not None]
        chosen = [p for p in policies if self.name in (None, p.name)]
        if len(chosen) != 1:
            self._which(foreign.source, [p.name for p in policies])
        return chosen[0]

    def _which(self, source: Source, names: Sequence[str]) -> NoReturn:
        from wrpc.verify.codes import SEVERAL

        if not names:
            message, advice = "there is no policy in this file", None
        elif self.name is None:
            message, advice = (
                f"the file holds {len(names)} policies: {listing(names[:5], 'and')}",
                "choose one with --policy NAME",
            )
        else:
            message = f"the file holds no policy `{self.name}`"
            advice = f"it holds {listing(names[:5], 'and')}"
        raise Refusal([finding(SEVERAL, message, source.span(0, 0), help=advice)])


def _sound(policy: Policy | None, found: Findings) -> Policy:
    _errors(found)
    if policy is None:
        raise Refusal(found.diagnostics)
    return policy


def _errors(found: Findings) -> None:
    if found.errors:
        raise Refusal(d for d in found.diagnostics if d.severity == "error")
