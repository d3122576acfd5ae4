"""What is wrong with emitted files by themselves: what leads nowhere, what stands twice. LiteLLM starts with both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source, Span
from wrpc.targets import reading
from wrpc.targets.codes import REJECTED
from wrpc.targets.litellm import hook
from wrpc.targets.litellm.plans import KINDS


def check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    path, text = next((p, t) for p, t in files.items() if p.endswith(".yaml"))
    source = Source(path, text)
    return tuple(finding(REJECTED, f"`{path}`: {said}", Span(source, 0, 0)) for said in _faults(files, text))


def _faults(files: Mapping[str, str], text: str) -> Iterator[str]:
    content: Any = reading.yaml(text)
    entries = content["model_list"]
    groups = {entry["model_name"] for entry in entries}
    ids = Counter(entry["model_info"]["id"] for entry in entries)
    yield from (f"two deployments have the id `{own}`" for own, count in sorted(ids.items()) if count > 1)
    router = content["router_settings"]
    aliases = router.get("model_group_alias", {})
    yield from (f"the alias `{a}` leads to no group" for a, group in aliases.items() if group not in groups)
    yield from (f"the alias `{a}` hides a group" for a in aliases if a in groups)
    for kind in KINDS:
        for chain in router.get(kind, ()):
            for name, targets in chain.items():
                lost = [t for t in targets if t not in groups]
                if lost or name not in {*groups, *aliases}:
                    yield f"`{kind}` of `{name}` lead to no group"
    names = json.loads(files[hook.DATA])
    for entry in (*names["names"].values(), *names["beginnings"]):
        group = entry.get("group")
        if group is not None and not {group, f"{group.removesuffix(hook.UNKNOWN)}*"} & groups:
            yield f"a name leads to `{group}`, which is no group"
