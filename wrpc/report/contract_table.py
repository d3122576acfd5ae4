"""What `decide --table` writes, as models; docs/table.md says how it decides."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wrpc.report.contract import Contract

Exact = Annotated[str, Field(pattern=r"^-?\d+(/[1-9]\d*)?$")]
Runs = list[tuple[int, int]]


class When(Contract):
    """A condition, by one of its keys, in three values. `boxes`: one of them holds, and of a box every test: the cell
    of a dimension lies in one of the runs."""

    boxes: list[list[tuple[int, Runs]]] | None = None
    all: list[When] | None = None
    any: list[When] | None = None
    not_: When | None = Field(default=None, alias="not")
    let: str | None = None


class TableSignal(Contract):
    name: str
    type: Literal["bool", "int", "real", "score", "one_of", "any_of", "string"]
    low: Exact | None = None
    high: Exact | None = None
    threshold: Exact | None = None
    above: bool | None = None
    names: list[str] | None = None
    absent: bool | str | list[str]
    can_fail: bool
    on_error: Literal["fires", "silent", "deny"] | None


class TableGroup(Contract):
    name: str
    members: list[str]
    default: str | None


class Term(Contract):
    """`times` the number of a signal, its confidence, or 1 where a condition holds."""

    times: Exact
    raw: str | None = None
    confidence: str | None = None
    one: When | None = None


class Side(Contract):
    signal: str | None = None
    text: str | None = None


class Dimension(Contract):
    kind: Literal["fires", "failed", "has", "name", "text", "relation", "number"]
    signal: str | None = None
    member: str | None = None
    names: list[str] | None = None
    words: list[str] | None = None
    relation: Literal["equals", "before", "prefix", "suffix", "contains", "matches"] | None = None
    left: Side | None = None
    right: Side | None = None
    terms: list[Term] | None = None
    points: list[Exact] | None = None


class TableNamed(Contract):
    name: str
    when: When


class TableDenial(Contract):
    """`plans` and `unrouted`, where a denial asks what the plan costs that would be chosen."""

    by: str
    reason: str
    when: When
    plans: dict[str, When] | None = None
    unrouted: When | None = None


class TableRoute(Contract):
    """`class` is its place among routes by precedence that is known beforehand; `plan` the place of its plan."""

    name: str
    class_: int = Field(alias="class")
    priority: int
    when: When
    on_unknown: Literal["silent", "fires", "deny"]
    plan: int


class Become(Contract):
    """Keys of `pools`: of the destination as written, as the primary that it becomes, beside another primary."""

    written: str
    primary: str | None = None
    others: str | None = None


class Planned(Contract):
    """`as` is there where rules ask for the role or the causes of a destination."""

    pool: str
    role: Literal["primary", "fallback", "cascade", "over_budget", "spill", "mirror"]
    weight: Exact | None
    as_: Become | None = Field(default=None, alias="as")


class TableBudget(Contract):
    """`amount` of what `of` says, in so many seconds; each of `then` has `at` and one of `tools`, `reasoning`,
    `compress`, `pool` and `deny`."""

    of: Literal["tokens", "USD", "requests"]
    amount: Exact
    seconds: Exact
    per: str | None
    then: list[dict[str, object]]


class TablePlan(Contract):
    """`deed` is equal for what counts as doing the same; `deny` is the reason of a denial."""

    deed: int
    deny: str | None
    cascade: bool
    destinations: list[Planned]
    others: list[str] | None
    budgets: list[TableBudget]


class TableForbid(Contract):
    by: str
    pools: dict[str, When]


class TableObligation(Contract):
    """`when` is null where it is asked of each destination; then `pools` says when."""

    name: str
    when: When | None
    pools: dict[str, When]


class Table(Contract):
    """What `decide --table` writes; docs/table.md says how it decides."""

    version: Literal[1]
    policy: str
    resolve: list[Literal["priority", "confidence", "name"]]
    signals: list[TableSignal]
    groups: list[TableGroup]
    dimensions: list[Dimension]
    lets: list[TableNamed]
    assumptions: list[TableNamed]
    denials: list[TableDenial]
    routes: list[TableRoute]
    wary: list[str]
    default: int | None
    plans: list[TablePlan]
    forbids: list[TableForbid]
    obligations: list[TableObligation]
