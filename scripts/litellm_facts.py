"""What the importer knows of one release of LiteLLM, read from the installed program.

Run by the Python of an environment that has the release, proxy and all:

    LITELLM_LOCAL_MODEL_COST_MAP=True python scripts/litellm_facts.py wrpc/importers/litellm/releases

It writes `RELEASE.json` (settings, words, providers) and `RELEASE.models.json` (the cost map, as far as it is used).
The program says most of this itself, by signatures and pydantic models; which keys the proxy reads out of a mapping is
found by walking the syntax trees of its sources.
"""

from __future__ import annotations

import ast
import enum
import gc
import inspect
import json
import os
import re
import sys
import types
import typing
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

SECTIONS = ("general_settings", "litellm_settings", "router_settings")
# Where else one of the mappings goes by another name than its own, and the name says which it is.
NAMES = {
    **{name: name for name in SECTIONS},
    "cache_params": "cache_params",
    "litellm_params": "litellm_params",
    "model_info": "model_info",
    "proxy_general_settings": "general_settings",
    "_general_settings": "general_settings",
    "_litellm_settings": "litellm_settings",
    "_router_settings": "router_settings",
}
# What returns a copy, a view or the very thing.
SAME = {"dict", "cast", "deepcopy", "copy", "MappingProxyType", "validate_python", "resolve_os_environ_variables"}
# Methods whose first argument is a key that is read.
LOOSER = {"int|numeral": "number", "number|numeral": "number", "list": "list", "map": "map"}
READS = {"get", "pop", "setdefault", "__getitem__", "get_bool", "get_str"}
# The modules that read the file itself.
LOADERS = {"proxy_server.py", "proxy_cli.py", "config_includes.py"}
# A name that more functions than these have says nothing.
MOST = 3
# What is not longer a choice of keys, and what a key looks like.
MANY = 40
ROUNDS = 5
KEY = r"[A-Za-z][A-Za-z0-9_]{1,70}"
READERS_OF_THE_FILE = {
    "get_config",
    "_get_config_from_file",
    "_load_config_file",
    "get_config_state",
    "_load_yaml_file",
}


# --- types ---------------------------------------------------------------------------------------------------------


def kind(annotation: object, *, lax: bool = False) -> str:
    """The small grammar's word for an annotation; `lax` where pydantic takes a number or a flag from text."""
    found = sorted(set(kinds(annotation, lax)))
    return "any" if not found or "any" in found else "|".join(found)


def kinds(annotation: object, lax: bool) -> Iterator[str]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is None or annotation is type(None):
        return
    if origin in (typing.Union, types.UnionType):
        for each in arguments:
            yield from kinds(each, lax)
    elif origin is typing.Annotated:
        yield from kinds(arguments[0], lax)
    elif origin is typing.Literal:
        for each in arguments:
            yield from kinds(type(each), False)
    elif annotation is bool:
        yield from ("bool", "flag") if lax else ("bool",)
    elif annotation is int:
        yield from ("int", "numeral") if lax else ("int",)
    elif annotation is float:
        yield from ("number", "numeral") if lax else ("number",)
    elif annotation is str or (isinstance(annotation, type) and issubclass(annotation, enum.Enum)):
        yield "text"
    elif origin in (list, tuple, set, frozenset) or getattr(origin, "__name__", "") in ("Sequence", "Iterable"):
        yield "[text]" if arguments and arguments[0] is str else "list"
    elif annotation in (list, tuple, set):
        yield "list"
    elif annotation is dict or getattr(origin, "__name__", "") in ("dict", "Mapping", "MutableMapping"):
        yield "map"
    else:  # a model of pydantic's, or a TypedDict, is a mapping in a file
        yield "map" if hasattr(annotation, "model_fields") or hasattr(annotation, "__total__") else "any"


def fields(model: Any) -> dict[str, str]:
    """The declared fields of a pydantic model, or of a TypedDict, under every name that a file may use."""
    if not hasattr(model, "model_fields"):
        return {name: kind(hint, lax=True) for name, hint in hints(model).items()}
    made: dict[str, str] = {}
    for name, field in model.model_fields.items():
        for each in {name, field.alias or name}:
            made[each] = kind(field.annotation, lax=True)
    return made


