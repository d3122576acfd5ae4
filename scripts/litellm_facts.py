"""What the importer knows of one release of LiteLLM, read from the installed program.

Run by the Python of an environment that has the release, proxy and all:

    LITELLM_LOCAL_MODEL_COST_MAP=True python scripts/litellm_facts.py wrpc/importers/litellm/releases

It writes `RELEASE.json` (settings, words, providers) and `RELEASE.models.json` (the cost map, as far as it is used). The
program says most of this itself, by signatures and pydantic models; which keys the proxy reads out of a mapping is found
by walking the syntax trees of its sources.
"""

from __future__ import annotations

import ast
import enum
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
    "proxy_general_settings": "general_settings",
    "_general_settings": "general_settings",
    "_litellm_settings": "litellm_settings",
    "_router_settings": "router_settings",
}
# What returns a copy, a view or the very thing.
SAME = {"dict", "cast", "deepcopy", "copy", "MappingProxyType", "validate_python", "resolve_os_environ_variables"}
# Methods whose first argument is a key that is read.
READS = {"get", "pop", "setdefault", "__getitem__", "get_bool", "get_str"}
READERS_OF_THE_FILE = {
    "get_config",
    "_get_config_from_file",
    "_load_config_file",
    "get_config_state",
    "load_config_file",
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
    elif origin is dict or annotation is dict or getattr(origin, "__name__", "") in ("Mapping", "MutableMapping"):
        yield "map"
    elif isinstance(annotation, type) and (hasattr(annotation, "model_fields") or hasattr(annotation, "__total__")):
        yield "map"
    else:
        yield "any"


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

    A mapping is followed by its name, through `or {}`, copies, plain assignments, and into the parameters of functions
    that it is given to, until nothing more is found.
    """

    def __init__(self, *folders: Path) -> None:
        self.trees = {
            path: ast.parse(path.read_text(encoding="utf-8"))
            for folder in folders
            for path in sorted(folder.rglob("*.py"))
        }
        self.constants: dict[str, tuple[str, ...]] = {}
        self.functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = defaultdict(list)
        self.given: dict[tuple[int, str], str] = {}
        self.keys: dict[str, set[str]] = defaultdict(set)
        self.open: dict[str, set[str]] = defaultdict(set)
        for tree in self.trees.values():
            for node in tree.body:
                self.constant(node)
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    self.functions[node.name].append(node)
        before = -1
        while before != len(self.given):
            before = len(self.given)
            for path, tree in self.trees.items():
                Reader(self, path).visit(tree)

    def constant(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and (texts := literal(node.value)):
                self.constants[target.id] = texts

    def give(self, call: ast.Call, section: str, place: int | str) -> None:
        """A mapping is an argument: every function of that name has it as that parameter."""
        name = called(call)
        targets = self.functions.get(name, ())
        if len(targets) > 3:  # a name that says nothing
            return
        for target in targets:
            names = [each.arg for each in (*target.args.posonlyargs, *target.args.args, *target.args.kwonlyargs)]
            if isinstance(place, int):
                place_here = place + (1 if names[:1] in (["self"], ["cls"]) else 0)
                parameter = names[place_here] if place_here < len(names) else None
            else:
                parameter = place if place in names else None
            if parameter:
                self.given.setdefault((id(target), parameter), section)


def literal(node: ast.expr) -> tuple[str, ...]:
    """The texts that an expression spells out: one, or a list, tuple, set or mapping of them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if (
        isinstance(node, ast.Call)
        and called(node) in {"frozenset", "set", "tuple", "list", "MappingProxyType"}
        and node.args
    ):
        return literal(node.args[0])
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        parts = [literal(each) for each in node.elts]
        return tuple(part[0] for part in parts if part) if all(parts) else ()
    if isinstance(node, ast.Dict):
        parts = [literal(each) for each in node.keys if each is not None]
        return tuple(part[0] for part in parts if part)
    return ()


def called(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


class Reader(ast.NodeVisitor):
    """Walks one module, with the names of each scope."""

    def __init__(self, sources: Sources, path: Path) -> None:
        self.sources = sources
        self.path = path
        self.proxy = "proxy" in path.parts or "litellm_enterprise" in path.parts
        self.scopes: list[dict[str, str]] = [{}]
        self.loops: list[dict[str, tuple[str, ...]]] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        scope = {each.arg: "" for each in arguments if each.arg in NAMES}
        scope = {name: NAMES[name] for name in scope}
        for each in arguments:
            if section := self.sources.given.get((id(node), each.arg)):
                scope[each.arg] = section
        self.scopes.append(scope)
        self.loops.append({})
        # Twice: a name may be read above the line that binds it, in a loop.
        for _ in range(2):
            for part in node.body:
                self.visit(part)
        self.scopes.pop()
        self.loops.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def section(self, node: ast.expr | None) -> str | None:
        """Which mapping an expression is, `top` for the whole file."""
        match node:
            case ast.Name(id=name):
                for scope in reversed(self.scopes):
                    if name in scope:
                        return scope[name]
                return NAMES.get(name)
            case ast.Attribute(attr=name):
                return NAMES.get(name)
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.section(value)
            case ast.BoolOp(values=values):
                return next((each for each in map(self.section, values) if each), None)
            case ast.IfExp(body=body, orelse=orelse):
                return self.section(body) or self.section(orelse)
            case ast.Dict(keys=keys, values=values) if None in keys:
                spread = [self.section(value) for key, value in zip(keys, values, strict=True) if key is None]
                return next((each for each in spread if each), None)
            case ast.Subscript(value=value, slice=key):
                return self.below(self.section(value), self.texts(key))
            case ast.Call():
                return self.result(node)
        return None

    def result(self, call: ast.Call) -> str | None:
        name = called(call)
        if name in READS and isinstance(call.func, ast.Attribute) and call.args:
            if below := self.below(self.section(call.func.value), self.texts(call.args[0])):
                return below
        if name in READERS_OF_THE_FILE and self.proxy and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            owned = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if owned in {"self", "proxy_config", "ProxyConfig", "pc"} or isinstance(owner, ast.Call):
                return "top"
        if name in SAME:
            return next((each for each in map(self.section, call.args) if each), None)
        if name == "copy" and isinstance(call.func, ast.Attribute):
            return self.section(call.func.value)
        if name == "getattr" and len(call.args) > 1 and (texts := self.texts(call.args[1])):
            return NAMES.get(texts[0])
        return None

    @staticmethod
    def below(section: str | None, keys: tuple[str, ...]) -> str | None:
        if section == "top":
            return next((NAMES[key] for key in keys if key in NAMES), None)
        if section == "litellm_settings" and "cache_params" in keys:
            return "cache_params"
        return None

    def texts(self, node: ast.expr) -> tuple[str, ...]:
        if texts := literal(node):
            return texts
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
        if name is None:
            return ()
        for loop in reversed(self.loops):
            if name in loop:
                return loop[name]
        if isinstance(node, ast.Attribute) and name == "value" and isinstance(node.value, ast.Attribute):
            return ()
        return self.sources.constants.get(name, ())

    def read(self, section: str | None, key: ast.expr) -> None:
        if section is None:
            return
        if texts := self.texts(key):
            self.sources.keys[section].update(texts)
        else:
            self.sources.open[section].add(f"{self.path.name}:{key.lineno} {ast.unparse(key)}")

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name) and value is not None:
            if section := self.section(value):
                self.scopes[-1][target.id] = section
            elif target.id in NAMES or target.id in self.scopes[-1]:
                return
            elif texts := literal(value):
                self.loops[-1].setdefault(target.id, texts)

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

    def loop(self, target: ast.expr, over: ast.expr) -> None:
        if isinstance(target, ast.Name) and (texts := self.texts(over)):
            self.loops[-1][target.id] = texts

    def visit_For(self, node: ast.For) -> None:
        self.loop(node.target, node.iter)
        # `for key, value in settings.items(): if key == "x"` reads x.
        if isinstance(node.iter, ast.Call) and called(node.iter) in {"items", "keys"}:
            section = self.section(node.iter.func.value) if isinstance(node.iter.func, ast.Attribute) else None
            first = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
            if section and isinstance(first, ast.Name):
                self.compared(section, first.id, node)
        self.generic_visit(node)

    def compared(self, section: str, name: str, loop: ast.For) -> None:
        for node in ast.walk(loop):
            if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == name:
                for operator, right in zip(node.ops, node.comparators, strict=True):
                    if isinstance(operator, ast.Eq | ast.In):
                        self.sources.keys[section].update(self.texts(right))

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for each in node.generators:
            self.visit(each)
        self.generic_visit(node)

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp  # type: ignore[assignment]

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.read(self.section(node.value), node.slice)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                self.read(self.section(right), node.left)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in READS and node.args:
            self.read(self.section(node.func.value), node.args[0])
        for place, argument in enumerate(node.args):
            if section := self.section(argument):
                self.sources.give(node, section, place)
                # `read(settings, "key")`, a reader of the program's own.
                if (
                    place == 0
                    and len(node.args) > 1
                    and called(node) not in SAME | {"isinstance", "getattr", "setattr"}
                ):
                    self.sources.keys[section].update(
                        text for text in self.texts(node.args[1]) if re.fullmatch("[a-z][a-z0-9_]+", text)
                    )
        for keyword in node.keywords:
            if keyword.arg and (section := self.section(keyword.value)):
                self.sources.give(node, section, keyword.arg)
        self.generic_visit(node)


# --- the sections --------------------------------------------------------------------------------------------------


def sections(litellm: Any, sources: Sources) -> dict[str, dict[str, str]]:
    types_ = import_module("litellm.proxy._types")
    router_types = import_module("litellm.types.router")
    router = parameters(litellm.Router.__init__)
    read = {name: dict.fromkeys(keys, "any") for name, keys in sources.keys.items()}
    made = {
        "": {**read["top"], **fields(types_.ConfigYAML), **dict.fromkeys(SECTIONS, "map")},
        "router_settings": {**read["router_settings"], **router},
        "litellm_settings": {**read["litellm_settings"], **module_settings(litellm)},
        "general_settings": {**read["general_settings"], **fields(types_.ConfigGeneralSettings)},
        "litellm_params": call_parameters(litellm, router_types),
        "model_info": {**dict.fromkeys(cost_keys(litellm), "any"), **fields(router_types.ModelInfo)},
        "retry_policy": fields(router_types.RetryPolicy),
        "allowed_fails_policy": fields(router_types.AllowedFailsPolicy),
        "cache_params": {**read["cache_params"], **parameters(litellm.Cache.__init__)},
    }
    for name, module, thing in (
        ("guardrail", "litellm.types.guardrails", "Guardrail"),
        ("guardrail_params", "litellm.types.guardrails", "LitellmParams"),
        ("routing_strategy_args", "litellm.router_strategy.lowest_latency", "RoutingArgs"),
        ("routing_group", "litellm.types.router", "RoutingGroup"),
        ("alerting_config", "litellm.types.router", "AlertingConfig"),
        ("budget_config", "litellm.types.utils", "BudgetConfig"),
        ("model_group_alias", "litellm.types.router", "RouterModelGroupAliasItem"),
        ("key_management_settings", "litellm.types.secret_managers.main", "KeyManagementSettings"),
    ):
        if (model := found(module, thing)) is not None:
            made[name] = fields(model)
    return {name: dict(sorted(keys.items())) for name, keys in made.items()}


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
        if name not in annotated and (callable(value) or hasattr(type(value), "__module__") and instance(value)):
            continue
        made[name] = kind(evaluated(annotated.get(name), litellm)) if name in annotated else "any"
    return made


def instance(value: object) -> bool:
    """An object of the program's own: a client, a logger, a transformation."""
    return value is not None and type(value).__module__ not in ("builtins", "collections")


def evaluated(annotation: str | None, litellm: Any) -> object:
    try:
        return eval(annotation or "Any", {**vars(typing), **vars(litellm)})  # noqa: S307 - the program's own source
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
        **fields(router_types.LiteLLMParamsTypedDict),
        **fields(router_types.LiteLLM_Params),
    }


