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
            # `vllm-sr` in backticks is the same target as vllm_sr.
            own = target.text.replace("-", "_")
            if own in first:
                faults.add(
                    codes.DUPLICATE_NAME,
                    f"`{target.text}` appears twice in the stack `{name}`",
                    target.span,
                    related=[Related(first[own].span, "first here")],
                )
            elif own not in known and target.text not in known and ("target", target.text) not in names.swallowed:
                best = faults.suggest(target.text, known)
                faults.add(
                    codes.UNKNOWN_NAME,
                    f"no target is called `{target.text}`",
                    target.span,
                    help=best or "targets are " + ", ".join(f"`{k}`" for k in known),
                    fixes=names.rename(target, known) if best else (),
                )
            first.setdefault(own, target)
        made[name] = Stack(name, tuple(t.text for t in first.values()), node.name.span)
    return made
