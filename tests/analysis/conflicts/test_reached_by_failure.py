"""WRP210 is shown by a request with a failure, also beside an earlier route that does the same."""

from __future__ import annotations

import wrpc.api

DENIES = """
policy p { language 1  resolve [priority, confidence, name] }
signal plain: one_of(no, yes) { source keywords("plain") }
signal kind: one_of(work, chat) { source header("x-kind") }
pool own { trust "own" }
route known { priority 2  when kind == chat or kind == work  deny "no" }
route rest { priority 1  when plain == yes or plain == no  deny "no" }
route some { priority 1  when plain == yes  to own }
"""


def test_the_request_has_a_failure() -> None:
    found = wrpc.check(wrpc.api.loads(DENIES))
    told = next(d for d in found.diagnostics if d.code.id == "WRP210" and d.subjects == ("route rest",))
    assert told.witness is not None
    assert told.witness["kind"] is None


def test_the_request_is_one_of_the_route_where_another_does_the_same() -> None:
    """Of equal routes either may be named; the simplest request of the other is not shown for this one."""
    text = (
        "policy q { language 1  resolve [priority, confidence, name] }\n"
        'signal a: string { source cookie("a") }\n'
        'signal b: string { source header("b")  on_error deny }\n'
        'assume known { prefix(b, "a") }\npool p { }\n'
        'route r { when a in ["x", ""]  to p }\nroute s { when a == "x"  to p weight 1  on_unknown fires }\n'
    )
    (told,) = [d for d in wrpc.api.check(wrpc.api.loads(text)).diagnostics if d.code.id == "WRP210"]
    assert told.witness is not None
    assert told.witness["a"] is None
