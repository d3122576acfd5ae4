"""The keys that the sources read of each mapping: every telling node asked, again until nothing more is found."""

from __future__ import annotations

import ast
from pathlib import Path

from sources import MOST, NAMES, SECTIONS, Sources
from syntax import Scope, called, literal, modules, parameters

ROUNDS = 12  # a bound; nine do for 1.106.2
# Methods whose first argument is a key that is read.
READS = frozenset({"get", "pop", "setdefault", "__getitem__", "get_bool", "get_str"})
# The modules that read the file itself, and the functions that return it.
LOADERS = frozenset({"proxy_server.py", "proxy_cli.py", "config_includes.py"})
WHOLE = frozenset({"get_config", "_get_config_from_file", "_load_config_file", "get_config_state", "_load_yaml_file"})


def read(*folders: Path) -> Sources:
    """The sources of the program, read through."""
    sources = Sources(tuple(modules(*folders)))
    for _ in range(ROUNDS):
        sources.changed = False
        sources.open.clear()
        for module in sources.modules:
            for node, scope in module.sites:
                Reader(sources, scope).visit(node)
        if not sources.changed:
            break
    return sources


class Reader:
    """What a node says where it stands."""

    __slots__ = ("scope", "sources")

    def __init__(self, sources: Sources, scope: Scope) -> None:
        self.sources = sources
        self.scope = scope

    def visit(self, node: ast.AST) -> None:
        match node:
            case ast.Call():
                self.call(node)
            case ast.Subscript(value=value, slice=key):
                self.read(self.section(value), key)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.bind(target, value)
            case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                self.bind(target, value)
            case ast.Compare(ops=operators, comparators=rights):
                for operator, right in zip(operators, rights, strict=True):
                    if isinstance(operator, ast.In | ast.NotIn):
                        self.read(self.section(right), node.left)
            case ast.Return(value=value):
                self.result(value)
            case ast.For():
                self.loop(node.target, node.iter)
                self.items(node)
            case ast.comprehension(target=target, iter=over):
                self.loop(target, over)
            case ast.ImportFrom(names=names):
                for each in names:
                    if each.name in SECTIONS and each.asname:
                        self.sources.name(self.scope.chain[0], each.asname, each.name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for name in parameters(node):
                    if name in NAMES:
                        self.sources.name(id(node), name, NAMES[name])

    # ── Which mapping, which key ──────────────────────────────────────────

    def section(self, node: ast.expr | None) -> str | None:
        """Which mapping an expression is, `top` for the whole file."""
        match node:
            case ast.Name(id=name):
                known = (self.sources.scopes[scope].get(name) for scope in self.scope.chain)
                return next((each for each in known if each), None) or NAMES.get(name)
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
                spread = (self.section(value) for key, value in zip(keys, values, strict=True) if key is None)
                return next((each for each in spread if each), None)
            case ast.Subscript(value=value, slice=key):
                return self.below(self.section(value), key)
            case ast.Call():
                return self.answer(node)
        return None

    def answer(self, call: ast.Call) -> str | None:
        """Which mapping a call returns."""
        name = called(call)
        match call.func:
            case ast.Attribute(value=owner):
                if name in READS and call.args:
                    return self.below(self.section(owner), call.args[0])
                if name == "copy" and not call.args:
                    return self.section(owner)
                if name in WHOLE and self.scope.proxy:
                    owned = ast.unparse(owner).rpartition(".")[2]
                    return "top" if owned in {"self", "proxy_config", "ProxyConfig()"} else None
                if name == "safe_load" and self.scope.function in WHOLE and self.scope.proxy:
                    return "top"
        if name in self.sources.passing:
            return next((each for each in map(self.section, call.args) if each), None)
        if name == "getattr" and len(call.args) > 1 and (texts := literal(call.args[1])):
            return NAMES.get(texts[0])
        return self.sources.returned.get(name) if len(self.sources.functions.get(name, ())) <= MOST else None

    def below(self, section: str | None, key: ast.expr) -> str | None:
        """Which mapping stands under a key of another."""
        if section == "top":
            return next((NAMES[text] for text in self.spelt(key) if text in NAMES), None)
        return "cache_params" if section == "litellm_settings" and "cache_params" in self.spelt(key) else None

    def spelt(self, node: ast.expr) -> tuple[str, ...]:
        """The texts that an expression may be, as far as they can be told."""
        if texts := literal(node):
            return texts
        match node:
            case ast.Name(id=name):
                for scope in self.scope.chain:
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

    # ── What is learnt ────────────────────────────────────────────────────

    def read(self, section: str | None, key: ast.expr) -> None:
        """A key is read of a mapping."""
        if section is None or "misplaced" in self.scope.function:  # read to say that it is ignored
            return
        if section == "top" and self.scope.path.name not in LOADERS:  # `config` is many things elsewhere
            return
        texts = self.spelt(key)
        self.sources.keys[section].update(texts)
        if not texts:
            self.sources.open[section].add(f"{self.scope.path.name}:{key.lineno} {ast.unparse(key)}")

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name) and value is not None:
            if section := self.section(value):
                self.sources.name(self.scope.chain[0], target.id, section)
            elif texts := self.spelt(value):
                self.sources.spell(self.scope.chain[0], target.id, texts)

    def result(self, value: ast.expr | None) -> None:
        """A function returns a mapping: what it was given, or one of its own."""
        section = self.section(value)
        if section and value is not None:
            used = {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}
            if used & (self.scope.parameters - NAMES.keys()):
                self.sources.passing.add(self.scope.function)
            else:
                self.sources.returned.setdefault(self.scope.function, section)

    def loop(self, target: ast.expr, over: ast.expr) -> None:
        if isinstance(target, ast.Name) and (texts := self.spelt(over)):
            self.sources.spell(self.scope.chain[0], target.id, texts)

    def items(self, loop: ast.For) -> None:
        """`for key, value in settings.items(): if key == "x"` reads `x`."""
        match loop:
            case ast.For(
                target=ast.Tuple(elts=[ast.Name(id=name), *_]),
                iter=ast.Call(func=ast.Attribute(attr="items", value=mapping)),
            ) if section := self.section(mapping):
                self.compared(section, name, loop)

    def compared(self, section: str, name: str, loop: ast.For) -> None:
        for node in ast.walk(loop):
            match node:
                case ast.Compare(left=ast.Name(id=left), ops=[ast.Eq() | ast.In()], comparators=[right]) if (
                    left == name
                ):
                    self.sources.keys[section].update(self.spelt(right))
                    if section == "litellm_settings" and self.scope.function == "load_config":
                        self.sources.special.update(self.spelt(right))

    def call(self, node: ast.Call) -> None:
        name = called(node)
        match node:
            case ast.Call(func=ast.Attribute(value=owner), args=[key, *_]) if name in READS:
                self.read(self.section(owner), key)
            case ast.Call(args=[ast.Name(id="litellm"), key, *_]) if name in {"getattr", "setattr", "hasattr"}:
                self.sources.keys["litellm_settings"].update(literal(key))
        targets = self.sources.targets(name)
        if not targets:
            return
        given: list[tuple[int | str, ast.expr]] = [*enumerate(node.args)]
        given += ((each.arg, each.value) for each in node.keywords if each.arg)
        for place, argument in given:
            section, texts = self.section(argument), self.spelt(argument)
            for target in targets:
                self.sources.give(target, place, section, texts)
