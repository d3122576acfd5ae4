"""Where in a compiled file something is decided: `envoy/envoy.yaml:120`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from wrpc.decide.decision import Decision
from wrpc.policy.model import Policy
from wrpc.source import Source, Span
from wrpc.verify.folder import Compiled, Folder


class Places:
    """The entries of a target's files. What takes a request is looked up by the name that the file gives it, else by
    the source map: which entries were made of the rule that takes it in the policy."""

    def __init__(self, folder: Folder, compiled: Compiled, files: Mapping[str, Source]) -> None:
        self.folder = folder
        self.compiled = compiled
        self.files = files

    def of(self, policy: Policy, ours: Decision | None, theirs: Decision | None) -> str:
        """The entry that decides a request in the files."""
        for name in _names(theirs):
            found = self._named.get(name)
            if found is not None:
                return found
        for span in _spans(policy, ours):
            found = self._mapped.get((span.line, span.column))
            if found is not None:
                return found
        return self._first

    def named(self, name: str) -> str:
        """The entry of that name."""
        return self._named.get(name, self._first)

    @property
    def _first(self) -> str:
        path = next(iter(self.files), "")
        return f"{self.compiled.name}/{path}"

    @cached_property
    def _trees(self) -> Mapping[str, Any]:
        """Each file as nodes with their lines; JSON is YAML."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found = {}
        for path, source in self.files.items():
            try:
                found[path] = yaml.compose(source.text, Loader=loader)
            except (yaml.YAMLError, RecursionError):
                continue
        return found

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """By name, the first entry beside or among those of the source map."""
        found: dict[str, str] = {}
        for path, tree in self._trees.items():
            lists = {pointer.rpartition("/")[0] for pointer in self.compiled.maps.get(path, {})}
            for pointer in sorted(lists):
                for node in _items(_at(tree, pointer)):
                    for key in ("name", "id", "pool"):
                        if (text := _scalar(node, key)) is not None:
                            found.setdefault(text, self._line(path, node))
        return found

    @cached_property
    def _mapped(self) -> Mapping[tuple[int, int], str]:
        """By the place of a rule in the policy, the first entry that was made of it."""
        found: dict[tuple[int, int], str] = {}
        for path, tree in self._trees.items():
            for pointer, place in self.compiled.maps.get(path, {}).items():
                node = _at(tree, pointer)
                _, line, column = place.rsplit(":", 2)
                if node is not None and line.isdigit() and column.isdigit():
                    found.setdefault((int(line), int(column)), self._line(path, node))
        return found

    def _line(self, path: str, node: Any) -> str:
        return f"{self.compiled.name}/{path}:{node.start_mark.line + 1}"


def _names(decision: Decision | None) -> Iterator[str]:
    if decision is None:
        return
    for name in (decision.by, decision.route):
        if name is not None:
            yield name
            yield name.partition(" ")[2]


def _spans(policy: Policy, decision: Decision | None) -> Iterator[Span]:
    """The rules of the policy that decide, the denier before the route."""
    if decision is None:
        return
    kind, _, name = (decision.by or "").partition(" ")
    if kind == "guard":
        yield policy.guards[name].span
    if kind == "signal":
        yield policy.signals[name].span
    taken = policy.routes.get(decision.route or "") or (policy.default if decision.route is not None else None)
    if taken is not None:
        yield taken.span


def _at(node: Any, pointer: str) -> Any:
    """The node at a JSON pointer; None where there is none."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = getattr(node, "value", None)
        if not isinstance(value, list):
            return None
        if value and isinstance(value[0], tuple):
            node = next((v for k, v in value if k.value == key), None)
        else:
            node = value[int(key)] if key.isdigit() and int(key) < len(value) else None
    return node


def _items(node: Any) -> list[Any]:
    value = getattr(node, "value", None)
    return [v for v in value if not isinstance(v, tuple)] if isinstance(value, list) else []


def _scalar(node: Any, key: str) -> str | None:
    value = getattr(node, "value", None)
    if not isinstance(value, list):
        return None
    found = next((v.value for k, v in (p for p in value if isinstance(p, tuple)) if k.value == key), None)
    return found if isinstance(found, str) else None
