"""Guards, claims, and the whole policy."""

from __future__ import annotations

from tests.laws.drawing.routes import Routes


class Hand(Routes):
    """Draws one policy."""

    def when(self, where: str, of_ten: int = 8) -> str:
        return f" when {self.condition(where, 1)}" if self.chance(of_ten) else ""

    def guard(self, index: int) -> None:
        rules = []
        for _ in range(self.number(1, 2)):
            match self.number(0, 6):
                case 0:
                    when = self.condition("request", 1)
                    when = (
                        self.one([f"{self.cost()} and ({when})", self.cost()])
                        if self.numeric and self.chance(3)
                        else when
                    )
                    rules.append(f'deny "{self.one(["stop", "halt"])}" when {when}')
                case 1 | 2:
                    where = self.one(["request", "rule"])
                    name = self.one(['redact("pii")', "audit", "audit", 'strip("a", "b")'])
                    rules.append(f"require {name}{self.when(where, 7)}")
                case _:
                    what = self.attribute() if self.chance(7) else self.condition("rule", 1)
                    rules.append(f"forbid {what}{self.when(self.one(['request', 'request', 'rule']))}")
        words = ["sealed"] * self.chance(2) + ["critical"] * self.chance(2) + ["accept_failure"] * self.chance(1)
        self.out.append(f"guard q{index} {{\n  " + "\n  ".join([*words, *rules]) + "\n}")

    def claim(self, index: int) -> None:
        claims = []
        for _ in range(self.number(1, 2)):
            what = self.condition("claim", self.number(0, 1))
            claims.append(f"{self.one(['always', 'never'])} {what}{self.when('claim', 7)}")
        words = ["critical"] * self.chance(2)
        self.out.append(f"assert k{index} {{\n  " + "\n  ".join([*words, *claims]) + "\n}")

    # ── All ───────────────────────────────────────────────────────────────

    def policy(self) -> str:
        self.out.append(f"policy p {{ language 1  {self.one(self.resolve)} }}")
        for index in range(self.number(1, self.size + 1)):
            self.signal(self.number(0, 9), index)
        if len(self.bools) + len(self.scores) >= 2 and self.chance(5):
            self.group()
        self.tables()
        self.names()
        self.machines()
        if self.chance(2):
            self.out.append(f"assume known {{ {self.condition('request', 1)} }}")
        tiers = self.chance(4)
        for index in range(self.number(1, self.size)):
            self.route(index, tiers)
        if self.chance(6):
            self.out.append(f"default {{\n  {self.action()}\n}}")
        for index in range(self.number(0, 2)):
            self.guard(index)
        for index in range(self.number(0, 2)):
            self.claim(index)
        return "\n".join(self.out) + "\n"
