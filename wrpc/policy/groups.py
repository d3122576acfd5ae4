"""Exclusive groups: their members, and what a request that says nothing of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from wrpc.diagnostics import Related
from wrpc.policy import codes
from wrpc.policy import model as m
from wrpc.policy.faults import Faults
from wrpc.policy.names import Names
from wrpc.syntax import tree


class Groups:
    def __init__(self, names: Names, faults: Faults) -> None:
        self.names = names
        self.faults = faults

    def groups(self, signals: Mapping[str, m.Signal]) -> dict[str, m.Group]:
        made: dict[str, m.Group] = {}
        taken: dict[str, tuple[str, tree.Name]] = {}
        for name, node in self.names.of("group").items():
            assert isinstance(node, tree.Group)
            group = self.group(node, signals, taken)
            if group is not None:
                made[name] = group
        return made

    def group(
        self, node: tree.Group, signals: Mapping[str, m.Signal], taken: dict[str, tuple[str, tree.Name]]
    ) -> m.Group | None:
        count = len(self.faults)
        members: list[str] = []
        for member in node.members:
            known = ("signal", member.text) in self.names.read
            found = self.names.find("signal", member)
            if not known:
                self.names.read.discard(("signal", member.text))  # a group alone reads nothing of it
            if not found:
                continue
            signal = signals.get(member.text)
            first = taken.get(member.text)
            if first is not None:
                where = "this group" if first[0] == node.name.text else f"the group `{first[0]}`"
                self.faults.add(
                    codes.GROUP_MEMBERSHIP, f"`{member.text}` is already in {where}", member.span,
                    related=[Related(first[1].span, "first here")],
                )  # fmt: skip
                continue
            taken[member.text] = node.name.text, member
            if signal is not None:
                self.member(member, signal)
            members.append(member.text)
        if len(node.members) < 2:
            self.faults.add(
                codes.GROUP_MEMBERSHIP,
                f"the group `{node.name.text}` has only one member, so it excludes nothing",
                node.span,
            )
        default = node.default
        if default is not None and default.text not in {member.text for member in node.members}:
            self.faults.add(
                codes.GROUP_MEMBERSHIP, f"the default `{default.text}` is not a member of its group", default.span,
                help=self.faults.suggest(default.text, [n.text for n in node.members]),
            )  # fmt: skip
        if len(self.faults) == count:
            self.absentees(node, [signals[name] for name in members if name in signals])
        if len(self.faults) > count:
            return None
        return m.Group(node.name.text, tuple(members), default.text if default else None, node.name.span)

    def absentees(self, node: tree.Group, members: Sequence[m.Signal]) -> None:
        """A request that says nothing of its headers is one of the policy's: at most one member fires in it."""
        default = node.default.text if node.default is not None else None
        firing = [s for s in members if s.name != default and _fires(s)]
        if len(firing) > 1:
            first, second = firing[:2]
            self.faults.add(
                codes.GROUP_MEMBERSHIP,
                f"`{first.name}` and `{second.name}` both fire where they are absent, in one exclusive group",
                next(n.span for n in node.members if n.text == second.name),
                related=[Related(first.span, "the other one")],
                help="let at most one of them fire by its `absent`",
            )

    def member(self, name: tree.Name, signal: m.Signal) -> None:
        match signal.type:
            case m.Bool():
                pass
            case m.Score(threshold=threshold):
                if threshold is None:
                    self.faults.add(
                        codes.SCORE_WITHOUT_THRESHOLD,
                        f"the score `{name.text}` has no threshold, so it never fires",
                        name.span,
                        help="give the signal `threshold` or `above`",
                    )
            case _:
                self.faults.add(
                    codes.GROUP_MEMBERSHIP,
                    f"`{name.text}` cannot fire: the members of a group are signals of type `bool` or `score`",
                    name.span,
                )


def _fires(signal: m.Signal) -> bool:
    """It does where its header is absent."""
    if isinstance(signal.type, m.Score) and isinstance(signal.absent, Fraction):
        return signal.type.fires(signal.absent)
    return signal.absent is True
