"""What is known of the program's sources: which names are which mapping, what they spell, and the keys that are read.

A mapping is followed by its name, through `or {}`, copies, plain assignments, functions that return it and the
parameters of functions that it is given to; a key through constants, loops over constants and parameters.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from syntax import Function, Module, literal

SECTIONS = ("general_settings", "litellm_settings", "router_settings")
# Where else one of the mappings goes by another name than its own, and the name says which it is.
NAMES = MappingProxyType(
    {
        **{name: name for name in SECTIONS},
        "cache_params": "cache_params",
        "litellm_params": "litellm_params",
        "model_info": "model_info",
        "proxy_general_settings": "general_settings",
        "_general_settings": "general_settings",
        "_litellm_settings": "litellm_settings",
        "_router_settings": "router_settings",
    }
)
# What returns a copy, a view or the very thing.
SAME = frozenset(
    {"dict", "cast", "deepcopy", "copy", "MappingProxyType", "validate_python", "resolve_os_environ_variables"}
)
# A name that more functions than these have says nothing.
MOST = 3
# What is not longer a choice of keys, and what a key looks like.
MANY = 40
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,70}")


class Sources:
    """The sources, and what one pass over them has told the next: `changed` says whether there is more."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = modules
        self.functions: dict[str, list[Function]] = defaultdict(list)
        self.constants: dict[str, tuple[str, ...]] = {}
        self.scopes: dict[int, dict[str, str]] = defaultdict(dict)
        self.texts: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
        self.returned: dict[str, str] = {}
        self.passing: set[str] = set(SAME)
        self.keys: dict[str, set[str]] = defaultdict(set)
        # Keys of `litellm_settings` that the loader handles itself.
        self.special: set[str] = set()
        # By section, where a key is read that cannot be told.
        self.open: dict[str, set[str]] = defaultdict(set)
        self.changed = False
        for module in modules:
            for node, _ in module.sites:
                self._define(node)

    def _define(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self.functions[name].append(node)
            case ast.ClassDef(name=name):
                self.functions[name].extend(
                    each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"
                )
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                if value is not None and name == name.upper() and (texts := literal(value)):
                    self.constants[name] = texts

    def targets(self, name: str) -> Sequence[Function]:
        """The functions that a call may mean; none where there are too many."""
        known = self.functions.get(name, ())
        return known if len(known) <= MOST else ()

    def give(self, target: Function, place: int | str, section: str | None, texts: tuple[str, ...]) -> None:
        """An argument is a mapping, or a text: the function has it as that parameter."""
        named = [each.arg for each in (*target.args.posonlyargs, *target.args.args)]
        if isinstance(place, int):
            index = place + (named[:1] in (["self"], ["cls"]))
            parameter = named[index] if index < len(named) else None
        else:
            parameter = place if place in (*named, *(each.arg for each in target.args.kwonlyargs)) else None
        if parameter and section:
            self.name(id(target), parameter, section)
        elif parameter and texts:
            self.spell(id(target), parameter, texts)

    def name(self, scope: int, name: str, section: str) -> None:
        """A name of a scope is a mapping; one that is now this and now that is none, and stays so."""
        before = self.scopes[scope].get(name)
        if before is None or (before not in ("", section) and name not in NAMES):
            self.scopes[scope][name] = section if before is None else ""
            self.changed = True

    def spell(self, scope: int, name: str, texts: tuple[str, ...]) -> None:
        """A name of a scope may be these texts, too."""
        before = self.texts[scope].get(name, ())
        if len(before) > MANY:  # a text that grows in a loop
            return
        if more := tuple(text for text in texts if text not in before and KEY.fullmatch(text)):
            self.texts[scope][name] = before + more
            self.changed = True

    def loader(self, name: str) -> Iterator[ast.expr]:
        """What the loader of the file assigns to a name."""
        for node in self.loading():
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value

    def loading(self) -> Iterator[ast.AST]:
        """Every node of the loader of the file."""
        for function in self.functions["load_config"]:
            yield from ast.walk(function)
