"""Policies of two further kinds: of conditions over few signals, and of routes that meet often."""

from __future__ import annotations

from tests.laws.dice import Dice
from tests.laws.drawing.hand import Hand
from tests.laws.drawing.signals import TEXTS


class Keyed(Hand):
    """Draws a policy most of whose conditions hold one signal against words, as a proxy's model names are."""

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([9, 6, 9, 4, kind]) if index else self.one([9, 9, 6]), index)

    def condition(self, where: str = "request", depth: int = 2) -> str:
        if where != "request" or not (self.strings or self.enums) or self.chance(3):
            return super().condition(where, depth)
        names = [*self.strings, *self.enums]
        name = names[0] if self.chance(8) else self.one(names)
        words = [f'"{t}"' for t in TEXTS] if name in self.strings else list(self.enums[name])
        match self.number(0, 5):
            case 0:
                return f"{name} in [{', '.join(self.some(words, 1))}]"
            case 1:
                return " or ".join(f"{name} == {w}" for w in self.some(words, 2, 3))
            case 2 if name in self.strings:
                return f"prefix({name}, {self.one(words)})"
            case 3:
                return f"{name} == {self.one(words)} and {self.atom(where)}"
            case _:
                return f"{name} == {self.one(words)}"


class Contested(Hand):
    """Draws a policy whose routes meet often, under a `resolve` of any kind: few signals, wide conditions, mostly
    scores, and few priorities."""

    def __init__(self, dice: Dice, size: int, resolve: str) -> None:
        super().__init__(dice, size)
        self.resolve = (resolve,)

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([2, 3, 3, 0, 4, kind]), index)

    def condition(self, where: str = "request", depth: int = 2) -> str:
        if where != "request" or not self.scores or self.chance(4):
            return super().condition(where, min(depth, 1))
        score = self.one(self.scores)
        return score if self.chance(6) else f"{score} or {self.atom(where)}"

    def route(self, index: int, tiers: bool) -> None:
        text = f"  tier {self.number(1, 2)}\n" * tiers + f"  priority {self.number(0, 1)}\n" * self.chance(3)
        text += f"  when {self.condition()}\n  {self.action()}\n"
        text += f"  on_unknown {self.one(['silent', 'fires', 'deny'])}\n" * self.chance(2)
        self.out.append(f"route r{index} {{\n{text}}}")
        self.routes.append(f"r{index}")

    def policy(self) -> str:
        """With three routes or more, and a claim over requests of a kind."""
        text = super().policy()
        self.out.clear()
        while len(self.routes) < 3:
            self.route(len(self.routes), "  tier " in text)
        for index in (2, 3):
            what = self.one([self.attribute(), self.outcome()])
            self.out.append(f"assert k{index} {{ never {what} when {self.condition('request', 1)} }}")
        return text + "\n".join(self.out) + "\n"
