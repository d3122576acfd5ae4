"""The JSON that programs read: each shape by the name of its schema in `docs/schemas`."""

from __future__ import annotations

from wrpc.report import contract as c
from wrpc.report import contract_explain as e
from wrpc.report.contract_simulate import Simulated
from wrpc.report.contract_sized import DividedFleet, SizedFleet
from wrpc.report.contract_table import Table

SCHEMAS: dict[str, type[c.Contract]] = {
    "report": c.Report,
    "decision": c.Decision,
    "refused": c.Refused,
    "diff": c.Diff,
    "test": c.Suite,
    "place": c.Placed,
    "size": SizedFleet,
    "size-boundary": DividedFleet,
    "simulate": Simulated,
    "verify": c.Verified,
    "explain-policy": e.ExplainedPolicy,
    "explain-route": e.ExplainedRoute,
    "explain-guard": e.ExplainedGuard,
    "explain-assert": e.ExplainedAssert,
    "explain-request": e.ExplainedRequest,
    "table": Table,
}
