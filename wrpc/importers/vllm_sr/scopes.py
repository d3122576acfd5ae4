"""Whose answers a cache shares: the router's `scope`, as the signal that requests have to be alike in.

A file that names none has caches by user (`ResponseCachePluginConfig` of release 0.4). Who the user is stands in the
header that the router's role bindings read, too. Of a team and a tenant only the router knows where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wrpc.importers.sketch import Content, attribute, call, word
from wrpc.importers.vllm_sr.draft import Signals
from wrpc.source import Span

WITHOUT = "user"
ALL = "global"


@dataclass(slots=True)
class Scopes:
    """`always`: the release knows scopes; before it did, all requests of a decision shared its cache."""

    draft: Signals
    always: bool
    _given: dict[str, str] = field(default_factory=dict)

    def signal(self, scope: str | None, at: Span) -> str | None:
        """The signal of a scope, declared where it is first used; None for all requests."""
        scope = scope or (WITHOUT if self.always else ALL)
        if scope == ALL or scope not in SOURCES:
            return None
        if scope not in self._given:
            self._given[scope] = self.draft.signal(
                scope, "scope", word("string", at), at, attribute("source", _source(scope, at), at)
            )
        return self._given[scope]


def _source(scope: str, at: Span) -> Content:
    kind, arguments = SOURCES[scope]
    return call(kind, at, *arguments) if arguments else word(kind, at)


SOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "user": ("header", ("x-authz-user-id",)),
    "team": ("authz", ("team",)),
    "tenant": ("tenant", ()),
}
