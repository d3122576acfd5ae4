"""The file that is judged, as far as it fits the schema, and the findings about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from wrpc.diagnostics import Code, did_you_mean, finding
from wrpc.importers import codes
from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.importers.faults import Report
from wrpc.importers.nodes import entries_of, items_of, keys_of, line, text_of
from wrpc.importers.vllm_sr.facts import Facts
from wrpc.source import Span


@dataclass(frozen=True, slots=True)
class Profile:
    """One routing of the file: the default one, or a recipe's."""

    name: str
    routing: Keys

    @property
    def signals(self) -> Keys | None:
        return keys_of(self.routing, "signals")

    @property
    def decisions(self) -> tuple[Keys, ...]:
        return entries_of(self.routing, "decisions")


@dataclass
class Judged:
    root: Keys
    facts: Facts
    report: Report

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        routing = keys_of(self.root, "routing")
        found = [Profile("default", routing)] if routing is not None else []
        for recipe in entries_of(self.root, "recipes"):
            inner = keys_of(recipe, "routing")
            if inner is not None:
                found.append(Profile((text_of(recipe, "name") or "").strip(), inner))
        return tuple(found)

    @property
    def decisions(self) -> Iterator[Keys]:
        return (decision for profile in self.profiles for decision in profile.decisions)

    @cached_property
    def models(self) -> dict[str, Keys]:
        """What `providers.models` serves, by name."""
        return named(entries_of(keys_of(self.root, "providers"), "models"))

    @cached_property
    def cards(self) -> dict[str, Keys]:
        return named(entries_of(keys_of(self.root, "routing"), "modelCards"))

    @cached_property
    def catalogue(self) -> Keys | None:
        return keys_of(keys_of(self.root, "global"), "model_catalog")

    def say(self, code: Code, message: str, at: Span, help: str | None = None) -> None:
        self.report.add(finding(code, message, line(at), help=help))

    def refuse(self, message: str, at: Span) -> None:
        self.say(codes.REFUSED, message, at)

    def contradict(self, message: str, at: Span) -> None:
        self.say(codes.CONTRADICTING, message, at)

    def missing(self, message: str, at: Span) -> None:
        self.say(codes.MISSING_KEY, message, at)

    def dangling(self, message: str, at: Span, name: str, known: Iterable[str]) -> None:
        self.say(codes.DANGLING, message, at, did_you_mean(name, known))


def named(entries: Iterable[Keys]) -> dict[str, Keys]:
    """Entries by their names; of two with the same the last, as the program has them."""
    return {name: entry for entry in entries if (name := text_of(entry, "name")) is not None}


def texts(entry: Keys | None, key: str) -> list[tuple[str, Span]]:
    """The texts of a list, each with its place."""
    return [(i.value, i.span) for i in items_of(entry, key) if isinstance(i, Scalar) and isinstance(i.value, str)]


def filled(node: Node | None) -> bool:
    """Whether a value is there that counts: no empty text, list or mapping, no zero, not `false`."""
    match node:
        case None:
            return False
        case Scalar(value=value):
            return bool(value)
        case Items(items=items):
            return bool(items)
        case Keys(pairs=pairs):
            return bool(pairs)


def leaves(node: Keys) -> Iterator[Keys]:
    """Conditions without conditions of their own, as the program walks them."""
    children = [each for each in items_of(node, "conditions") if isinstance(each, Keys)]
    if children:
        for child in children:
            yield from leaves(child)
    elif "type" in node:
        yield node
