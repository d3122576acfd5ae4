"""Random policies over so few values that every request, failures included, can be written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

from tests.laws.dice import Dice
from tests.laws.drawing.hand import Hand
from tests.laws.drawing.signals import GRID
from tests.laws.policies import resolved, whole
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import BadRequest, RequestValue
from wrpc.policy import model as m

MOST = 2500  # requests of one policy
POINTS = sorted(
    {*map(Fraction, GRID), *(Fraction(n, 8) for n in (-6, -2, 1, 3, 5, 7))}
)  # no condition tells others apart

Request = dict[str, RequestValue]


class Small(Hand):
    """Numbers are held against the grid alone, one at a time, so that `values` has one of each kind."""

    before = "true"
    numeric = False

    def __init__(self, dice: Dice, size: int) -> None:
        super().__init__(dice, size)
        self.meant = self.one([7, 7, 2])

    def signal(self, kind: int, index: int) -> None:
        super().signal(
            (0, 0, 6, 0, 2, 0, 6, 0, 0, 2)[kind] if not (self.scores or self.silent) else kind % 2 * 6, index
        )

    def sum(self) -> str:
        return self.measure()

    def measure(self) -> str:
        names = [f"confidence({s})" for s in self.scores] + [f"raw({s})" for s in (*self.scores, *self.silent)]
        return self.one(names) if names else "1"

    def names(self) -> None:
        for index in range(self.number(0, 1)):
            self.out.append(f"let cond{index} = {self.condition()}")
            self.conditions.append(f"cond{index}")

    def atom(self, where: str) -> str:
        text = super().atom(where)
        # A comparison of two numbers would need more values than the grid has.
        both = text.count("raw(") + text.count("confidence(") > 1
        return self.one([*self.bools, *self.scores] or ["true"]) if both else text

    def route(self, index: int, tiers: bool) -> None:
        """Often all that the one before leaves, and behind both what counts the unknown as true."""
        if tiers or self.chance(2):
            super().route(index, tiers)
            return
        kind = index % 3
        if kind == 0:
            self.before = self.condition("request", 1)
        when = (self.before, f"not ({self.before})", self.condition("request", 1))[kind]
        unknown = "  on_unknown fires\n" if kind == 2 else ""
        self.out.append(f"route r{index} {{\n  priority {-index}\n  when {when}\n  {self.action()}\n{unknown}}}")
        self.routes.append(f"r{index}")

    def guard(self, index: int) -> None:
        """Denials more often than elsewhere, and removals where one signal says so."""
        match self.number(0, 4):
            case 0:
                rules = [f'deny "stop" when {self.condition("request", 1)}' for _ in range(self.number(1, 2))]
            case 1 | 2 if self.bools or self.scores:
                rules = [f"forbid {self.attribute()} when {self.one([*self.bools, *self.scores])}"]
            case _:
                super().guard(index)
                return
        words = ["sealed"] * self.chance(2) + ["critical"] * self.chance(2)
        self.out.append(f"guard q{index} {{\n  " + "\n  ".join([*words, *rules]) + "\n}")


def texts(size: int = 3) -> Callable[[Dice], str]:
    return lambda dice: whole(Small(dice, size))


def policies(size: int = 3) -> Callable[[Dice], m.Policy]:
    return lambda dice: resolved(whole(Small(dice, size)))


def requests(policy: m.Policy) -> list[Request] | None:
    """Every request of the space, one for each kind of value; None where they are too many."""
    machine = Interpreter(policy)
    choices = [[*values(s), *([None] if s.can_fail else [])] for s in policy.signals.values()]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST:
        return None
    return [r for r in (dict(zip(policy.signals, row, strict=True)) for row in product(*choices)) if _in(machine, r)]


def real(policy: m.Policy, request: Request) -> Iterator[Request]:
    """The requests that agree with this one on what did not fail, with real values for the rest."""
    machine = Interpreter(policy)
    failed = [n for n, v in request.items() if v is None]
    for row in product(*(values(policy.signals[n]) for n in failed)):
        found = {**request, **dict(zip(failed, row, strict=True))}
        if _in(machine, found):
            yield found


def values(signal: m.Signal) -> list[RequestValue]:
    match signal.type:
        case m.Bool():
            return [False, True]
        case m.Enum(names):
            return [*names]
        case m.Score(low, high):
            return [p for p in POINTS if low <= p <= high]
        case _:
            raise AssertionError(f"no small type: {signal.type}")


def _in(machine: Interpreter, request: Request) -> bool:
    try:
        machine.admit(request)
        machine.decision(request)
    except BadRequest:
        return False
    except Exception as conflict:  # noqa: BLE001  a conflict is a request of the space
        return type(conflict).__name__ == "Conflict"
    return True
