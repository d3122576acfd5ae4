"""Random policies such as one target carries: what its rows call a loss is seldom drawn, so that a law about its files
compares nearly every example. Routes differ in priority, so that none conflict."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.laws.dice import Dice
from tests.laws.drawing.hand import Hand
from tests.laws.drawing.signals import COLOURS, TEXTS
from tests.laws.policies import whole
from wrpc.override import override


class Carried(Hand):
    """Edges and guards in most policies, since they are what such a law is about."""

    compares = False
    resolve = ("", "resolve [priority]", "resolve [priority, name]")
    edges: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    cascades = False
    one_mirror = False
    rules: tuple[str, ...] = ("deny", "forbid", "forbid", "forbid")

    def priority(self, index: int) -> str:
        return f"  priority {3 - index}\n"

    def sum(self) -> str:
        """Of one number and some that are yes or no."""
        flags = [*self.bools]
        number = [*self.numbers, *(f"raw({s})" for s in (*self.scores, *self.silent))]
        text = f"{self.one(['', '0.5 * ', '2 * '])}{self.one(number)}" if number else "0.25"
        for flag in self.some(flags, 0, 2):
            text += f" {self.one(['+', '-'])} 0.5 * {flag}"
        return text

    def names(self) -> None:
        if self.bools and self.chance(5):
            self.out.append(f"score risk = {' + '.join(f'0.5 * {b}' for b in self.some(self.bools, 1, 3))}")
            self.numbers.append("risk")
        if self.chance(5):
            self.out.append(f"let cond0 = {self.condition()}")
            self.conditions.append("cond0")

    def action(self) -> str:
        kind = self.number(0, 9)
        if kind == 9:
            return 'deny "no"'
        left = self.some(self.pools, 1)
        count = self.number(1, max(1, len(left) - 1))
        main, left = left[:count], left[count:]
        if kind == 8 and self.cascades and count > 1:
            text = "cascade " + " -> ".join(main) + " escalate when confidence < 0.7"
        elif count > 1 and self.chance(5):
            text = "to " + ", ".join(f"{p} weight {self.one(['1', '3', '90'])}" for p in main)
        else:
            text = "to " + ", ".join(main)
        if self.others and count > 1 and text.startswith("to ") and self.chance(9):
            text += "\n  " + self.one(self.others)
        for pool in left:
            edges = [e for e in self.edges if not (self.one_mirror and e.startswith("mirror") and "mirror" in text)]
            if edges and self.chance(8):
                text += "\n  " + self.one(edges).replace("POOL", pool)
        if self.extras and self.chance(3):
            names = self.signals()
            extras = [e for e in self.extras if names or "SIGNAL" not in e]
            text += "\n  " + self.one(extras).replace("SIGNAL", self.one(names) if names else "")
        return text

    def guard(self, index: int) -> None:
        made = []
        for _ in range(self.number(1, 2)):
            match self.one(self.rules):
                case "deny":
                    made.append(f'deny "stop" when {self.condition("request", 1)}')
                case "require":
                    where = self.one(["request", "rule"])
                    name = self.one(["audit", 'redact("pii")'])
                    made.append(f"require {name}{self.when(where, 7)}")
                case _:
                    made.append(f"forbid {self.attribute()}{self.when('request', 7)}")
        words = ["sealed"] * self.chance(3)
        self.out.append(f"guard q{index} {{\n  " + "\n  ".join([*words, *made]) + "\n}")

    def policy(self) -> str:
        self.out.append(f"policy p {{ language 1  {self.one(self.resolve)} }}")
        for index in range(self.number(2, self.size + 1)):
            self.signal(self.number(0, len(self.kinds) - 1), index)
        self.tables()
        self.names()
        self.machines()
        tiers = self.chance(4)
        for index in range(self.number(1, self.size)):
            self.route(index, tiers)
        if self.chance(8):
            self.out.append(f"default {{\n  {self.action()}\n}}")
        for index in range(0 if self.chance(2) else self.number(1, 2)):
            self.guard(index)
        return "\n".join(self.out) + "\n"


class ByEnvoy(Carried):
    edges: tuple[str, ...] = ("fallback POOL", "fallback POOL on timeout", "mirror POOL 5%", "mirror POOL 0.5%")
    others: tuple[str, ...] = ("fallback others", "fallback others on timeout")
    extras: tuple[str, ...] = ("retries 2", "timeout 30s", "limit 60/min", "limit 1.5/s per SIGNAL", "sticky by SIGNAL")
    rules: tuple[str, ...] = ("deny", "forbid", "forbid", "forbid", "require", "require")


class ByRouter(Carried):
    """Signals from what the router computes by itself, most of which cannot fail."""

    kinds = "bbbssnnce"
    edges: tuple[str, ...] = ("mirror POOL 5%",)
    extras = ("reasoning high", "tools none", "compress 4", "cache { ttl 60s }")
    cascades = True
    one_mirror = True

    def signal(self, kind: int, index: int) -> None:
        letter = self.kinds[kind]
        n = f"{letter}{index}"
        match letter:
            case "b":
                source = self.one([f'keywords("{n}")', f'keywords("{n}")', f'structure(exists, pattern = "{n}")'])
                text = f"bool {{ source {source} }}"
                self.bools.append(n)
            case "s":
                text = f'score {{ source embedding(["{n}"])  threshold 0.5  evidence similarity }}'
                self.scores.append(n)
            case "n":
                kinds = ("int(0..50) { source turns }", "int(0..100k) { source prompt_tokens }")
                text = self.one(kinds)
                if any(text in line for line in self.out):
                    return self.signal(0, index)
                self.numbers.append(n)
            case "c":
                text = f'score {{ source classifier("{n}", label = "high")  threshold 0.6  evidence probability }}'
                self.scores.append(n)
            case _:
                names = COLOURS[: self.number(2, 3)]
                text = f'one_of({", ".join(names)}) {{ source classifier("{n}") }}'
                self.enums[n] = names
        self.out.append(f"signal {n}: {text}")
        return None

    def atom(self, where: str) -> str:
        """A count is held against whole numbers that it can be."""
        counts = [n for n in self.numbers if n.startswith("n")]
        if where == "request" and counts and self.chance(3):
            return f"{self.one(counts)} {self.one(['<', '<=', '>', '>='])} {self.number(1, 40)}"
        return super().atom(where)

    def measure(self) -> str:
        return self.sum()

    def sum(self) -> str:
        return " + ".join(f"0.5 * {b}" for b in self.some(self.bools, 1, 3)) if self.bools else self.alone()

    def alone(self) -> str:
        """A number that is no constant: a condition over constants holds always or never."""
        counts = [n for n in self.numbers if n.startswith("n")]
        return self.one([*counts, *(f"confidence({s})" for s in self.scores)] or ["0.25"])


class ByNames(Carried):
    """One signal: the name of the model that a request asks for."""

    kinds = "m"
    tabled = ("words", "bool")
    edges: tuple[str, ...] = (
        "fallback POOL", "fallback POOL", "fallback POOL on context", "fallback POOL on content_policy, refusal",
        "fallback POOL on timeout, overload, error, rate_limit, unavailable, connection, server_error, quota",
    )  # fmt: skip
    others = ("fallback others",)
    extras = ("retries 2", "timeout 30s")
    asks_failures = False

    @override
    def signal(self, kind: int, index: int) -> None:
        if index:
            return
        if self.chance(7):
            self.out.append("signal m0: string { source model }")
            self.strings.append("m0")
        else:
            self.out.append(f"signal m0: one_of({', '.join(COLOURS)}) {{ source model }}")
            self.enums["m0"] = COLOURS
        self.declared.append("m0")

    def condition(self, where: str = "request", depth: int = 1) -> str:
        """Of one signal three conditions together seldom hold."""
        return super().condition(where, min(depth, 1))

    def guard(self, index: int) -> None:
        """Fewer: over one signal they soon leave nothing."""
        if self.chance(5):
            super().guard(index)

    @override
    def when(self, where: str, of_ten: int = 8) -> str:
        return super().when(where, 10)

    @override
    def action(self) -> str:
        """Retries of several pools that do not stand in for one another are a loss that the target tells."""
        text = super().action()
        several = "," in text.partition("\n")[0] and "others" not in text
        return text.replace("retries 2", "timeout 30s") if several else text

    def policy(self) -> str:
        text = super().policy()
        return text if "default {" in text or self.chance(2) else f"{text}default {{\n  {self.action()}\n}}\n"

    def string(self, left: str) -> str:
        match self.number(0, 3):
            case 0 | 1:
                return f'prefix({left}, "{self.one(TEXTS[1:])}")'
            case 2:
                return f'{left} {self.one(["==", "!="])} "{self.one(TEXTS[1:])}"'
            case _:
                return f'{left} {self.one(["in", "not in"])} ["{self.one(TEXTS[1:])}", "{self.one(TEXTS[1:])}"]'


class Armed(Carried):
    """Plans with every edge, under several guards at once, most of them sealed: also such as a target says it loses."""

    edges = ("fallback POOL", "fallback POOL on timeout", "mirror POOL 5%", "spill POOL above 80%")
    rules = ("forbid", "forbid", "forbid", "forbid", "deny")
    cascades = True
    one_mirror = False

    def when(self, where: str, of_ten: int = 8) -> str:
        return f" when {self.atom(where)}" if self.chance(of_ten - 2) else ""

    def guard(self, index: int) -> None:
        if not index:
            for more in range(2, 2 + self.number(1, 2)):
                self.guard(more)
        super().guard(index)


class AgainstEnvoy(Armed, ByEnvoy):
    edges = Armed.edges
    rules = Armed.rules


class AgainstRouter(Armed, ByRouter):
    edges = Armed.edges
    one_mirror = False


class AgainstNames(Armed, ByNames):
    edges = Armed.edges
    tabled = ByNames.tabled


class AgainstSimulator(Armed):
    """A load over a length and some that are yes or no, so that all requests of a length can be asked."""

    kinds = "bbbn"
    stands = "gpu h100  replicas 1  context 64k  "
    edges = ("fallback POOL", "fallback POOL", "mirror POOL 5%", "spill POOL above 80%")

    def attribute(self) -> str:
        """Nothing that takes the spare pool away, so that somebody is left to serve."""
        return f"destination.pool == {self.one(self.pools)}" if self.chance(6) else 'destination.trust == "own"'

    def signal(self, kind: int, index: int) -> None:
        if self.kinds[kind] == "n" and not self.numbers:
            self.out.append(f"signal n{index}: int(0..1000) {{ source total_tokens }}")
            self.numbers.append(f"n{index}")
        else:
            self.out.append(f'signal b{index}: bool {{ source keywords("{index}") }}')
            self.bools.append(f"b{index}")

    def machines(self) -> None:
        super().machines()
        for i, line in enumerate(self.out):
            if line.startswith("pool "):
                self.out[i] = (
                    line.replace("{ ", "{ " + self.stands, 1).replace("context 4 ", "").replace("context 8 ", "")
                )

    def policy(self) -> str:
        text = super().policy()
        when = f"when {self.one(self.bools)}  " if self.bools and self.chance(4) else ""
        spare = (
            f"pool spare {{ {self.stands} }}\ndefault {{ to spare  {self.one(self.edges).replace('POOL', 'p0')} }}\n"
        )
        text = text.partition("default {")[0] + spare + text.partition("default {")[2].partition("\n}\n")[2]
        return f"{text}workload w {{ {when}rate 5/s  lengths [[20, 40%], [2000, 100%]] }}\n"


ARMED: Mapping[str, type[Carried]] = {
    "envoy": AgainstEnvoy,
    "vllm-sr": AgainstRouter,
    "fleet-sim": AgainstSimulator,
    "litellm": AgainstNames,
}

HANDS: Mapping[str, type[Carried]] = {"envoy": ByEnvoy, "litellm": ByNames, "vllm-sr": ByRouter}


def carried(target: str, size: int) -> Callable[[Dice], str]:
    """The text of a policy that the target carries."""
    return lambda dice: whole(HANDS[target](dice, size))


def armed(target: str, size: int) -> Callable[[Dice], str]:
    """The text of a policy whose guards are to be got around."""
    return lambda dice: whole(ARMED[target](dice, size))
