"""Text into a tree, in one pass over the parser's table."""

from __future__ import annotations

from typing import Any

from wrpc.diagnostics import Diagnostic
from wrpc.source import Source, Span
from wrpc.syntax import tree as t
from wrpc.syntax.build import Builder
from wrpc.syntax.table import table
from wrpc.syntax.words import Token, words


def parse(source: Source) -> tuple[t.File, tuple[Diagnostic, ...]]:
    parser = Parser(source)
    token = parser.run(0)
    if token:
        raise SyntaxError(repr(token) + repr(source.text[token[1] : token[1] + 30]))
    return t.File(source, parser.declarations, tuple(parser.comments)), tuple(parser.builder.problems)


class Parser:
    """The stacks of one parse. `run` goes on until the text ends or a token fits nowhere."""

    def __init__(self, source: Source) -> None:
        self.table = table()
        self.words = words()
        self.source = source
        self.builder = Builder(source)
        self.states: list[int] = [self.table.start]
        self.values: list[Any] = []
        self.comments: list[t.Comment] = []
        self.declarations: tuple[t.Declaration, ...] = ()

    def run(self, at: int) -> Token | None:
        """Reads from an offset on. None when all is read, else the token that fits nowhere, before which it stands."""
        text = self.source.text
        match, kinds = self.words.match.match, self.words.kinds
        states, values = self.states, self.values
        all_actions, rules = self.table.states, self.table.rules
        keywords, builder = self.table.words, self.builder
        build = [builder.action.get(rule.action) for rule in rules]
        while True:
            actions = all_actions[states[-1]]
            found = match(text, at)
            if found is None:
                kind, start, at = "$END", len(text), len(text)
            else:
                group = found.lastindex or 0
                start, at = found.span(group)
                kind = kinds[group]
                if kind == "NAME":
                    word = text[start:at]
                    if word in keywords:
                        kind = self.keyword(word, start)
                elif not kind:
                    kind = text[start:at]
                elif kind == "COMMENT":
                    self.comments.append(t.Comment(Span(self.source, start, at), text[start:at]))
                    continue
                elif kind == "NUMBER" and text[start] == "-" and kind not in actions:
                    kind, at = "-", start + 1
            while True:
                action = actions.get(kind)
                if action is None:
                    return kind, start, at
                if action >= 0:
                    break
                rule = rules[-1 - action]
                size = rule.size
                children = values[-size:] if size else []
                if size:
                    del values[-size:], states[-size:]
                if rule.spread:
                    children = _spread(children)
                made = build[-1 - action]
                if made:
                    value = made(children)
                    if rule.origin == "<start>":
                        self.declarations = value
                        return None
                else:
                    value = children if rule.action else children[0]
                values.append(value)
                states.append(all_actions[states[-1]][rule.origin])
                actions = all_actions[states[-1]]
            states.append(action)
            if kind == "NAME":
                values.append(builder.name(start, at))
            elif kind == "NUMBER":
                values.append(builder.number(start, at))
            elif kind == "STRING":
                values.append(builder.text(start, at))
            else:
                values.append((kind, start, at))


    def keyword(self, word: str, start: int) -> str:
        """Whether a word is a keyword here, or a name like any other."""
        if word == "default" and self.words.settled.match(self.source.text, start) and self.takes("SETTLED"):
            return "SETTLED"
        return word if self.takes(word) else "NAME"

    def takes(self, kind: str) -> bool:
        """Whether a token of this kind can really come next. An entry of the table alone does not say so: a state is
        shared by places that differ in what may follow, and only the stack below tells them apart."""
        all_actions, rules = self.table.states, self.table.rules
        action = all_actions[self.states[-1]].get(kind)
        states = self.states
        while action is not None and action < 0:
            rule = rules[-1 - action]
            states = states[: len(states) - rule.size]
            states.append(all_actions[states[-1]][rule.origin])
            action = all_actions[states[-1]].get(kind)
        return action is not None


def _spread(children: list[Any]) -> list[Any]:
    """Lists become their items; the first one is taken over, which keeps long lists linear."""
    first = children[0]
    flat: list[Any] = first if type(first) is list else [first]
    for child in children[1:]:
        if type(child) is list:
            flat += child
        else:
            flat.append(child)
    return flat