def cost_keys(litellm: Any) -> set[str]:
    return {key for entry in litellm.model_cost.values() for key in entry if key == key.lower()}


# --- words ---------------------------------------------------------------------------------------------------------


def words(litellm: Any) -> dict[str, list[str]]:
    known = hints(litellm.Router.__init__)
    strategies = set(members(found("litellm.types.router", "RoutingStrategy")))
    made = {
        "routing_strategy": strategies | set(literals(known.get("routing_strategy"))),
        "optional_pre_call_checks": literals(known.get("optional_pre_call_checks")),
        "cache_params.type": members(found("litellm.types.caching", "LiteLLMCacheType")),
        "cache_params.mode": members(found("litellm.types.caching", "CacheMode")),
        "guardrail": members(found("litellm.types.guardrails", "SupportedGuardrailIntegrations")),
        "guardrail_mode": members(found("litellm.types.guardrails", "GuardrailEventHooks")),
        "callback": literals(found("litellm", "_custom_logger_compatible_callbacks_literal"))
        or getattr(litellm, "_known_custom_logger_compatible_callbacks", ()),
        "key_management_system": members(found("litellm.types.secret_managers.main", "KeyManagementSystem")),
        "model_info.mode": {entry["mode"] for entry in litellm.model_cost.values() if entry.get("mode")},
    }
    return {name: sorted(set(values)) for name, values in made.items()}


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
    rules = getattr(sys.modules.get("litellm.litellm_core_utils.fallback_generalizations"), "_registry", None)
    return {
        "providers": sorted(listed | configured),
        "prefixes": prefixes(litellm, ast.parse(inspect.getsource(logic.get_llm_provider))),
        "patterns": [[each.pattern.pattern, each.provider] for each in getattr(rules, "routing_rules", ())],
        "endpoints": sorted(litellm.openai_compatible_endpoints),
        "elsewhere": elsewhere(litellm, listed | configured),
        "bare": bare(litellm, listed | configured),
    }


def asked(litellm: Any, name: str, provider: str | None = None) -> str | None:
    if name.split("/")[0] in {"github_copilot", "chatgpt"}:  # these would sign in
        return name.split("/")[0] if "/" in name else None
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
    return {each for each in made if each}


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
    outside = found("litellm.constants", "ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG") or ()
    facts = {
        "program": "litellm",
        "release": release,
        "sections": sections(litellm, sources),
        "words": words(litellm),
        "router_ignored": sorted(outside),
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
