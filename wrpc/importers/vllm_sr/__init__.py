"""vLLM Semantic Router's `config.yaml` (v0.3) into policies, with the meaning that a release gives it."""

from __future__ import annotations

from wrpc.importers.importer import Imported
from wrpc.source import Source

title = "vLLM Semantic Router configuration, v0.3"
releases = ("0.4", "0.3")

kinds: tuple[str, ...] = ("IntelligentPool", "IntelligentRoute")
marks = {
    "version": 1,
    "routing": 2,
    "routing.decisions": 4,
    "routing.signals": 4,
    "routing.modelCards": 4,
    "routing.projections": 4,
    "recipes": 2,
    "recipes[].routing": 5,
    "entrypoints[].recipe": 3,
    "entrypoints[].assignments": 3,
    "providers.models": 2,
    "providers.models[].backend_refs": 4,
    "listeners": 1,
    "global.router": 2,
    "global.model_catalog": 3,
}


def read(source: Source, release: str | None = None) -> Imported:
    """Raises KeyError for a release that is not one of `releases`."""
    if release not in (None, *releases):
        raise KeyError(release)
    from wrpc.importers.vllm_sr.file import read as read_file
    from wrpc.importers.vllm_sr.resources import holds
    from wrpc.importers.vllm_sr.resources import read as read_resources

    return read_resources(source, release) if holds(source) else read_file(source, release)
