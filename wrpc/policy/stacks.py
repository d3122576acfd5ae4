"""Stacks: targets that are deployed together."""

from __future__ import annotations

from wrpc.diagnostics import Related
from wrpc.policy import codes
from wrpc.policy import vocabulary as v
from wrpc.policy.faults import Faults
from wrpc.policy.model import Stack
from wrpc.policy.names import Names
from wrpc.syntax import tree


def stacks(names: Names, faults: Faults) -> dict[str, Stack]:
    """Every stack by name. A target of it is one that the policy declares, or one that wrpc knows."""
    made: dict[str, Stack] = {}
    known = [*names.of("target"), *v.SETTINGS]
    for name, node in names.of("stack").items():
        assert isinstance(node, tree.Stack)
        first: dict[str, tree.Name] = {}
        for target in node.targets:
            if target.text in first:
                faults.add(
                    codes.DUPLICATE_NAME,
                    f"`{target.text}` appears twice in the stack `{name}`",
                    target.span,
                    related=[Related(first[target.text].span, "first here")],
                )
            elif (
                target.text.replace("-", "_") not in known
                and target.text not in known
                and ("target", target.text) not in names.swallowed
            ):
                best = faults.suggest(target.text, known)
                faults.add(
                    codes.UNKNOWN_NAME,
                    f"no target is called `{target.text}`",
                    target.span,
                    help=best or "targets are " + ", ".join(f"`{k}`" for k in known),
                    fixes=names.rename(target, known) if best else (),
                )
            first.setdefault(target.text, target)
        made[name] = Stack(name, tuple(first), node.name.span)
    return made
