"""`assume share EXPR = 3% of WORKLOAD`: how often what nobody knows beforehand is so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wrpc.policy.lower import Lowering
from wrpc.policy.model import Frequency
from wrpc.policy.names import Names
from wrpc.policy.operands import REQUEST
from wrpc.policy.routes import Routes
from wrpc.syntax import tree
from wrpc.syntax.spell import flat


def frequencies(
    declarations: Iterable[tree.Declaration], names: Names, lowering: Lowering, routes: Routes
) -> Iterator[Frequency]:
    """Those that are well formed, as they are written."""
    for node in declarations:
        if not isinstance(node, tree.Share):
            continue
        condition = lowering.condition(node.condition, REQUEST)
        share = routes.share(node.share, "the share of `assume share`")
        known = node.of is None or names.find("workload", node.of)
        if condition is not None and share is not None and known:
            of = None if node.of is None else node.of.text
            yield Frequency(condition, share, of, flat(node.condition), node.span)
