"""The JSON that programs read, as models: one object of `lint`, `check`, `import` and `compile`, one line of `decide`.

`docs/schemas` has their JSON Schemas. The commands write the same shapes by hand, since a small `lint` has no time for
pydantic; the tests hold the two together. Keys are added, never renamed or removed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Value = bool | int | float | str | list[str] | None


class Contract(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Span(Contract):
    """From `line` and `column` up to, not including, `end_line` and `end_column`; all counted from 1."""

    file: str
    line: int = Field(ge=1)
    column: int = Field(ge=1)
    end_line: int = Field(ge=1)
    end_column: int = Field(ge=1)


class Related(Contract):
    span: Span
    label: str


class Edit(Contract):
    span: Span
    text: str


class Fix(Contract):
    """`text` takes the place of `span`; with it go the edits of `also`, whose spans are those of the file before."""

    title: str
    span: Span
    text: str
    safe: bool
    also: list[Edit]


class Diagnostic(Contract):
    """`region`: a condition that is true for just the requests that the finding is about, failed signals included; or
    the widest part of it, and how many more there are. Null where it is about no requests, or nothing exact and short
    is found to say of them."""

    code: str = Field(pattern=r"^WRP\d{3}$")
    severity: Literal["error", "warning", "info"]
    verdict: Literal["refuted", "open"] | None
    message: str
    span: Span
    subjects: list[str]
    related: list[Related]
    witness: dict[str, Value] | None
    help: str | None
    fixes: list[Fix]
    region: str | None
    baseline: bool | None = None


class Suppression(Contract):
    """Why a finding does not count: a comment beside it, a waiver of its guard or claim, or the project's settings."""

    by: Literal["comment", "waiver", "settings"]
    reason: str
    span: Span
    owner: str | None
    until: str | None


class Suppressed(Diagnostic):
    suppression: Suppression


class Proof(Contract):
    """`assumes`: what a proof takes for granted, `no signal fails`, `no budget is used up` or the name of an `assume`.
    `why`: what would settle one that is open, or what else is to be known of its witness."""

    subject: str
    verdict: Literal["proved", "enforced", "refuted", "open"]
    witness: dict[str, Value] | None
    assumes: list[str]
    why: str | None


class Summary(Contract):
    errors: int
    warnings: int
    proved: int
    refuted: int
    open: int
    enforced: int
    tests: int
    assumes: list[str]
    baseline: int | None = None
    suppressed: int | None = None


class Report(Contract):
    """What `--format json` prints. Numbers of a witness are in base units.

    In a run with a baseline each finding says whether it is in it; one that is counts in `summary.baseline`, and
    neither among the errors nor among the warnings unless it fails all the same. `suppressed`: findings that are
    accepted, and are none of `diagnostics`; there where there are any.
    """

    version: Literal[1]
    verdict: Literal["pass", "fail"]
    summary: Summary
    diagnostics: list[Diagnostic]
    proofs: list[Proof]
    suppressed: list[Suppressed] | None = None


class Destination(Contract):
    pool: str
    weight: float | None
    role: Literal["primary", "fallback", "cascade", "over_budget", "spill", "mirror"]
    obligations: list[str]


class Removal(Contract):
    pool: str
    by: str


class Budget(Contract):
    """What a budget or limit (`of` requests) lets be used in so many seconds, by the requests of one value of the
    signal `per`, or by all of the route together. Each of `then` has `at`, the multiple at which it begins, and one of
    `tools`, `reasoning`, `compress`, `pool` and `deny`; where there is none a used-up budget denies the request."""

    of: Literal["tokens", "USD", "requests"]
    amount: float
    seconds: float
    per: str | None
    then: list[dict[str, object]]


class Decision(Contract):
    """One line of `decide --format json`. `denied_by` is a guard, a route or a signal, as `guard attacks`; null where
    nothing denies the request. `budgets` stands there where the route has some: each as the guards leave it."""

    route: str | None
    action: Literal["route", "deny", "unrouted"]
    reason: str | None
    destinations: list[Destination]
    obligations: list[str]
    fired: list[str]
    removed: list[Removal]
    others: list[str] | None = None
    denied_by: str | None
    budgets: list[Budget] | None = None


