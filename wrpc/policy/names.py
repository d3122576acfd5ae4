"""Who is called what: the names of each kind of declaration, duplicates, reserved words, and what was read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field

from wrpc.diagnostics import Fix, Related
from wrpc.policy import codes
from wrpc.policy.declarations import DECLARATIONS
from wrpc.policy.faults import Faults
from wrpc.policy.vocabulary import RESERVED
from wrpc.source import Source, Span
from wrpc.syntax import tree, words
from wrpc.values import record

Declared = (
    tree.Section | tree.Signal | tree.Score | tree.Band | tree.Group | tree.Let | tree.Table | tree.Stack | tree.Assume
)

# What an expression can name: these kinds share their names.
EXPRESSION_KINDS = tuple(d.keyword for d in DECLARATIONS.values() if d.expressible)

DEFINED_KINDS = ("score", "band", "let")

KIND_OF: Mapping[type, str] = {
    tree.Signal: "signal",
    tree.Score: "score",
    tree.Band: "band",
    tree.Group: "group",
    tree.Let: "let",
    tree.Table: "table",
    tree.Stack: "stack",
    tree.Assume: "assume",
}

# Compiled where it is used: few files have faults, and so in other places.
_DECLARED_TEXT = (
    rf"\b({'|'.join(d.keyword for d in DECLARATIONS.values() if d.keyword not in ('policy', 'default'))})\s+"
    r"(?:([A-Za-z_]\w*)|`((?:[^`\n]|``)+)`)"
)


def kind_of(declaration: Declared) -> str:
    return declaration.kind if isinstance(declaration, tree.Section) else KIND_OF[type(declaration)]


def name_of(declaration: Declared) -> tree.Name | None:
    return declaration.name


def written(name: str) -> str:
    """A name as it stands in a file."""
    return words.written(name, RESERVED)


@record
class Names:
    """Every declared name by kind. `swallowed` are names whose declaration a syntax error took: known, but poisoned."""

    faults: Faults
    declared: dict[str, dict[str, Declared]] = field(default_factory=dict)
    defined: dict[str, Declared] = field(default_factory=dict)
    """Lets, scores and bands together, in order of declaration."""
    default: tree.Section | None = None
    swallowed: set[tuple[str, str]] = field(default_factory=set)
    doubled: dict[tuple[str, str], list[Declared]] = field(default_factory=dict)
    """The further declarations of a name. Which of them a reader means nobody knows, so that nothing more is said."""
    read: set[tuple[str, str]] = field(default_factory=set)
    _expressible: dict[str, None] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Declared]:
        return self.declared.get(kind, {})

    def declare(self, declarations: Iterable[Declared]) -> None:
        for declaration in declarations:
            self._declare(declaration)

    def _declare(self, declaration: Declared) -> None:
        kind = kind_of(declaration)
        name = name_of(declaration)
        if name is None:
            if self.default is not None and isinstance(declaration, tree.Section):
                self._twice("`default`", declaration.span, self.default.span)
            elif isinstance(declaration, tree.Section):
                self.default = declaration
            return
        if not self.allowed(name):
            self.swallowed.add((kind, name.text))
            return
        shared = EXPRESSION_KINDS if kind in EXPRESSION_KINDS else (kind,)
        for other in shared:
            first = self.of(other).get(name.text)
            if first is not None:
                at = name_of(first)
                self._twice(f"{kind} `{name.text}`", name.span, at.span if at else first.span, other)
                self.doubled.setdefault((other, name.text), []).append(declaration)
                return
        self.declared.setdefault(kind, {})[name.text] = declaration
        if kind in DEFINED_KINDS:
            self.defined[name.text] = declaration

    def _twice(self, what: str, span: Span, first: Span, other: str = "") -> None:
        kind = what.partition(" ")[0]
        differs = bool(other) and other != kind
        self.faults.add(
            codes.DUPLICATE_NAME,
            f"{what} is declared twice" if not differs else f"{what} has the name of a {other}",
            span,
            related=[Related(first, "first declared here")],
            help="signals, scores, bands and lets share their names, since an expression can read each of them"
            if differs
            else None,
        )

    def allowed(self, name: tree.Name, reserved: Collection[str] = RESERVED) -> bool:
        """Whether a name may be declared; reports a reserved one."""
        if name.text not in reserved:
            return True
        self.faults.add(
            codes.RESERVED_WORD,
            f"`{name.text}` is a reserved word and cannot be declared",
            name.span,
            help="choose another name; backticks do not help",
        )
        return False

    def swallow(self, sources: Iterable[Source]) -> None:
        """Takes note of every name that the text declares and the tree does not have, after a syntax error."""
        for source in sources:
            for found in re.finditer(_DECLARED_TEXT, source.text):
                kind, plain, quoted = found.groups()
                name = plain or quoted.replace("``", "`")
                if name not in self.of(kind):
                    self.swallowed.add((kind, name))

    def find(self, kind: str, name: tree.Name) -> bool:
        """Whether something of this kind has this name; reports it where not. A name that is swallowed, or declared
        twice, is neither."""
        if name.text in self.of(kind):
            self.read.add((kind, name.text))
            return (kind, name.text) not in self.doubled
        if (kind, name.text) not in self.swallowed:
            self.unknown(kind, name, self.of(kind))
        return False

    def unknown(self, kind: str, name: tree.Name, known: Collection[str]) -> None:
        best = self.faults.suggest(name.text, known)
        self.faults.add(
            codes.UNKNOWN_NAME,
            f"no {kind} is called `{name.text}`",
            name.span,
            help=best or (f"declare it: `{kind} {written(name.text)} …`" if kind in DECLARATIONS else None),
            fixes=self.rename(name, known) if best else (),
        )

    def rename(self, name: tree.Name, known: Collection[str]) -> list[Fix]:
        """The nearest name as a fix; never a safe one, since it guesses."""
        from wrpc.diagnostics import nearest

        close = nearest(name.text, known, 1) if len(known) < 1000 else []
        return [Fix(name.span, written(close[0]), f"write `{close[0]}`", safe=False)] if close else []

    def expression(self, name: str) -> tuple[str, Declared] | None:
        """What an expression means by a name, with its kind."""
        for kind in EXPRESSION_KINDS:
            named = self.declared.get(kind)
            if named is not None and (found := named.get(name)) is not None:
                return kind, found
        return None

    def use(self, name: str) -> tuple[str, Declared] | None:
        """As `expression`, by somebody who reads it; None where it is poisoned."""
        found = self.expression(name)
        if found is not None:
            self.read.add((found[0], name))
        return None if self.poisoned(name) else found

    def poisoned(self, name: str) -> bool:
        """Whether an expression's name is declared, but twice, or in a way that could not be read."""
        if not self.swallowed and not self.doubled:
            return False
        return any((kind, name) in self.swallowed or (kind, name) in self.doubled for kind in EXPRESSION_KINDS)

    def lost(self, kind: str) -> bool:
        """Something of this kind could not be read, or stands for two things: what it declares is not known."""
        return any(k == kind for k, _ in (*self.swallowed, *self.doubled))

    def expressible(self) -> Collection[str]:
        """Everything that an expression can name; all is declared before the first is read."""
        if not self._expressible:
            self._expressible = {name: None for kind in EXPRESSION_KINDS for name in self.of(kind)}
        return self._expressible
