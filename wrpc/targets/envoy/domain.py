"""One signal as a header: its cells, and what it is when it failed."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import complement
from wrpc.policy.model import Bool, Enum, Int, Real, Score, Signal
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.cells import Atom, Cell, Choice, Literals, Numbers, meet_ranges, tidy
from wrpc.targets.envoy.rows import NEVER, Rows, cell

ALL_NUMBERS = (Interval(),)
TRUTHS = frozenset(("true", "false"))


class Domain:
    """The cells of one signal. `meanings`: a failure counts as what `on_error` says; so all but axioms see it."""

    def __init__(self, signal: Signal, meanings: bool) -> None:
        self.signal = signal
        self.name = signal.name
        self.type = signal.type
        meaning = signal.on_error if meanings else None
        # A request with a failure that denies it ends before anything else is asked.
        self.fails = signal.can_fail and meaning != "deny"
        self.meaning = meaning if self.fails and meaning in ("fires", "silent") else None

    @cached_property
    def _range(self) -> Interval:
        assert isinstance(self.type, (Int, Real, Score))
        return Interval(Fraction(self.type.low), Fraction(self.type.high))

    @property
    def low(self) -> Fraction:
        return self._range.low or Fraction(0)

    @property
    def high(self) -> Fraction:
        return self._range.high or Fraction(0)

    def words(self, words: frozenset[str], *, absent: bool = False) -> Cell:
        of = TRUTHS if isinstance(self.type, Bool) else self.members
        return Choice(words, absent and self.fails, of, self.fails)

    @cached_property
    def members(self) -> frozenset[str]:
        assert isinstance(self.type, Enum)
        return frozenset(map(headers.word, self.type.names))

    def numbers(self, ranges: tuple[Interval, ...], *, absent: bool = False) -> Cell:
        whole = isinstance(self.type, Int)
        inside = tidy(meet_ranges(tidy(ranges, False), (self._range,)), whole)
        return Numbers(inside, absent and self.fails, self._range, whole, self.fails)

    def text(self, *required: Atom, refused: tuple[Atom, ...] = (), absent: bool = False) -> Cell:
        start = Literals(frozenset(), frozenset(), True, absent and self.fails, self.fails)
        return start.meet(Literals(frozenset(required), frozenset(refused), True, absent and self.fails, self.fails))

    @cached_property
    def present(self) -> Rows:
        match self.type:
            case Bool():
                return cell(self.name, self.words(TRUTHS))
            case Enum():
                return cell(self.name, self.words(self.members))
            case Int() | Real() | Score():
                return cell(self.name, self.numbers(ALL_NUMBERS))
            case _:
                return cell(self.name, self.text())

    @cached_property
    def absent(self) -> Rows:
        if not self.fails:
            return NEVER
        match self.type:
            case Bool() | Enum():
                return cell(self.name, self.words(frozenset(), absent=True))
            case Int() | Real() | Score():
                return cell(self.name, self.numbers((), absent=True))
            case _:
                return cell(self.name, Literals(frozenset(), frozenset(), False, True, True))

    # A bool or score by itself, before its group: where it really fires, where it does not.

    def firing(self, *, fires: bool = True) -> Rows:
        if isinstance(self.type, Bool):
            return cell(self.name, self.words(frozenset(("true" if fires else "false",))))
        score = self.type
        assert isinstance(score, Score)
        if score.threshold is None:
            return NEVER if fires else self.present
        over = Interval(low=score.threshold, low_open=score.above)
        return cell(self.name, self.numbers((over,) if fires else complement((over,))))

    @property
    def number_when_failed(self) -> Fraction | None:
        return None if self.meaning is None else Fraction(self.meaning == "fires")

    @property
    def fires_when_failed(self) -> bool | None:
        """What a failure makes of "it fires": true, false, or None for unknown."""
        if isinstance(self.type, Bool):
            return None if self.meaning is None else self.meaning == "fires"
        assert isinstance(self.type, Score)
        if self.type.threshold is None:
            return False
        number = self.number_when_failed
        return None if number is None else self.type.fires(number)