class Fault(Contract):
    code: str = Field(pattern=r"^WRP\d{3}$")
    message: str


class Refused(Contract):
    """The line of `decide` for what is no request of the policy, or one on which it says two things."""

    error: Fault


class Change(Contract):
    """`old` denies where the old policy does not admit the request. `points` is the share of the points of the space,
    null where conditions hold sums against numbers; it is no share of traffic."""

    effect: Literal["weaker", "stronger", "different"]
    region: str | None
    witness: dict[str, Value]
    old: Decision
    new: Decision
    subjects: list[str]
    points: float | None


class Touched(Contract):
    subject: str
    change: Literal["added", "removed", "changed"]


class Open(Contract):
    """Why the verdict may be another one. `code` is WRP201 where routes of a policy conflict for the witness."""

    why: str
    code: str | None
    witness: dict[str, Value] | None


class Diff(Contract):
    """What `diff --format json` prints."""

    version: Literal[1]
    verdict: Literal["same", "different", "stronger", "weaker", "open"]
    changes: list[Change]
    rules: list[Touched]
    open: list[Open]


class Ran(Contract):
    """`message` says what the test expected and what it found; null where it passed."""

    name: str
    span: Span
    verdict: Literal["pass", "fail"]
    message: str | None


class MissedCase(Contract):
    """`request` would try the case; null where none was found within the solver's limit. `condition` is `true` where a
    rule has none."""

    condition: str
    request: dict[str, Value] | None


class CoveredRule(Contract):
    """How many cases of a route or guard the tests try, of how many that some request could."""

    subject: str
    span: Span
    hit: int
    of: int
    missed: list[MissedCase]


class Coverage(Contract):
    rules: list[CoveredRule]
    hit: int
    of: int


class Suite(Contract):
    """What `test --format json` prints."""

    version: Literal[1]
    verdict: Literal["pass", "fail"]
    tests: list[Ran]
    coverage: Coverage


class Standing(Contract):
    """Replicas of a pool on a site; a phase of a split pool stands by itself. Null where a power or price is not
    known."""

    pool: str
    phase: Literal["prefill", "decode"] | None
    site: str
    replicas: int = Field(ge=1)
    gpus: int = Field(ge=1)
    watts: int | float | None
    usd_per_hour: int | float | None


class Totals(Contract):
    """`sites` counts pairs of site and pool in use."""

    watts: int | float | None
    usd_per_hour: int | float | None
    sites: int


class Cause(Contract):
    """`change` is the least change to it that would mend the clash, null where none is known but leaving it out.
    `needed`: the other causes can hold together without it; false where the solver gives up before it tells."""

    cause: str
    span: Span
    change: str | None
    needed: bool


class OpenCause(Contract):
    """A clause, or what is preferred, that hangs on something unknown; `settle` is what would tell."""

    cause: str
    span: Span
    why: str
    settle: str


class Placed(Contract):
    """What `place --format json` prints. `placement` is sorted by pool, phase (prefill first) and site, and empty
    unless the verdict is `placed`. The causes of a `clash` cannot hold together."""

    version: Literal[1]
    verdict: Literal["placed", "impossible", "open"]
    placement: list[Standing]
    totals: Totals
    clash: list[Cause]
    open: list[OpenCause]


class Difference(Contract):
    """A request that a compiled file decides otherwise than the policy; `entry` is the line that takes it, as
    `envoy/envoy.yaml:120`. `what`: of a target that decides no requests, what is not as compiled; the rest is null."""

    region: str | None
    witness: dict[str, Value] | None
    policy: Decision | None
    artifact: Decision | None
    entry: str
    what: str | None


class VerifiedTarget(Contract):
    """`why` says what keeps it open, or what is not compared."""

    target: str
    verdict: Literal["equal", "different", "open"]
    differences: list[Difference]
    why: str | None


class Verified(Contract):
    """What `verify --format json` prints."""

    version: Literal[1]
    verdict: Literal["equal", "different", "open"]
    targets: list[VerifiedTarget]
    diagnostics: list[Diagnostic]
