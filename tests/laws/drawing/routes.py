"""Routes, and what they do."""

from __future__ import annotations

from tests.laws.drawing.machines import Machines

WEIGHTS = ("0", "1", "3", "90")


class Routes(Machines):
    def action(self) -> str:
        kind = self.number(0, 9)
        if kind == 9:
            return f'deny "{self.one(["no", "never"])}"'
        if kind == 8:
            return "to any" + self.settings()
        left = self.some(self.pools, 1)
        weighted = False
        count = self.number(1, len(left))
        main, left = left[:count], left[count:]
        if kind >= 6:
            if count == 1 and left:
                main, left = [*main, left[0]], left[1:]
            if len(main) == 1:
                text = f"to {main[0]}"
            else:
                text = "cascade " + " -> ".join(main)
                text += " escalate when confidence < 0.7" if self.chance(3) else ""
        elif self.chance(4):
            weighted = True
            text = "to " + ", ".join(f"{p} weight {self.one(WEIGHTS)}" for p in main)
        else:
            text = "to " + ", ".join(main)
        if kind < 6 and count > 1 and self.chance(4):
            text += "\n  fallback others" + self.one(["", " on timeout", " on timeout, overload"])
        for pool in left:
            match self.number(0, 5):
                case 5:
                    text += f"\n  {self.budget()} then {self.measures(pool)}"
                case 0 | 1:
                    text += f"\n  fallback {pool}" + self.one(["", " on timeout", " on timeout, overload"])
                case 2:
                    text += f"\n  spill {pool} above 80%"
                case 3:
                    text += f"\n  mirror {pool} 5%"
                case _:
                    pass
        return text + self.settings(weighted=weighted)

    def settings(self, *, weighted: bool = False) -> str:
        if not self.chance(2):
            return ""
        select = "select weighted" if weighted else self.one(["select latency", "select latency", "select weighted"])
        options = [select, "retries 2", "timeout 30s", "reasoning high", "tools none", "compress 4", "budget"]
        known = self.signals()
        options += ["sticky by", "cache"] * bool(known)
        text = ""
        for chosen in self.some(options, 1, 2):
            match chosen:
                case "budget":
                    text += f"\n  {self.budget()}"
                case "sticky by":
                    text += f"\n  sticky by {self.one(known)}"
                case "cache":
                    text += f"\n  cache {{ ttl 60s  scope {self.one(known)} }}"
                case _:
                    text += f"\n  {chosen}"
        return text

    def signals(self) -> list[str]:
        """Names of signals; columns of tables and bands are none."""
        names = {*self.bools, *self.scores, *self.silent, *self.enums, *self.sets, *self.strings} - {"level"}
        return sorted(n for n in names if "." not in n)

    def budget(self) -> str:
        text = self.one(["budget 20k/min", "budget 100USD/d", "limit 60/min", "limit 1/s"])
        known = self.signals()
        return f"{text} per {self.one(known)}" if known and self.chance(4) else text

    def measures(self, pool: str) -> str:
        """Steps that lead to the pool, and perhaps others."""
        steps = [*self.some(["tools none", "compress 4", "reasoning low"], 0, 1), pool]
        steps += [f'deny "{self.one(["spent", "no"])}"'] * self.chance(4)
        if len(steps) == 1:
            return steps[0]
        return ", ".join(f"at {100 + 50 * i}% {step}" for i, step in enumerate(steps))

    def route(self, index: int, tiers: bool) -> None:
        text = f"  tier {self.number(1, 2)}\n" if tiers else ""
        text += self.priority(index)
        text += f"  when {self.condition()}\n" if not self.chance(1) else ""
        text += f"  {self.action()}\n"
        text += f"  on_unknown {self.one(['silent', 'fires', 'fires', 'deny'])}\n" if self.chance(3) else ""
        self.out.append(f"route r{index} {{\n{text}}}")
        self.routes.append(f"r{index}")

    def priority(self, index: int) -> str:  # noqa: ARG002  what tells all routes apart goes by it
        return f"  priority {self.number(-1, 2)}\n" if self.chance(5) else ""
