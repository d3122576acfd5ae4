"""What a reader trips over and no solver is needed for."""

from __future__ import annotations

from wrpc.policy import codes
from wrpc.policy.faults import Faults
from wrpc.policy.names import EXPRESSION_KINDS, Names, name_of
from wrpc.source import Source
from wrpc.syntax import tree


def unused(names: Names, main: Source, faults: Faults) -> None:
    """Names that nothing reads; those of an imported file are there for other policies as well.

    What a group makes of a member depends on all of them: of a group of which something reads one, all are used.
    """
    grouped: set[str] = set()
    for text, node in names.of("group").items():
        assert isinstance(node, tree.Group)
        members = [m.text for m in node.members]
        grouped.update(members)
        if not any(("signal", m) in names.read for m in members) and node.name.span.source is main:
            message = f"nothing reads a signal of the group `{text}`"
            faults.add(codes.UNUSED_NAME, message, node.name.span, subjects=(f"group {text}",))
    for kind in (*EXPRESSION_KINDS, "table"):
        for text, node in names.of(kind).items():
            if kind == "signal" and text in grouped:
                continue
            name = name_of(node)
            if (kind, text) not in names.read and name is not None and name.span.source is main:
                message = f"nothing reads the {kind} `{text}`"
                faults.add(codes.UNUSED_NAME, message, name.span, subjects=(f"{kind} {text}",))
