"""The syntax trees of the program's modules, walked once: the nodes that tell something, each with where it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
TELLING = (
    ast.AnnAssign,
    ast.Assign,
    ast.AsyncFunctionDef,
    ast.Call,
    ast.ClassDef,
    ast.Compare,
    ast.For,
    ast.FunctionDef,
    ast.ImportFrom,
    ast.NamedExpr,
    ast.Return,
    ast.Subscript,
    ast.comprehension,
)
LEAVES = (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.alias)
PROXY = ("proxy", "litellm_enterprise")
# What a module has to speak of to be worth its tree, in the proxy and elsewhere.
NEAR = r"settings|\bconfig\b"
FAR = r"(general|litellm|router)_settings|cache_params|(litellm_params|model_info)(\.get\(|\[)"
WRAPPERS = frozenset({"frozenset", "set", "tuple", "list", "MappingProxyType"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a node stands: `chain` are the functions around it and the module, the inmost first."""

    path: Path
    chain: tuple[int, ...]
    function: str = ""
    parameters: frozenset[str] = frozenset()

    @property
    def proxy(self) -> bool:
        return not set(PROXY).isdisjoint(self.path.parts)

    def inside(self, function: Function) -> Scope:
        return Scope(self.path, (id(function), *self.chain), function.name, frozenset(parameters(function)))


@dataclass(frozen=True, slots=True)
class Module:
    """A module: the nodes that tell something, in the order of the source."""

    tree: ast.Module = field(repr=False)  # kept, since a scope is the identity of its node
    sites: tuple[tuple[ast.AST, Scope], ...] = field(repr=False)


def modules(*folders: Path) -> Iterator[Module]:
    """The modules that speak of what is looked for."""
    for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
        text = path.read_text(encoding="utf-8")
        if re.search(FAR if set(PROXY).isdisjoint(path.parts) else NEAR, text):
            tree = ast.parse(text)
            yield Module(tree, tuple(_sites(tree, Scope(path, (id(tree),)))))


def _sites(tree: ast.Module, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    waiting: list[tuple[ast.AST, Scope]] = [(tree, scope)]
    while waiting:
        node, scope = waiting.pop()
        if isinstance(node, TELLING):
            yield node, scope
        if isinstance(node, Function):  # neither its decorators nor its defaults
            scope = scope.inside(node)
            parts: list[ast.AST] = list(node.body)
        else:
            parts = [each for each in ast.iter_child_nodes(node) if not isinstance(each, LEAVES)]
        waiting.extend((part, scope) for part in reversed(parts))


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters."""
    given = function.args
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def literal(node: ast.expr) -> tuple[str, ...]:
    """The texts that an expression spells out: one, or a list, tuple, set or mapping of them."""
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.Call(args=[ast.expr() as inner, *_]) if called(node) in WRAPPERS:
            return literal(inner)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = [literal(each) for each in elements]
            return tuple(part[0] for part in parts if len(part) == 1) if all(parts) else ()
        case ast.Dict(keys=keys):
            return tuple(text for each in keys if each is not None for text in literal(each))
    return ()


def compared(path: Path, name: str) -> set[str]:
    """The texts that a file compares a name with."""
    return {
        each.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == name
        for each in node.comparators
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def asked(folder: Path, name: str) -> set[str]:
    """The texts of which the files of a folder ask whether an attribute has them."""
    return {
        node.left.value
        for path in folder.rglob("*.py")
        if f" in self.{name}" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        for each in node.comparators
        if isinstance(each, ast.Attribute) and each.attr == name
    }
