"""No module needs, by way of others, itself: not even inside a function, where an import only hides that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

import grimp


def circles(needs: Mapping[str, AbstractSet[str]]) -> Iterator[list[str]]:
    """Groups of modules of which each needs each other one (Tarjan), without recursion."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    open_: set[str] = set()
    for start in sorted(needs):
        if start in number:
            continue
        number[start] = low[start] = len(number)
        work = [(start, iter(sorted(needs[start])))]
        path.append(start)
        open_.add(start)
        while work:
            module, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[module])
                if low[module] == number[module]:
                    at = path.index(module)
                    group, path[at:] = path[at:], []
                    open_ -= set(group)
                    if len(group) > 1:
                        yield sorted(group)
            elif following not in number:
                number[following] = low[following] = len(number)
                work.append((following, iter(sorted(needs.get(following, ())))))
                path.append(following)
                open_.add(following)
            elif following in open_:
                low[module] = min(low[module], number[following])


def test_a_circle_is_seen() -> None:
    assert list(circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a", "d"}})) == [["b", "c"]]


def test_there_is_none() -> None:
    graph = grimp.build_graph("wrpc", exclude_type_checking_imports=True, cache_dir=None)
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(needs) > 200
    assert list(circles(needs)) == []
