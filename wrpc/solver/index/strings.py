"""A string of which some relations hold and others do not: found by walking their automata side by side, or a few of
them that no string satisfies together.

Only those are walked that a string found without them does not satisfy: of a hundred words that a string must not
contain, most are in none that anybody would try.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count

from wrpc.solver.index.acceptors import Acceptor, Asked, TooLarge, acceptor, letters

STEPS = 600_000  # of automata, for one search
SHORT = 60_000  # of them, for a string that is as short as there is
ALONE = 4  # rounds in which one relation more is walked; from then on as many more as there are
FEW = 4  # relations that have to hold, up to which a string is looked for that is as short as there is
READY = 64  # strings that are tried before others are looked for

Wanted = tuple[Asked, bool]


class Strings:
    """Of one signal, whose strings are remembered."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self._clashes: dict[tuple[Wanted, Wanted], bool] = {}

    def settled(self, wanted: Sequence[Wanted], *, shown: bool) -> str | list[int]:
        """A string that is what is wanted, a short one where somebody is shown it; or few of the wanted, by index, that
        no string is, without one of which some is as far as that is known. Raises TooLarge."""
        if not shown and (ready := self._ready(wanted, [*self._found][::-1])) is not None:
            return ready
        many = sum(so for _, so in wanted) > FEW
        if (many or not shown) and (ready := self._ready(wanted, joined(wanted))) is not None:
            return self._kept(ready)
        try:
            found = self._walked(wanted)
        except TooLarge:
            ready = self._ready(wanted, [*joined(wanted), *self._found])
            if ready is not None:
                return self._kept(ready)
            clash = next(self._pairs(wanted), None)
            if clash is None:
                raise
            return clash
        return self._kept(found) if isinstance(found, str) else found

    def _ready(self, wanted: Sequence[Wanted], among: Sequence[str]) -> str | None:
        return next((text for text in among if missed(wanted, text, 1) == []), None)

    def _kept(self, text: str) -> str:
        self._found.pop(text, None)
        self._found[text] = None
        if len(self._found) > READY:
            del self._found[next(iter(self._found))]
        return text

    def _walked(self, wanted: Sequence[Wanted]) -> str | list[int]:
        walked: list[int] = []
        for round_ in count():
            text = search([wanted[i] for i in walked])
            if text is None:
                return self._thinned(wanted, walked)
            more = missed(wanted, text, 1 if round_ < ALONE else len(walked))
            if not more:
                return text
            for new in more:
                for old in walked:
                    if self._clash(wanted[old], wanted[new]):
                        return self._thinned(wanted, [old, new])
                walked.append(new)
        raise AssertionError("it goes on until it returns")

    def _thinned(self, wanted: Sequence[Wanted], clashing: list[int]) -> list[int]:
        """Without each that the rest does without, the last first; one is kept where nobody knows."""
        kept = clashing
        for each in reversed(clashing):
            rest = [i for i in kept if i != each]
            try:
                if search([wanted[i] for i in rest]) is None:
                    kept = rest
            except TooLarge:
                continue
        return kept

    def _pairs(self, wanted: Sequence[Wanted]) -> Iterator[list[int]]:
        """Two that clash."""
        for i, one in enumerate(wanted):
            for j in range(i):
                if self._clash(wanted[j], one):
                    yield self._thinned(wanted, [j, i])

    def _clash(self, one: Wanted, other: Wanted) -> bool:
        """What words say of each other is known beforehand, and two things that must not be leave other strings."""
        if not (one[1] or other[1]) or not (_hard(one[0]) or _hard(other[0])):
            return False
        if (one, other) not in self._clashes:
            try:
                self._clashes[one, other] = search([one, other], SHORT) is None
            except TooLarge:
                self._clashes[one, other] = False
        return self._clashes[one, other]


def _hard(of: Asked) -> bool:
    return of.turned or of.relation in ("before", "matches")


def missed(wanted: Sequence[Wanted], text: str, most: int) -> list[int]:
    """Of the wanted, by index, some that a string is not."""
    found: list[int] = []
    for i, (of, so) in enumerate(wanted):
        if of.holds(text) is not so:
            found.append(i)
            if len(found) >= most:
                break
    return found


def joined(wanted: Sequence[Wanted]) -> list[str]:
    """Strings of the words that have to be there, one behind the other, to be tried."""
    held = [of for of, so in wanted if so and not of.turned]
    begun = max((of.text for of in held if of.relation == "prefix"), key=len, default="")
    ended = max((of.text for of in held if of.relation == "suffix"), key=len, default="")
    words: list[str] = []
    parts = {of.text for of in held if of.relation == "contains"}
    parts |= {text for of in held if of.relation == "matches" and (text := _example(of)) is not None}
    for word in sorted(parts, key=lambda w: (-len(w), w)):
        if not any(word in other for other in (*words, begun, ended)):
            words.append(word)
    said = {c for of, _ in wanted for c in of.text}
    fresh = next(c for c in map(chr, count(0x20)) if c not in said)
    return [
        *(of.text for of in held if of.relation == "equals"),
        *dict.fromkeys(sep.join(p for p in (begun, *words, ended) if p) for sep in ("", "-", " ", fresh)),
        *(begun + fresh + fresh.join((*words, ended)),),
    ]


@lru_cache(maxsize=4_096)
def _example(of: Asked) -> str | None:
    try:
        return search([(of, True)])
    except TooLarge:
        return None


def search(wanted: Sequence[Wanted], steps: int | None = None) -> str | None:
    """A string that is what is wanted, as short as there is where that takes few steps; None where there is none.
    Raises TooLarge."""
    acceptors = [acceptor(of) for of, _ in wanted]
    so = [s for _, s in wanted]
    try:
        return _search(acceptors, so, min(SHORT, steps or SHORT), short=True)
    except TooLarge:
        if steps is not None:
            raise
        return _search(acceptors, so, STEPS, short=False)


def _search(acceptors: list[Acceptor], so: list[bool], steps: int, *, short: bool) -> str | None:
    """The state that promises most goes first: the shortest string, or else what is wanted soonest."""
    signs = letters(acceptors)
    both = list(zip(acceptors, so, strict=True))

    def promise(states: tuple[int, ...]) -> int | None:
        most = total = 0
        for (one, s), state in zip(both, states, strict=True):
            needs = one.needs(state, s)
            if needs is None:
                return None
            total += needs
            most = max(most, needs)
        return most if short else total

    start = (0,) * len(both)
    first = promise(start)
    if first is None:
        return None
    number = count()
    lengths = {start: 0}
    came: dict[tuple[int, ...], tuple[tuple[int, ...], str]] = {}
    todo = [(first, next(number), 0, start)]
    taken = 0
    while todo:
        _, _, length, states = heappop(todo)
        if lengths[states] < length:
            continue
        if all(one.holds(state) is s for (one, s), state in zip(both, states, strict=True)):
            text: list[str] = []
            while states in came:
                states, sign = came[states]
                text.append(sign)
            return "".join(reversed(text))
        taken += len(signs) * len(both)
        if taken > steps:
            raise TooLarge
        for sign in signs:
            after = tuple(one.step(state, sign) for one, state in zip(acceptors, states, strict=True))
            if lengths.get(after, length + 2) <= length + 1:
                continue
            left = promise(after)
            if left is not None:
                lengths[after] = length + 1
                came[after] = states, sign
                heappush(todo, (left + short * (length + 1), next(number), length + 1, after))
    return None
