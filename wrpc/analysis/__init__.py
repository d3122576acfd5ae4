"""Findings about a resolved policy: a folder a family, a file a check.

One more check is its file, its test and one row here. `LINTS` need no solver; `CHECKS` ask it. A row names the codes
that its module declares.
"""

from __future__ import annotations

LINTS: dict[str, tuple[str, ...]] = {
    "wrpc.analysis.conflicts.route_without_tier": ("WRP205",),
    "wrpc.analysis.safety.undeclared_attribute": ("WRP405",),
    "wrpc.analysis.safety.failing_test": ("WRP408",),
    "wrpc.analysis.pools.repeated_pool": ("WRP503",),
    "wrpc.analysis.pools.impossible_pool": ("WRP508",),
    "wrpc.analysis.pools.same_steps": ("WRP509",),
    "wrpc.analysis.pools.endless_retention": ("WRP510",),
    "wrpc.analysis.pools.idle_budget": ("WRP511",),
    "wrpc.analysis.capacity.unusable_profile": ("WRP606",),
    "wrpc.analysis.capacity.unusable_lengths": ("WRP614",),
    "wrpc.analysis.capacity.unknown_lengths": ("WRP615",),
}

CHECKS: dict[str, tuple[str, ...]] = {
    "wrpc.analysis.conflicts.conflicting_routes": ("WRP201",),
    "wrpc.analysis.conflicts.unreachable_route": ("WRP202",),
    "wrpc.analysis.conflicts.unsatisfiable_when": ("WRP203",),
    "wrpc.analysis.conflicts.redundant_route": ("WRP204",),
    "wrpc.analysis.conflicts.reached_by_failure": ("WRP210",),
    "wrpc.analysis.conflicts.redundant_part": ("WRP211",),
    "wrpc.analysis.conflicts.late_protection": ("WRP212",),
    "wrpc.analysis.coverage.unrouted_request": ("WRP301",),
    "wrpc.analysis.coverage.unreached_pool": ("WRP302",),
    "wrpc.analysis.coverage.overlapping_workloads": ("WRP303",),
    "wrpc.analysis.coverage.unserved_workload": ("WRP304",),
    "wrpc.analysis.coverage.length_gap": ("WRP305",),
    "wrpc.analysis.coverage.role_without_pool": ("WRP306",),
    "wrpc.analysis.safety.refuted_claim": ("WRP401",),
    "wrpc.analysis.safety.removed_edge": ("WRP402",),
    "wrpc.analysis.safety.fails_with_a_signal": ("WRP403",),
    "wrpc.analysis.safety.weakened_guard": ("WRP404",),
    "wrpc.analysis.safety.nothing_left": ("WRP406",),
    "wrpc.analysis.safety.removed_primary": ("WRP407",),
    "wrpc.analysis.safety.undecided_claim": ("WRP409",),
    "wrpc.analysis.safety.fails_open": ("WRP410",),
    "wrpc.analysis.safety.idle_guard": ("WRP411",),
    "wrpc.analysis.safety.empty_claim": ("WRP412",),
    "wrpc.analysis.safety.late_denial": ("WRP413",),
    "wrpc.analysis.safety.idle_branch": ("WRP414",),
    "wrpc.analysis.safety.shared_cache": ("WRP415",),
    "wrpc.analysis.pools.too_long": ("WRP501",),
    "wrpc.analysis.pools.impossible_placement": ("WRP502",),
    "wrpc.analysis.pools.leaving_region": ("WRP504",),
    "wrpc.analysis.pools.leaving_provider": ("WRP505",),
    "wrpc.analysis.pools.shrinking_context": ("WRP506",),
    "wrpc.analysis.pools.refusal_escape": ("WRP507",),
    "wrpc.analysis.capacity.empty_workload": ("WRP618",),
    "wrpc.analysis.capacity.contradicting_shares": ("WRP616",),
    "wrpc.analysis.capacity.small_pool": ("WRP601",),
    "wrpc.analysis.capacity.unreachable_objective": ("WRP602",),
    "wrpc.analysis.capacity.open_size": ("WRP603",),
    "wrpc.analysis.capacity.slow_start": ("WRP604",),
}
