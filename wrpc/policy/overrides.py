"""Overrides, at the level of the tree: what an environment says replaces what stood in the same slot.

An attribute is a slot; so is each kind of clause, with all its items. What a route does (`to`, `cascade`, `deny`) is
one slot together; so is when a score fires (`threshold`, `above`), and what it means that a header or cookie is not
there (`absent`, `on_error`). `sealed`, `critical` and `accept_failure` are never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wrpc.policy import codes, waivers
from wrpc.policy.declarations import DECLARATIONS
from wrpc.policy.names import Names
from wrpc.source import Span
from wrpc.syntax import tree
from wrpc.values import value

KINDS = tuple(d.keyword for d in DECLARATIONS.values() if d.overridable)


@value
class Change:
    """A section or signal before and after one override."""

    kind: str
    before: tree.Section | tree.Signal
    after: tree.Section | tree.Signal
    span: Span


def apply(overrides: Iterable[tree.Override], names: Names) -> list[Change]:
    """Changes the declared sections; reports an override of what is not declared."""
    changes: list[Change] = []
    for override in overrides:
        section = override.section
        if section.name is None or section.kind not in KINDS:
            names.faults.add(
                codes.OVERRIDE_OF_NOTHING,
                f"`{section.kind}` cannot be overridden",
                override.span,
                help="an override changes a " + ", ".join(f"`{k}`" for k in KINDS),
            )
            continue
        before = names.of(section.kind).get(section.name.text)
        if not isinstance(before, (tree.Section, tree.Signal)):
            if (section.kind, section.name.text) not in names.swallowed:
                best = names.faults.suggest(section.name.text, names.of(section.kind))
                names.faults.add(
                    codes.OVERRIDE_OF_NOTHING,
                    f"no {section.kind} is called `{section.name.text}`, so there is nothing to override",
                    section.name.span,
                    help=best or "an environment's file is checked with the policy that it changes: `--env`",
                    fixes=names.rename(section.name, names.of(section.kind)) if best else (),
                )
            continue
        after: tree.Section | tree.Signal
        if isinstance(before, tree.Signal):
            after = changed(before, section)
        else:
            waivers.of_sealed(before, section.items, names.faults)
            after = overridden(before, section)
        names.declared[section.kind][section.name.text] = after
        changes.append(Change(section.kind, before, after, section.title))
    return changes


def changed(before: tree.Signal, override: tree.Section) -> tree.Signal:
    """The signal with the attributes of its override; it keeps its type."""
    stated = before.block.attributes if before.block is not None else ()
    said = tuple(i for i in override.items if isinstance(i, tree.Attribute))
    here = _source(stated) in HERE or _source((*stated, *said)) in HERE
    replaced = {_meaning(a.name.text, here=here) for a in said}
    kept = [a for a in stated if _meaning(a.name.text, here=here) not in replaced]
    at = before.block.span if before.block is not None else override.span
    return replace(before, block=tree.Block(at, (*kept, *said)))


HERE = ("header", "cookie")
"""Sources that fail by being absent, and in no other way."""


def _source(attributes: Iterable[tree.Attribute]) -> str:
    """The kind of source, by the last attribute that says one."""
    found = ""
    for attribute in attributes:
        if attribute.name.text == "source":
            match attribute.value:
                case tree.Call(_, name, _) | tree.Path(_, (name,)):
                    found = name.text
                case _:
                    pass
    return found


def _meaning(name: str, *, here: bool) -> str:
    """What an attribute of a signal decides: two that decide the same replace each other."""
    if name == "above":
        return "threshold"
    return "on_error" if here and name == "absent" else name


def overridden(before: tree.Section, override: tree.Section) -> tree.Section:
    replaced = {_slot(item, before.kind) for item in override.items}
    kept = [i for i in before.items if _slot(i, before.kind) not in replaced or isinstance(i, _ADDED)]
    present = {type(i) for i in kept if isinstance(i, _ADDED)}
    added = [i for i in override.items if type(i) not in present]
    return replace(before, items=(*kept, *added))


_ADDED = (tree.Sealed, tree.Critical, tree.AcceptFailure)


def _slot(item: tree.Item, kind: str) -> object:
    if isinstance(item, tree.Attribute):
        return item.name.text
    if kind == "route" and isinstance(item, (tree.To, tree.Cascade, tree.Deny)):
        return tree.To
    return (type(item), item.kind) if isinstance(item, tree.Budget) else type(item)
