"""Text into a tree, and what is wrong with it."""

from __future__ import annotations

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source
from wrpc.syntax import codes
from wrpc.syntax import tree as t
from wrpc.syntax.blocks import blocks
from wrpc.syntax.parser import Parser
from wrpc.syntax.read import LARGEST, TOO_LARGE

SECTIONS = frozenset(("route", "default", "guard", "assert", "workload", "pool", "model", "site"))


def parse(source: Source) -> tuple[t.File, tuple[Diagnostic, ...]]:
    """The declarations that are well formed, and what is wrong with the others."""
    if len(source.text) > LARGEST:
        return t.File(source, ()), (finding(codes.LARGE_FILE, TOO_LARGE, source.span()),)
    parser = Parser(source)
    token = parser.run(0)
    if token is None:
        file, found = t.File(source, parser.declared(), tuple(parser.comments)), tuple(parser.builder.problems)
    else:
        from wrpc.syntax.recover import recover

        file, found = recover(parser, token)
    if not suspicious(file):
        return file, found
    from wrpc.syntax.habits.told import sifted

    file, more = sifted(file)
    return file, (*found, *more)


def suspicious(file: t.File) -> bool:
    """Whether a declaration has an attribute that might be a word of another language: a look at each name, no more."""
    known = blocks()
    for declaration in file.declarations:
        section = declaration.section if isinstance(declaration, t.Override) else declaration
        if isinstance(section, t.Section) and section.kind in SECTIONS:
            if section.name is not None and section.name.text == "default":
                return True
            for item in section.items:
                if isinstance(item, t.Attribute):
                    if item.name.text not in known[section.kind]:
                        return True
                elif isinstance(item, t.Fallback) and [pool.text for pool in item.pools] == ["on"]:
                    return True
    return False
