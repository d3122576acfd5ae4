"""One pass over the parser's table: what may be read is, up to the end or to a token that fits nowhere."""

from __future__ import annotations

from typing import Any

from wrpc.source import Source, Span
from wrpc.syntax import tree as t
from wrpc.syntax.build import Builder, amount
from wrpc.syntax.table import Chains, table
from wrpc.syntax.words import OPERATORS, Token, words
from wrpc.values import maker

DEEPEST = 100
OPENERS = frozenset("([{")
PREFIXES = frozenset({"not", "+", "-"})
TOO_DEEP = "too deep"
"""The kind of a token that would open one level more than there may be."""
SHORTEST, LONGEST = 1 << 10, 1 << 18
"""How much text is cut into words at once: little at first, since a repair may begin anew a few words on."""
FIRST, LAST = "\n", ""
"""What stands for the given first word, and for the end: no word of a text is either."""

Sorted = tuple[str, int, Any, int]
"""A word's kind; how much space stands before it; what it means; which of these it is."""
MARK, NAME, TEXT, NUMBER, KEYWORD, COMMENT, GIVEN = range(7)

_span, _name, _number, _path = maker(Span), maker(t.Name), maker(t.Number), maker(t.Path)


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
        self.states: list[int] = [0]
        self.values: list[Any] = []
        self.comments: list[t.Comment] = []
        self.known: dict[str, Sorted] = {LAST: ("$END", 0, None, MARK)}

    def run(self, at: int, first: Token | None = None) -> Token | None:
        """Reads from an offset on. None when all is read, else the token that fits nowhere, before which it stands.
        `first` stands for a word of the text that a repair reads as another kind.

        The text is cut into words a passage at a time, each with the space before it; what a word is, is worked out
        where it is met first. A rule ends where the last word ended, so that no child has to be asked.
        """
        text, end, source, careful = self.source.text, self.end, self.source, self.careful
        states, values, builder = self.states, self.values, self.builder
        all_actions = self.table.states
        find, known, sort = self.words.find, self.known, self.sort
        path: Any = builder.action["path"]
        reductions: list[tuple[int, str, Any, bool, Chains]] = [
            (rule.size, rule.action, builder.action.get(rule.action), rule.spread, after)
            for rule, after in zip(self.table.rules, self.table.after, strict=True)
        ]
        last = last_end(values)
        length = SHORTEST
        if first:
            known[FIRST] = first[0], 0, None, GIVEN
        while True:
            # ── The next passage, up to the end of a line: no word goes beyond one
            if first:
                passage, stop = [FIRST], first[2]
            elif at >= end:
                passage, at, stop = [LAST], end, end
            else:
                stop = text.find("\n", at + length, end) + 1 or end
                passage = find(text, at, stop)
                length = min(length * 4, LONGEST)
            for word in passage:
                kind, lead, meaning, sort_of = known.get(word) or sort(word)
                start = at + lead
                at += len(word)
                rest = ""
                if sort_of > TEXT:
                    if sort_of == KEYWORD:
                        action = all_actions[states[-1]].get(kind)
                        if kind == "default" or action is None or action < 0:
                            kind = self.keyword(kind, start)
                        sort_of = NAME if kind == "NAME" else MARK
                    elif sort_of == NUMBER:
                        if word[lead] == "-" and kind not in all_actions[states[-1]]:  # it stands between two numbers
                            rest = word[lead + 1 :]
                            kind, sort_of, at = "-", MARK, start + 1
                    elif sort_of == COMMENT:
                        self.comments.append(t.Comment(_span(source, start, at), word[lead:]))
                        continue
                    elif first:
                        start, at = first[1], first[2]
                while True:
                    if careful and not self.takes(kind):
                        return kind, start, at
                    # ── Every rule that ends before this word
                    action = all_actions[states[-1]].get(kind)
                    while action is not None and action < 0:
                        reduced = action
                        size, name, made, spread, after = reductions[reduced]
                        if name:
                            if size == 1:
                                head = values[-1]
                                if made is path:
                                    values[-1] = _path(head.span, (head,))
                                elif name == "start":
                                    values[-1] = tuple(head)
                                    return None
                                elif made:
                                    if type(head) is list:
                                        values[-1] = made(head, _around(source, head[0], last))
                                    elif type(head) is tuple:
                                        values[-1] = made([head], _span(source, head[1], last))
                                    else:
                                        values[-1] = made([head], head.span)
                                elif type(head) is not list:
                                    values[-1] = [head]
                            elif size:
                                children = values[-size:]
                                del values[1 - size :], states[1 - size :]
                                if spread:
                                    children = _spread(children)
                                if made:
                                    values[-1] = made(children, _around(source, children[0], last))
                                else:
                                    values[-1] = children
                            else:
                                values.append(())
                                return None
                        below = states[-2]
                        try:
                            states[-1], action = after[below][kind]
                        except KeyError:
                            states[-1], action = self.chain(below, reduced, kind)
                    if action is None:
                        return kind, start, at
                    # ── The word itself
                    if len(states) > DEEPEST and (kind in OPENERS or kind in PREFIXES) and self.depth() >= DEEPEST:
                        return TOO_DEEP, start, at
                    states.append(action)
                    last = at
                    if sort_of == NAME:
                        values.append(_name(_span(source, start, at), meaning))
                    elif sort_of == MARK:
                        values.append((kind, start, at))
                    elif sort_of == NUMBER and meaning:
                        values.append(_number(_span(source, start, at), *meaning))
                    elif sort_of == NUMBER:
                        values.append(builder.too_long(_span(source, start, at)))
                    elif sort_of == TEXT:
                        values.append(builder.text(start, at, meaning))
                    elif first:
                        values.append(self.stand_in(first))
                        first = None
                    if not rest:
                        break
                    kind, _, meaning, sort_of = known.get(rest) or sort(rest)
                    start, at, rest = at, at + len(rest), ""
            at = stop

    def chain(self, below: int, rule: int, kind: str) -> tuple[int, int | None]:
        """The state on top after a rule has been reduced, and what then is to be done, for a next word of this kind.

        Most rules of an expression only pass their child on: `tokens` is a path, so a factor, so a term, a sum, …, up
        to what the next word asks for. Where such a chain leads depends on nothing else, and is kept.
        """
        all_actions, rules = self.table.states, self.table.rules
        top = below
        action: int | None = rule
        while action is not None and action < 0:
            top = all_actions[below][rules[action].origin]
            action = all_actions[top].get(kind)
            if action is not None and action < 0 and rules[action].action:
                break
        self.table.after[rule].setdefault(below, {})[kind] = top, action
        return top, action

    def sort(self, word: str) -> Sorted:
        """What a word is, space before it included, wherever it stands."""
        text = word.lstrip()
        lead, first = len(word) - len(text), text[0]
        plain = text.isascii()
        # Most words are told by a look; the patterns tell the rest.
        if plain and text.isidentifier():
            kind = "NAME"
        elif text in self.words.marks:
            kind = ""
        elif first == "#":
            kind = "COMMENT"
        elif first == '"' and text[1:2] and text[-1] == '"' and "\\" not in text:
            kind = "STRING"
        elif (plain and text.isdigit()) or ((first.isdigit() or first == "-") and self.words.number.fullmatch(text)):
            kind = "NUMBER"
        else:
            found = self.words.match.fullmatch(word)
            assert found is not None, "cut by the same patterns"
            group = found.lastindex or 0
            lead, kind, text = found.start(group), self.words.kinds[group], found[group]
        made: Sorted
        match kind:
            case "NAME" if text in self.table.words:
                made = text, lead, text, MARK if text in OPERATORS else KEYWORD
            case "NAME":
                made = kind, lead, text[1:-1].replace("``", "`") if text[0] == "`" else text, NAME
            case "NUMBER":
                made = kind, lead, amount(text), NUMBER
            case "STRING":
                made = kind, lead, None if "\\" in text else text[1:-1], TEXT
            case "COMMENT":
                made = kind, lead, None, COMMENT
            case _:
                made = kind or text, lead, None, MARK
        self.known[word] = made
        return made

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


def last_end(values: list[Any]) -> int:
    """The end of the last word that was taken."""
    for value in reversed(values):
        last = value[-1] if type(value) is list else value
        return int(last[2] if type(last) is tuple else last.span.end)
    return 0


def _around(source: Source, first: Any, end: int) -> Span:
    """From the beginning of a token or node to an end."""
    return _span(source, first[1] if type(first) is tuple else first.span.start, end)


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
