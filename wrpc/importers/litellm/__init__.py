"""LiteLLM's proxy configuration into a policy, with the meaning that a stated release gives it."""

from __future__ import annotations

from wrpc.importers.importer import Imported
from wrpc.importers.litellm.facts import DEFAULT, RELEASES
from wrpc.source import Source

title = "LiteLLM proxy configuration"
releases = (DEFAULT, *(r for r in RELEASES if r != DEFAULT))

kinds: tuple[str, ...] = ()
marks = {
    "model_list": 3,
    "model_list[].model_name": 3,
    "model_list[].litellm_params": 6,
    "router_settings": 3,
    "litellm_settings": 6,
    "general_settings": 3,
    "general_settings.master_key": 3,
    "environment_variables": 1,
    "credential_list": 3,
    "guardrails[].litellm_params": 6,
    "vector_store_registry": 3,
    "search_tools[].litellm_params": 6,
    "mcp_servers": 1,
    "include": 1,
}


def read(source: Source, release: str | None = None) -> Imported:
    """Raises KeyError for a release that is not one of `releases`."""
    from wrpc.importers.litellm.facts import facts
    from wrpc.importers.litellm.file import read as read_file

    return read_file(source, facts(release or DEFAULT))
