"""One row a kind of declaration: its keyword, where the policy keeps it, what its block says, who may change it."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.policy import model as m
from wrpc.values import value


@value
class Declaration:
    """`field` of the policy has those of this kind, by name. `shapes` are the classes of the model whose rows are the
    attributes of its block, `clauses` what else may stand in it; `overridable`: an environment may change one."""

    keyword: str
    field: str = ""
    shapes: tuple[type, ...] = ()
    clauses: tuple[str, ...] = ()
    overridable: bool = False
    expressible: bool = False
    """An expression can name it, so that it shares its names with the others."""


_ANSWERS = ("to", "cascade", "deny", "fallback", "spill", "mirror", "budget", "limit", "sticky")

DECLARATIONS: Mapping[str, Declaration] = {
    d.keyword: d
    for d in (
        Declaration("policy", shapes=(m.Policy,)),
        Declaration("signal", "signals", (m.Signal, m.Score), overridable=True, expressible=True),
        Declaration("score", "definitions", expressible=True),
        Declaration("band", "bands", expressible=True),
        Declaration("group", "groups"),
        Declaration("let", "definitions", expressible=True),
        Declaration("table", "tables"),
        Declaration("stack", "stacks"),
        Declaration("assume", "assumptions"),
        Declaration("workload", "workloads", (m.Workload,), ("when",), overridable=True),
        Declaration("model", "models", (m.Model,), overridable=True),
        Declaration("site", "sites", (m.Site,), overridable=True),
        Declaration("pool", "pools", (m.Pool,), overridable=True),
        Declaration("place", "places", (m.Place,), ("require", "budget", "apart", "prefer")),
        Declaration("route", "routes", (m.Route, m.Action), ("when", *_ANSWERS), overridable=True),
        Declaration("default", "default", clauses=_ANSWERS),
        Declaration(
            "guard",
            "guards",
            (m.Guard,),
            ("forbid", "deny", "require", "sealed", "critical", "accept_failure"),
            overridable=True,
        ),
        Declaration("assert", "assertions", (m.Assertion,), ("always", "never", "critical")),
        Declaration("target", "targets"),
    )
}
