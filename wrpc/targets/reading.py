"""A target's own YAML, read back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class _Special(Exception):
    """What only the library's own constructor knows the meaning of."""


def yaml(text: str) -> Any:
    """Plain data alone, by the faster of the library's two safe readers where it was built.

    Of a text without anchors, tags, merged keys and keys that are no words, the library's events are put together here:
    half of its time goes into nodes that nobody asks for, and into finding out again what each word is.
    """
    from yaml import YAMLError, load, parse

    loader = _loader()
    try:
        return _built(parse(text, Loader=loader), loader)
    except (_Special, YAMLError, ValueError):  # a date that is none is a ValueError
        return load(text, Loader=loader)  # noqa: S506  both are safe


def _loader() -> Any:
    try:
        from yaml import CSafeLoader
    except ImportError:
        from yaml import SafeLoader

        return SafeLoader
    return CSafeLoader


def _built(events: Iterator[Any], loader: Any) -> Any:
    from yaml import AliasEvent, DocumentStartEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent
    from yaml.events import MappingEndEvent, NodeEvent, SequenceEndEvent

    plain = _Plain(loader)
    known = plain.known
    root: list[Any] = []
    into: Any = root  # the collection that is being read
    around: list[tuple[Any, Any]] = []  # those outside of it, each with the key that it waits at
    key: Any = _NONE
    documents = 0
    for event in events:
        kind = type(event)
        if kind is ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                raise _Special
            text = event.value
            value = (known[text] if text in known else plain.of(text)) if event.implicit[0] else text
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if event.anchor is not None or event.tag is not None:
                raise _Special
            value = {} if kind is MappingStartEvent else []
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            into, key = around.pop()
            continue
        elif kind is AliasEvent or isinstance(event, NodeEvent):
            raise _Special
        else:
            documents += kind is DocumentStartEvent
            if documents > 1:
                raise _Special
            continue
        if type(into) is list:
            into.append(value)
        elif key is _NONE:
            if type(value) is not str or value == "<<":
                raise _Special
            key = value
            continue
        else:
            into[key] = value
            key = _NONE
        if kind is not ScalarEvent:
            around.append((into, key))
            into, key = value, _NONE
    return root[0] if root else None


_NONE = object()


class _Plain:
    """What an unquoted word is, as the library says it, each asked once."""

    def __init__(self, loader: Any) -> None:
        from yaml import ScalarNode

        self._loader = loader("")
        self._node = ScalarNode
        self.known: dict[str, Any] = {}

    def of(self, text: str) -> Any:
        tag = self._loader.resolve(self._node, text, (True, False))
        value = text
        if tag != "tag:yaml.org,2002:str":
            if tag not in self._loader.yaml_constructors:
                raise _Special
            value = self._loader.construct_object(self._node(tag, text))
        self.known[text] = value
        return value