def parameters(function: Any) -> dict[str, str]:
    known = hints(function)
    skip = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {
        name: kind(known.get(name, Any))
        for name, each in inspect.signature(function).parameters.items()
        if each.kind not in skip and name != "self"
    }


def hints(thing: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(thing)
    except Exception:  # noqa: BLE001 - a name that only a type checker sees
        return {name: hint for name, hint in getattr(thing, "__annotations__", {}).items() if not isinstance(hint, str)}


def found(module: str, name: str) -> Any:
    """A thing of the program, None where this release has none."""
    try:
        return getattr(import_module(module), name, None)
    except ImportError:
        return None


# --- the keys that the sources read --------------------------------------------------------------------------------


class Sources:
    """All modules of the program, and which keys of which mapping they read.

    A mapping is followed by its name, through `or {}`, copies, plain assignments, functions that return it and the
    parameters of functions that it is given to; a key through constants, loops over constants and parameters. All of
    it again until nothing more is found.
    """

    def __init__(self, *folders: Path) -> None:
        gc.disable()  # millions of nodes, and none of them goes
        self.trees: dict[Path, ast.Module] = {}
        for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
            text = path.read_text(encoding="utf-8")
            near = "proxy" in path.parts or "litellm_enterprise" in path.parts
            if re.search(
                r"settings|\bconfig\b"
                if near
                else r"(general|litellm|router)_settings|cache_params|(litellm_params|model_info)(\.get\(|\[)",
                text,
            ):
                self.trees[path] = ast.parse(text)
        self.functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = defaultdict(list)
        self.constants: dict[str, tuple[str, ...]] = {}
        self.scopes: dict[int, dict[str, str]] = defaultdict(dict)
        self.texts: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
        self.returned: dict[str, str] = {}
        self.passing: set[str] = set(SAME)
        self.keys: dict[str, dict[str, str]] = defaultdict(dict)
        self.open: dict[str, set[str]] = defaultdict(set)
        self.special: set[str] = set()
        self.changed = True
        for tree in self.trees.values():
            for node in ast.walk(tree):
                self.define(node)
        for _ in range(ROUNDS):
            self.changed = False
            self.open.clear()
            for path, tree in self.trees.items():
                Reader(self, path).visit(tree)
            if not self.changed:
                break

    def define(self, node: ast.AST) -> None:
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

    def give(self, call: ast.Call, place: int | str, section: str | None, texts: tuple[str, ...]) -> None:
        """An argument is a mapping, or a text: every function of that name has it as that parameter."""
        targets = self.functions.get(called(call), ())
        if len(targets) > MOST:
            return
        for target in targets:
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
        before = self.texts[scope].get(name, ())
        if len(before) > MANY:  # a text that grows in a loop
            return
        if more := tuple(text for text in texts if text not in before and re.fullmatch(KEY, text)):
            self.texts[scope][name] = before + more
            self.changed = True

    def read(self, section: str, texts: tuple[str, ...], where: str) -> None:
        for text in texts:
            self.keys[section].setdefault(text, where)


def literal(node: ast.expr) -> tuple[str, ...]:
    """The texts that an expression spells out: one, or a list, tuple, set or mapping of them."""
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.Call(args=[ast.expr() as inner, *_]) if called(node) in {
            "frozenset",
            "set",
            "tuple",
            "list",
            "MappingProxyType",
        }:
            return literal(inner)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            parts = [literal(each) for each in elements]
            return tuple(part[0] for part in parts if len(part) == 1) if all(parts) else ()
        case ast.Dict(keys=keys):
            return tuple(text for each in keys if each is not None for text in literal(each))
    return ()


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


class Reader(ast.NodeVisitor):
    """Walks one module, with the names of each scope."""

    def __init__(self, sources: Sources, path: Path) -> None:
        self.sources = sources
        self.path = path
        self.proxy = not {"proxy", "litellm_enterprise"}.isdisjoint(path.parts)
        self.scopes: list[int] = [id(sources.trees[path])]
        self.inside: list[str] = [""]
        self.parameters: list[set[str]] = [set()]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            if each.arg in NAMES:
                self.sources.name(id(node), each.arg, NAMES[each.arg])
        self.scopes.append(id(node))
        self.inside.append(node.name)
        named = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        self.parameters.append({each.arg for each in named} - set(NAMES))
        for part in node.body:
            self.visit(part)
        self.scopes.pop()
        self.inside.pop()
        self.parameters.pop()

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def section(self, node: ast.expr | None) -> str | None:
        """Which mapping an expression is, `top` for the whole file."""
        match node:
            case ast.Name(id=name):
                found_ = (self.sources.scopes[scope].get(name) for scope in reversed(self.scopes))
                return next((each for each in found_ if each), None) or NAMES.get(name)
            case ast.Attribute(attr="config", value=ast.Name(id="proxy_config")):
                return "top"
            case ast.Attribute(attr=name):
                return NAMES.get(name)
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.section(value)
            case ast.BoolOp(values=values):
                return next((each for each in map(self.section, values) if each), None)
            case ast.IfExp(body=body, orelse=orelse):
                return self.section(body) or self.section(orelse)
            case ast.Dict(keys=keys, values=values):
                spread = [self.section(value) for key, value in zip(keys, values, strict=True) if key is None]
                return next((each for each in spread if each), None)
            case ast.Subscript(value=value, slice=key):
                return self.below(self.section(value), self.spelt(key))
            case ast.Call():
                return self.result(node)
        return None

    def result(self, call: ast.Call) -> str | None:
        name = called(call)
        match call.func:
            case ast.Attribute(value=owner):
                if name in READS and call.args:
                    return self.below(self.section(owner), self.spelt(call.args[0]))
                if name == "copy" and not call.args:
                    return self.section(owner)
                if name in READERS_OF_THE_FILE and self.proxy:
                    owned = ast.unparse(owner).rpartition(".")[2]
                    return "top" if owned in {"self", "proxy_config", "ProxyConfig()"} else None
                if name == "safe_load" and self.inside[-1] in READERS_OF_THE_FILE and self.proxy:
                    return "top"
        if name in self.sources.passing:
            return next((each for each in map(self.section, call.args) if each), None)
        if name == "getattr" and len(call.args) > 1 and (texts := literal(call.args[1])):
            return NAMES.get(texts[0])
        return self.sources.returned.get(name) if len(self.sources.functions.get(name, ())) <= MOST else None

    @staticmethod
    def below(section: str | None, keys: tuple[str, ...]) -> str | None:
        if section == "top":
            return next((NAMES[key] for key in keys if key in NAMES), None)
        return "cache_params" if section == "litellm_settings" and "cache_params" in keys else None

    def spelt(self, node: ast.expr) -> tuple[str, ...]:
        """The texts that an expression may be, as far as they can be told."""
        if texts := literal(node):
            return texts
        match node:
            case ast.Name(id=name):
                for scope in reversed(self.scopes):
                    if name in self.sources.texts[scope]:
                        return self.sources.texts[scope][name]
                return self.sources.constants.get(name, ())
            case ast.Attribute(attr=name):
                return self.sources.constants.get(name, ())
            case ast.JoinedStr(values=parts):
                made = [""]
                for part in parts:
                    inner = part.value if isinstance(part, ast.FormattedValue) else part
                    made = [head + tail for head in made for tail in self.spelt(inner)]
                return tuple(made)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return tuple(text for each in elements for text in self.spelt(each))
        return ()

    def read(self, section: str | None, key: ast.expr) -> None:
        if section is None or "misplaced" in self.inside[-1]:  # read to say that it is ignored
            return
        if section == "top" and self.path.name not in LOADERS:  # `config` is many things elsewhere
            return
        where = f"{self.path.name}:{key.lineno}"
        self.sources.read(section, self.spelt(key), where)
        if not self.spelt(key):
            self.sources.open[section].add(f"{where} {ast.unparse(key)}")

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name) and value is not None:
            if section := self.section(value):
                self.sources.name(self.scopes[-1], target.id, section)
            elif texts := self.spelt(value):
                self.sources.spell(self.scopes[-1], target.id, texts)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.bind(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for each in node.names:
            if each.name in SECTIONS and each.asname:
                self.sources.name(self.scopes[-1], each.asname, each.name)

    def visit_Return(self, node: ast.Return) -> None:
        section = self.section(node.value)
        if section and node.value is not None:
            used = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            if used & self.parameters[-1]:
                self.sources.passing.add(self.inside[-1])
            else:
                self.sources.returned.setdefault(self.inside[-1], section)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self.loop(node.target, node.iter)
        # `for key, value in settings.items(): if key == "x"` reads x.
        if (
            isinstance(node.iter, ast.Call)
            and called(node.iter) == "items"
            and isinstance(node.iter.func, ast.Attribute)
        ):
            section = self.section(node.iter.func.value)
            match node.target:
                case ast.Tuple(elts=[ast.Name(id=name), *_]) if section:
                    self.compared(section, name, node)
        self.generic_visit(node)

    def loop(self, target: ast.expr, over: ast.expr) -> None:
        if isinstance(target, ast.Name) and (texts := self.spelt(over)):
            self.sources.spell(self.scopes[-1], target.id, texts)

    def compared(self, section: str, name: str, loop: ast.For) -> None:
        for node in ast.walk(loop):
            match node:
                case ast.Compare(left=ast.Name(id=left), ops=[ast.Eq() | ast.In()], comparators=[right]) if (
                    left == name
                ):
                    self.sources.read(section, self.spelt(right), f"{self.path.name}:{right.lineno}")
                    if section == "litellm_settings" and self.inside[-1] == "load_config":
                        self.sources.special.update(self.spelt(right))

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.read(self.section(node.value), node.slice)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                self.read(self.section(right), node.left)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        if isinstance(node.func, ast.Attribute) and name in READS and node.args:
            self.read(self.section(node.func.value), node.args[0])
        if name in {"getattr", "setattr", "hasattr"} and ast.unparse(node.args[0]) == "litellm" and len(node.args) > 1:
            self.sources.read("litellm_settings", literal(node.args[1]), f"{self.path.name}:{node.lineno}")
        for place, argument in enumerate(node.args):
            self.sources.give(node, place, self.section(argument), self.spelt(argument))
        for keyword in node.keywords:
            if keyword.arg:
                self.sources.give(node, keyword.arg, self.section(keyword.value), self.spelt(keyword.value))
        self.generic_visit(node)


# --- the sections --------------------------------------------------------------------------------------------------


def sections(litellm: Any, sources: Sources) -> dict[str, dict[str, str]]:
    types_ = import_module("litellm.proxy._types")
    router_types = import_module("litellm.types.router")
    outside = outside_router(sources) | stopping(sources)
    router = parameters(litellm.Router.__init__)
    read = {name: dict.fromkeys(keys, "any") for name, keys in sources.keys.items()}
    redis = {
        *getattr(import_module("litellm._redis"), "_get_redis_kwargs", set)(),
        *parameters(inspect.unwrap(import_module("redis").Redis.__init__)),
    }
    made = {
        "": {**read["top"], **fields(types_.ConfigYAML), **dict.fromkeys(SECTIONS, "map")},
        "router_settings": {name: each for name, each in router.items() if name not in outside},
        "litellm_settings": {
            **read["litellm_settings"],
            **module_settings(litellm),
            **dict.fromkeys(sources.special, "any"),
        },
        "general_settings": {**read["general_settings"], **fields(types_.ConfigGeneralSettings)},
        "deployment": {
            **dict.fromkeys(("tpm", "rpm"), "any"),
            **fields(router_types.DeploymentTypedDict),
            **fields(router_types.Deployment),
        },
        "litellm_params": {**read["litellm_params"], **call_parameters(litellm, router_types)},
        "model_info": {
            **read["model_info"],
            **dict.fromkeys(cost_keys(litellm), "any"),
            **fields(router_types.ModelInfo),
        },
        "retry_policy": fields(router_types.RetryPolicy),
        "allowed_fails_policy": fields(router_types.AllowedFailsPolicy),
        "cache_params": {
            **dict.fromkeys(redis, "any"),
            **read["cache_params"],
            **parameters(litellm.Cache.__init__),
        },
        "routing_strategy_args": strategy_arguments(),
    }
    # A register that the program fills itself; in a file it is the top level's, out of its place.
    made["litellm_settings"].pop("model_list", None)
    for name, module, thing in (
        ("guardrail", "litellm.types.guardrails", "Guardrail"),
        ("guardrail_params", "litellm.types.guardrails", "LitellmParams"),
        ("routing_group", "litellm.types.router", "RoutingGroup"),
        ("alerting_config", "litellm.types.router", "AlertingConfig"),
        ("budget_config", "litellm.types.utils", "BudgetConfig"),
        ("model_group_alias", "litellm.types.router", "RouterModelGroupAliasItem"),
        ("key_management_settings", "litellm.types.secret_managers.main", "KeyManagementSettings"),
    ):
        if (model := found(module, thing)) is not None:
            made[name] = fields(model)
    return {
        name: {key: each for key, each in sorted(keys.items()) if not key.startswith("_")}
        for name, keys in made.items()
    }


def strategy_arguments() -> dict[str, str]:
    """`routing_strategy_args`, of all strategies together."""
    made: dict[str, str] = {}
    for module in ("lowest_latency", "lowest_tpm_rpm", "lowest_tpm_rpm_v2", "lowest_cost", "least_busy"):
        arguments = found(f"litellm.router_strategy.{module}", "RoutingArgs")
        if arguments is not None:
            made |= fields(arguments)
    return made


def outside_router(sources: Sources) -> set[str]:
    """Parameters of the router that the proxy gives it itself, and that it ignores in `router_settings`."""
    named = found("litellm.constants", "ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG")
    return set(named or [text for each in loader(sources, "exclude_args") for text in literal(each)])


def loader(sources: Sources, name: str) -> Iterator[ast.expr]:
    """What the loader of the file assigns to a name."""
    for function in sources.functions["load_config"]:
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value


def stopping(sources: Sources) -> set[str]:
    """Keys of `router_settings` that the loader refuses, or hands to the router twice."""
    made: set[str] = set()
    for function in sources.functions["load_config"]:
        for node in ast.walk(function):
            match node:
                case ast.If(test=ast.Compare(ops=[ast.In()], comparators=[names_]), body=[ast.Raise(), *_]):
                    made.update(literal(names_))
                case ast.Call(keywords=given) if called(node) == "Router" and any(each.arg is None for each in given):
                    made.update(each.arg for each in given if each.arg)
    return made - outside_router(sources)


def module_settings(litellm: Any) -> dict[str, str]:
    """The attributes of the module `litellm` that a value of a file can take the place of."""
    annotated = {}
    tree = ast.parse(Path(litellm.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            annotated[node.target.id] = ast.unparse(node.annotation)
    made = {}
    for name in dir(litellm):
        value = getattr(litellm, name, None)
        if name != name.lower() or name.startswith("_") or inspect.ismodule(value) or name == "annotations":
            continue
        if name not in annotated and (callable(value) or instance(value)):
            continue
        if name not in annotated and value and isinstance(value, list | set | tuple):
            continue  # a register of names, built at the start
        made[name] = kind(evaluated(annotated.get(name), litellm)) if name in annotated else "any"
    return made


def instance(value: object) -> bool:
    """An object of the program's own: a client, a logger, a transformation."""
    return value is not None and type(value).__module__ not in ("builtins", "collections")


def evaluated(annotation: str | None, litellm: Any) -> object:
    try:
        return eval(annotation or "Any", {**vars(typing), **vars(litellm)})
    except Exception:  # noqa: BLE001 - a name that only a type checker sees
        return Any


def call_parameters(litellm: Any, router_types: Any) -> dict[str, str]:
    utils = import_module("litellm.types.utils")
    loose: set[str] = {
        *getattr(utils, "all_litellm_params", ()),
        *litellm.OPENAI_CHAT_COMPLETION_PARAMS,
        "order",
        "weight",
    }
    for call in (
        "completion",
        "embedding",
        "transcription",
        "speech",
        "image_generation",
        "rerank",
        "responses",
        "text_completion",
    ):
        function = getattr(litellm, call, None)
        if function is not None:
            loose.update(parameters(inspect.unwrap(function)))
    loose.update(cost_keys(litellm))
    loose -= {"messages", "input", "prompt", "kwargs", "args"}
    return {
        **dict.fromkeys(loose, "any"),
        # What only the TypedDict declares is not held to it: a weight may be 0.5.
        **{name: LOOSER.get(each, "any") for name, each in fields(router_types.LiteLLMParamsTypedDict).items()},
        **fields(router_types.LiteLLM_Params),
    }


def cost_keys(litellm: Any) -> set[str]:
    return {key for entry in litellm.model_cost.values() for key in entry if key == key.lower()}


# --- words ---------------------------------------------------------------------------------------------------------


def words(litellm: Any, root: Path) -> dict[str, list[str]]:
    known = hints(litellm.Router.__init__)
    strategies = found("litellm.router_utils.routing_groups", "VALID_ROUTING_STRATEGIES") or (
        *members(found("litellm.types.router", "RoutingStrategy")),
        *literals(known.get("routing_strategy")),
    )
    made: dict[str, Any] = {
        "routing_strategy": strategies,
        "optional_pre_call_checks": literals(known.get("optional_pre_call_checks")),
        "cache_params.type": members(found("litellm.types.caching", "LiteLLMCacheType")),
        "cache_params.mode": members(found("litellm.caching.caching", "CacheMode")),
        "guardrail": {
            *members(found("litellm.types.guardrails", "SupportedGuardrailIntegrations")),
            *(found("litellm.proxy.guardrails.guardrail_registry", "guardrail_initializer_registry") or ()),
        },
        "callbacks": {
            *litellm._known_custom_logger_compatible_callbacks,
            *compared(root / "proxy" / "common_utils" / "callback_utils.py", "callback"),
        },
        "success_callback": {
            *litellm._known_custom_logger_compatible_callbacks,
            *compared(root / "litellm_core_utils" / "litellm_logging.py", "callback"),
        },
        "guardrail_mode": members(found("litellm.types.guardrails", "GuardrailEventHooks")),
        "key_management_system": members(found("litellm.types.secret_managers.main", "KeyManagementSystem")),
        "model_info.mode": [row[1] for row in models(litellm).values() if row[1]],
    }
    return {name: sorted({str(getattr(each, "value", each)) for each in values}) for name, values in made.items()}


def compared(path: Path, name: str) -> set[str]:
    """The texts that a file compares a name with."""
    return {
        each.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == name
        for each in node.comparators
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def members(enumeration: Any) -> list[str]:
    return [str(each.value) for each in enumeration] if enumeration is not None else []


def literals(annotation: object) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [str(each) for each in typing.get_args(annotation)]
    return [text for each in typing.get_args(annotation) for text in literals(each)]


# --- providers and models ------------------------------------------------------------------------------------------


def providers(litellm: Any) -> dict[str, Any]:
    registry = found("litellm.llms.openai_like.json_loader", "JSONProviderRegistry")
    listed = {getattr(each, "value", each) for each in litellm.provider_list}
    configured = set(getattr(registry, "_providers", {}))
    logic = import_module("litellm.litellm_core_utils.get_llm_provider_logic")
    older = getattr(logic, "_CLAUDE_PATTERN", None)  # before there were rules
    rules = getattr(sys.modules.get("litellm.litellm_core_utils.fallback_generalizations"), "_registry", None)
    return {
        "providers": sorted(listed | configured),
        "prefixes": prefixes(litellm, ast.parse(inspect.getsource(logic.get_llm_provider))),
        "patterns": [
            *([[older.pattern, "anthropic"]] if older else []),
            *([each.pattern.pattern, each.provider] for each in getattr(rules, "routing_rules", ())),
        ],
        "endpoints": {each: endpoint(litellm, each) for each in sorted(litellm.openai_compatible_endpoints)},
        # `prefix/name` of these is a prompt kept elsewhere, whose provider is not asked for at the start.
        "prompts": sorted(litellm._known_custom_logger_compatible_callbacks),
        "bedrock": {
            "regions": regions("get_all_bedrock_regions"),
            "across": regions("get_bedrock_cross_region_inference_regions"),
        },
        "elsewhere": elsewhere(litellm, listed | configured),
        "bare": bare(litellm, listed | configured),
    }


def endpoint(litellm: Any, address: str) -> str | None:
    """Who answers an unknown name at an address that the program knows."""
    try:
        return str(litellm.get_llm_provider("zz-none", api_base=address)[1])
    except litellm.BadRequestError:
        return None


def regions(name: str) -> list[str]:
    bedrock = import_module("litellm.llms.bedrock.common_utils")
    function = getattr(bedrock, name, None) or getattr(bedrock.AmazonBedrockGlobalConfig(), "get_all_regions", list)
    return sorted(function())


def asked(litellm: Any, name: str, provider: str | None = None) -> str | None:
    prefix, slash, _ = name.partition("/")
    if prefix in {"github_copilot", "chatgpt"}:  # these would sign in
        return prefix if slash else None
    try:
        return str(litellm.get_llm_provider(name, custom_llm_provider=provider)[1])
    except litellm.BadRequestError:
        return None


def prefixes(litellm: Any, logic: ast.Module) -> dict[str, list[list[str]]]:
    """The beginnings and the parts of a bare name that decide its provider, each tried."""
    made: dict[str, list[list[str]]] = {"starts": [], "contains": []}
    for node in ast.walk(logic):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="startswith", value=ast.Name(id="model")), args=[ast.Constant(value=text)]
            ):
                where = "starts"
            case ast.Compare(left=ast.Constant(value=text), ops=[ast.In()], comparators=[ast.Name(id="model")]):
                where = "contains"
            case _:
                continue
        if isinstance(text, str) and (provider := asked(litellm, f"{text}-zz")) and [text, provider] not in made[where]:
            made[where].append([text, provider])
    return made


def names(litellm: Any) -> set[str]:
    """Every name that may be known: the cost map's, with and without what stands before a slash, and all lists."""
    made = set(litellm.model_cost)
    for name in dir(litellm):
        value = getattr(litellm, name, None)
        if isinstance(value, set | list | tuple | dict) and ("model" in name or name.endswith("_llms")):
            made.update(each for each in value if isinstance(each, str))
    for each in list(made):
        parts = each.split("/")
        made.update("/".join(parts[start:]) for start in range(1, len(parts)))
    return made - {"", "*"}


def bare(litellm: Any, known: set[str]) -> dict[str, str]:
    """The provider of a name that is known as it stands, where neither a prefix nor a pattern says it."""
    made = {}
    for name in names(litellm):
        if name.split("/")[0] not in known and (provider := asked(litellm, name)):
            made[name] = provider
    return dict(sorted(made.items()))


def elsewhere(litellm: Any, known: set[str]) -> dict[str, str]:
    """Names whose prefix is a provider's, and which another provider answers."""
    made = {}
    suffixes = names(litellm)
    for prefix in known & {"azure", "cohere", "anthropic", "ai21", "azure_ai", "jina_ai"}:
        for each in sorted(suffixes):
            name = each if each.startswith(f"{prefix}/") else f"{prefix}/{each}"
            if (provider := asked(litellm, name)) and provider != prefix:
                made[name] = provider
    return dict(sorted(made.items()))


def models(litellm: Any) -> dict[str, list[Any]]:
    made = {}
    for name, entry in litellm.model_cost.items():
        if name == "sample_spec":
            continue
        window = entry.get("max_input_tokens") or entry.get("max_tokens")
        made[name] = [
            entry.get("litellm_provider"),
            entry.get("mode"),
            whole(window),
            whole(entry.get("max_output_tokens")),
        ]
    return dict(sorted(made.items()))


def whole(value: object) -> int | None:
    try:
        return int(float(str(value)))
    except ValueError:
        return None


# --- writing -------------------------------------------------------------------------------------------------------


def lines(value: Mapping[str, Any], depth: int = 0) -> str:
    """Sorted JSON, one entry a line; a mapping of mappings is opened, anything else stays on its line."""
    pad = " " * (depth + 1)
    made = []
    for key in sorted(value):
        each = value[key]
        text = lines(each, depth + 1) if isinstance(each, Mapping) and each else json.dumps(each, ensure_ascii=False)
        made.append(f"{pad}{json.dumps(key, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(made) + "\n" + " " * depth + "}"


def main(folder: Path) -> int:
    import litellm

    litellm.suppress_debug_info = True
    release = version("litellm")
    root = Path(litellm.__file__).parent
    sources = Sources(root, *(path for path in [root.parent / "litellm_enterprise"] if path.is_dir()))
    facts = {
        "program": "litellm",
        "release": release,
        "sections": sections(litellm, sources),
        "words": words(litellm, root),
        "router_ignored": sorted(outside_router(sources)),
        "router_stops": sorted(stopping(sources)),
        **providers(litellm),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{release}.json").write_text(lines(facts) + "\n", encoding="utf-8")
    table = {"program": "litellm", "release": release, "models": models(litellm)}
    (folder / f"{release}.models.json").write_text(lines(table) + "\n", encoding="utf-8")
    for section, places in sources.open.items():
        for place in sorted(places):
            sys.stderr.write(f"{section}: {place}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
