"""What a reader trips over and no solver is needed for."""

from __future__ import annotations

from wrpc.policy import codes
from wrpc.policy.faults import Faults
from wrpc.policy.names import EXPRESSION_KINDS, Names, name_of
from wrpc.source import Source


def unused(names: Names, main: Source, faults: Faults) -> None:
    """Names that nothing reads; those of an imported file are there for other policies as well."""
    for kind in EXPRESSION_KINDS:
        for text, node in names.of(kind).items():
            name = name_of(node)
            if (kind, text) not in names.read and name is not None and name.span.source is main:
                message = f"nothing reads the {kind} `{text}`"
                faults.add(codes.UNUSED_NAME, message, name.span, subjects=(f"{kind} {text}",))
