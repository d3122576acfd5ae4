"""One pass over the parser's table: what may be read is, up to the end or to a token that fits nowhere."""

from __future__ import annotations

from typing import Any

from wrpc.source import Source, Span
from wrpc.syntax import tree as t
from wrpc.syntax.build import Builder
from wrpc.syntax.table import table
from wrpc.syntax.words import OPERATORS, Token, words

DEEPEST = 100
OPENERS = frozenset("([{")
PREFIXES = frozenset({"not", "+", "-"})
TOO_DEEP = "too deep"
"""The kind of a token that would open one level more than there may be."""


class Parser:
    """The stacks of one parse. `run` goes on until the text ends or a token fits nowhere."""

    def __init__(self, source: Source, end: int | None = None, *, careful: bool = False) -> None:
        self.table = table()
        self.words = words()
        self.source = source
        self.end = len(source.text) if end is None else end
        self.careful = careful  # stop before a word that fits nowhere has closed anything: better for a finding
        self.since = 0  # where reading went on after the last fault
        self.builder = Builder(source)
        self.states: list[int] = [self.table.start]
        self.values: list[Any] = []
        self.comments: list[t.Comment] = []

    def run(self, at: int, first: Token | None = None) -> Token | None:
        """Reads from an offset on. None when all is read, else the token that fits nowhere, before which it stands.
        `first` stands for a word of the text that a repair reads as another kind."""
        text, end = self.source.text, self.end
        match, kinds = self.words.match.match, self.words.kinds
        states, values = self.states, self.values
        all_actions, rules = self.table.states, self.table.rules
        keywords, builder = self.table.words, self.builder
        build = [builder.action.get(rule.action) for rule in rules]
        careful = self.careful
        while True:
            actions = all_actions[states[-1]]
            if first:
                kind, start, at = first
            elif (found := match(text, at, end)) is None:
                kind, start, at = "$END", end, end
            else:
                group = found.lastindex or 0
                start, at = found.span(group)
                kind = kinds[group]
                if kind == "NAME":
                    word = text[start:at]
                    if word in keywords:
                        kind = word if word in OPERATORS else self.keyword(word, start)
                elif not kind:
                    kind = text[start:at]
                elif kind == "COMMENT":
                    self.comments.append(t.Comment(Span(self.source, start, at), text[start:at]))
                    continue
                elif kind == "NUMBER" and text[start] == "-" and kind not in actions:
                    kind, at = "-", start + 1
            if careful and not self.takes(kind):
                return kind, start, at
            while True:
                action = actions.get(kind)
                if action is None:
                    return kind, start, at
                if action >= 0:
                    break
                rule = rules[action]
                size = rule.size
                if not rule.action:
                    states[-1] = all_actions[states[-2]][rule.origin]
                    actions = all_actions[states[-1]]
                    continue
                children = values[-size:] if size else []
                if size:
                    del values[-size:], states[-size:]
                if rule.spread:
                    children = _spread(children)
                made = build[action]
                if made:
                    value = made(children)
                    if rule.origin == "<start>":
                        values.append(value)
                        return None
                else:
                    value = children
                values.append(value)
                states.append(all_actions[states[-1]][rule.origin])
                actions = all_actions[states[-1]]
            if len(states) > DEEPEST and (kind in OPENERS or kind in PREFIXES) and self.depth() >= DEEPEST:
                return TOO_DEEP, start, at
            states.append(action)
            if first:
                values.append(self.stand_in(first))
                first = None
            elif kind == "NAME":
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

    def takes(self, kind: str, height: int | None = None) -> bool:
        """Whether a token of this kind can really come next, or could on a stack of this height. An entry of the table
        alone does not say so: a state is shared by places that differ in what may follow, and only the stack below
        tells them apart."""
        all_actions, rules = self.table.states, self.table.rules
        states = self.states
        top = len(states) - 1 if height is None else height  # the last state of `states` that still counts
        state, pushed = states[top], 0  # the state in hand; it is pushed on `top` where `pushed`
        while (action := all_actions[state].get(kind)) is not None and action < 0:
            rule = rules[action]
            if rule.origin == "<start>":
                return True
            top -= rule.size - pushed
            state, pushed = all_actions[states[top]][rule.origin], 1
        return action is not None

    def depth(self) -> int:
        """How many brackets and signs are open."""
        deep, sign = 0, False
        for value in self.values:
            token = type(value) is tuple
            deep += token and (value[0] in OPENERS or (value[0] in PREFIXES and sign))
            sign = token  # a sign behind a word is one of its own, behind a value it joins two
        return deep

    def declared(self) -> tuple[t.Declaration, ...]:
        """The declarations that are finished."""
        done: Any = self.values[0] if self.values and type(self.values[0]) in (list, tuple) else ()
        return tuple([d for d in done if isinstance(d, t.Declaration)])

    def stand_in(self, token: Token) -> Any:
        """What a repaired word leaves in the tree."""
        kind, start, end = token
        span, text = Span(self.source, start, end), self.source.text[start:end]
        match kind:
            case "NAME":
                return t.Name(span, text.strip("\"'"))
            case "STRING":
                return t.Text(span, text.strip("\"'"))
            case "NUMBER":
                return self.builder.zero(span)
            case _:
                return token


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
