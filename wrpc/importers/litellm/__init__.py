"""LiteLLM's proxy configuration into a policy, with the meaning that a stated release gives it."""

from __future__ import annotations

from wrpc.importers.importer import Imported
from wrpc.importers.litellm.facts import DEFAULT, RELEASES
from wrpc.source import Source

title = "LiteLLM proxy configuration"
releases = (DEFAULT, *(r for r in RELEASES if r != DEFAULT))

_KEYS = frozenset(("model_list", "router_settings", "litellm_settings", "general_settings"))


def recognises(source: Source) -> bool:
    """Whether a file looks like one, by its top-level keys alone."""
    keys = {
        line.partition(":")[0].strip("\"' ") for line in source.text.splitlines() if line[:1] not in (" ", "#", "-")
    }
    return bool(keys & _KEYS)


def read(source: Source, release: str | None = None) -> Imported:
    """Raises KeyError for a release that is none of `releases`."""
    from wrpc.importers.litellm.facts import facts
    from wrpc.importers.litellm.file import read as read_file

    return read_file(source, facts(release or DEFAULT))
