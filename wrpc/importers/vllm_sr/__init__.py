"""vLLM Semantic Router's `config.yaml` (v0.3) into policies, with the meaning that runtime 0.4 gives it."""

from __future__ import annotations

from wrpc.importers.importer import Imported
from wrpc.source import Source

title = "vLLM Semantic Router configuration, v0.3"
releases = ("0.4",)


def recognises(source: Source) -> bool:
    """Whether a file looks like one, by its top-level keys alone."""
    keys = {line.partition(":")[0] for line in source.text.splitlines() if line[:1].isalpha()}
    return "version" in keys and bool(keys & {"routing", "recipes"})


def read(source: Source, release: str | None = None) -> Imported:
    """Raises KeyError for a release that is none of `releases`."""
    if release not in (None, *releases):
        raise KeyError(release)
    from wrpc.importers.vllm_sr.file import read as read_file

    return read_file(source)
