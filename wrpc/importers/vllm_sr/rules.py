"""The `rules` of a decision into one condition."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from wrpc.diagnostics import finding
from wrpc.importers import codes
from wrpc.importers.document import Keys, Node
from wrpc.importers.faults import unknown_word
from wrpc.importers.nodes import items_of, keys_of, line, number_of, place, text_of
from wrpc.importers.sketch import conj, disj, negate
from wrpc.importers.vllm_sr.catalog import Catalog, predicate, raw
from wrpc.importers.vllm_sr.facts import OF_RULES
from wrpc.syntax import tree

LEAF_KEYS = ("type", "name", "label", "predicate", "on_error")


class Broken(Enum):
    """A rule that cannot be read: it never holds, and nothing more is known of it."""

    BROKEN = "broken"


BROKEN = Broken.BROKEN
Condition = tree.Expr | Broken
"""What a node asks, or that it cannot be read; None where it asks nothing, which is an empty AND at the root."""


def condition(node: Keys, catalog: Catalog, *, root: bool = True) -> Condition | None:
    at = line(node.span)
    if not root and node.get("on_unknown") is not None:
        message = "`on_unknown` stands inside a rule; it holds at the root of `rules` alone"
        catalog.report.add(finding(codes.BAD_SHAPE, message, node.key("on_unknown")))
    operator = _operator(node, catalog)
    if any(key in node for key in LEAF_KEYS):
        leaf = _leaf(node, catalog)
        if operator is not None or "conditions" in node:
            message = "a node of a rule has both a `type` and an `operator`; one of them has to go"
            catalog.report.add(finding(codes.BAD_SHAPE, message, at))
            return BROKEN
        return leaf
    children = items_of(node, "conditions")
    if not children:
        if not root or operator in ("OR", "NOT"):
            message = f"`{operator or 'operator'}` stands over no condition, so it never holds"
            catalog.report.add(finding(codes.BAD_SHAPE, message, at))
            return BROKEN
        return None
    if operator is None:
        _no_operator(node, catalog, root=root)
    if operator == "NOT" and len(children) != 1:
        message = f"`NOT` stands over {len(children)} conditions; it takes exactly one, and never holds otherwise"
        catalog.report.add(finding(codes.BAD_SHAPE, message, at))
    whole = _over(children, operator or "AND", catalog, node)
    wrong = (operator == "NOT" and len(children) != 1) or (operator is None and not root)
    return BROKEN if wrong else whole


def _operator(node: Keys, catalog: Catalog) -> str | None:
    """Of a word that is no operator the router makes OR."""
    written = text_of(node, "operator")
    if written is None or written in OF_RULES:
        return written
    catalog.report.add(unknown_word(node["operator"], "operator", OF_RULES))
    return "OR"


def _no_operator(node: Keys, catalog: Catalog, *, root: bool) -> None:
    at = line(node.span)
    if root:
        message = "the rule has no `operator`, so the router reads AND: all of its conditions have to hold"
        catalog.report.add(
            finding(codes.NO_OPERATOR, message, at, help="write `operator: AND`, or OR if one is enough")
        )
    else:
        message = "conditions inside a rule have no `operator`, so that they never hold"
        catalog.report.add(finding(codes.MISSING_KEY, message, at))


def _over(children: tuple[Node, ...], operator: str, catalog: Catalog, node: Keys) -> Condition:
    """A part that cannot be read never holds: an OR does without it, an AND and a NOT cannot be read either."""
    at = line(node.span)
    found = [condition(c, catalog, root=False) if isinstance(c, Keys) else BROKEN for c in children]
    parts = [p for p in found if p is not None and not isinstance(p, Broken)]
    if not parts or (operator != "OR" and len(parts) < len(found)):
        return BROKEN
    match operator:
        case "NOT":
            return negate(disj(parts, at), at)
        case "AND":
            return conj(_flat(parts, tree.And), at)
        case _:
            return disj(_flat(parts, tree.Or), at)


def _flat(parts: list[tree.Expr], kind: type[tree.And | tree.Or]) -> list[tree.Expr]:
    """An AND inside an AND is part of it."""
    return [p for part in parts for p in (part.parts if isinstance(part, kind) else (part,))]


def _leaf(node: Keys, catalog: Catalog) -> Condition:
    at = line(node.span)
    kind, name = text_of(node, "type"), text_of(node, "name")
    if kind is None or name is None:
        if not ("type" in node and "name" in node):
            message = f"a condition has no `{'type' if kind is None else 'name'}`, so it never holds"
            catalog.report.add(finding(codes.MISSING_KEY, message, at))
        return BROKEN
    label = text_of(node, "label")
    reference = name
    if kind == "classifier":
        if label is None:
            message = f"the condition on classifier `{name}` names no `label`"
            catalog.report.add(finding(codes.MISSING_KEY, message, place(node, "name")))
            return BROKEN
        reference = f"{name}:{label}"
        _check_classifier(node, name, label, catalog)
    else:
        for key in ("label", "on_error"):
            if node.get(key) is not None:
                message = f"a condition on a {kind} signal takes no `{key}`; one on a classifier does"
                catalog.report.add(finding(codes.BAD_SHAPE, message, node.key(key)))
    leaf = catalog.leaf(kind, reference, place(node, "label" if label and kind == "classifier" else "name"))
    test = keys_of(node, "predicate")
    if leaf is None or test is None:
        return BROKEN if leaf is None else leaf.condition(place(node, "name"))
    if leaf.form != "score":
        catalog.report.omit(f"the `predicate` on `{name}`", line(test.span), why=f"a {kind} signal has no number here")
        return leaf.condition(place(node, "name"))
    tests = predicate(test, raw(leaf.name, at), catalog, f"the condition on `{name}`")
    return conj(tests, at) if tests else leaf.condition(at)


LEAST_LOCAL = Fraction(1, 2)


def _check_classifier(node: Keys, name: str, label: str, catalog: Catalog) -> None:
    """A label fires above the operating point of its model, or where the condition says."""
    test, binding = keys_of(node, "predicate"), catalog.bindings.get(name)
    if test is None and (binding is None or binding.get("operating_point") is None):
        message = f"the condition on `{name}` has no `predicate`, and its model no operating point: nothing says when"
        message += f" `{label}` fires"
        catalog.report.add(finding(codes.MISSING_KEY, message, place(node, "label")))
    least = number_of(test, "gte") if test is not None else None
    if name in catalog.local and test is not None and (least is None or least < LEAST_LOCAL or len(test.pairs) > 1):
        message = f"`{name}` runs beside the router, which asks it for `gte` of 0.5 or more and nothing else"
        catalog.report.add(finding(codes.OUT_OF_RANGE, message, line(test.span)))


def leaves(node: Keys) -> list[Keys]:
    """Every condition on one signal below a node."""
    if any(key in node for key in LEAF_KEYS):
        return [node]
    return [leaf for child in items_of(node, "conditions") if isinstance(child, Keys) for leaf in leaves(child)]
