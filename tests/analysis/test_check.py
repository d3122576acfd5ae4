"""Verdicts as a whole: proved, enforced, refuted or open; severities; limits; the same findings every time."""

from __future__ import annotations

import pytest

from wrpc import check, loads
from wrpc.analysis.run import check as run
from wrpc.diagnostics import Findings

SIGNALS = """
signal a: bool { source header("a") }
signal b: bool { source header("b")  on_error fires }
signal n: int(0..100) { source prompt_tokens }
pool own { trust "own" }
pool cloud { trust "cloud" }
"""


def verdicts(text: str) -> dict[str, str]:
    return {p.subject: p.verdict for p in check(loads(SIGNALS + text)).proofs}


def severities(found: Findings, code: str) -> dict[str, str]:
    return {d.subjects[0]: d.severity for d in found.diagnostics if d.code.id == code}


@pytest.mark.parametrize(
    ("text", "subject", "verdict"),
    [
        ('default { to own } assert k { never destination.trust == "cloud" }', "assert k", "proved"),
        ('default { to own, cloud } assert k { never destination.trust == "cloud" }', "assert k", "refuted"),
        # Where there is no destination, a claim about destinations holds.
        ('default { deny "no" } assert k { always destination.trust == "own" }', "assert k", "proved"),
        ("default { to own } assert k { always routed  never denied  always route == default }", "assert k", "proved"),
        # One claim of several is refuted.
        ("default { to own } assert k { always routed  always denied }", "assert k", "refuted"),
        ('default { to own } guard g { forbid destination.trust == "cloud" }', "guard g", "proved"),
        ('default { to cloud, own } guard g { forbid destination.trust == "cloud" }', "guard g", "enforced"),
        ('default { to own } guard g { deny "no" when n > 200 }', "guard g", "proved"),
        ('default { to own } guard g { deny "no" when n > 90 }', "guard g", "enforced"),
        ('default { deny "no" } guard g { deny "no" when n > 90 }', "guard g", "proved"),
        ("default { to own } guard g { require audit when n > 90 }", "guard g", "enforced"),
        ('default { to own } guard g { require audit when destination.trust == "cloud" }', "guard g", "proved"),
        # An edge counts.
        ('default { to own  mirror cloud 5% } guard g { forbid destination.trust == "cloud" }', "guard g", "enforced"),
        # A request that two routes take and a guard denies.
        ('route x { when a  to own } route y { when a  to cloud } guard g { deny "no" when a }', "guard g", "enforced"),
        # Of those two only one would serve, and the other goes first by name alone.
        ('route x { when a  deny "x" } route y { when a  to own } guard g { deny "no" when a }', "guard g", "enforced"),
        # Only a failure makes it act.
        (
            "route x { when not a  to cloud } default { to own } guard g { forbid destination.pool == cloud when a }",
            "guard g",
            "proved",
        ),
        (
            'route x { when a  to own } default { to cloud } guard g { forbid destination.trust == "cloud" when a }',
            "guard g",
            "enforced",
        ),
        (
            'route x { when b  to own } default { to cloud } guard g { forbid destination.trust == "cloud" when b }',
            "guard g",
            "proved",
        ),
    ],
)
def test_verdicts(text: str, subject: str, verdict: str) -> None:
    assert verdicts(text)[subject] == verdict


def test_what_is_assumed_stands_in_the_proof() -> None:
    found = check(loads(SIGNALS + "assume short { n < 50 } default { to own } assert k { never n > 60 }"))
    (proof,) = found.proofs
    assert (proof.verdict, proof.leans_on) == ("proved", ("assume short",))


def test_the_request_shows_this_guard_and_not_another_that_does_the_same() -> None:
    found = check(loads(SIGNALS + "default { to own } guard g { require audit when n > 90 } guard h { require audit }"))
    shown = {p.subject: p.witness for p in found.proofs}
    assert shown["guard h"] == {}
    assert shown["guard g"] is not None
    assert "n" in shown["guard g"]


def test_a_failed_signal_is_an_error_for_what_is_sealed_or_critical() -> None:
    text = (
        "route home { when a  to own } default { to cloud } "
        'assert loose { never destination.trust == "cloud" when a } '
        'assert strict { critical  never destination.trust == "cloud" when a } '
        'guard plain { forbid destination.trust == "cloud" when a } '
        'guard vital { critical  forbid destination.trust == "cloud" when a } '
        'guard kept { sealed  forbid destination.trust == "cloud" when a } '
    )
    for guard in ("plain", "vital", "kept"):
        text = text.replace(f"guard {guard}", f"#guard {guard}")  # a guard would keep the claims
    claims = check(loads(SIGNALS + text.replace("#guard", "\n#guard")))
    assert severities(claims, "WRP403") == {"assert loose": "warning", "assert strict": "error"}
    assert {p.subject: p.verdict for p in claims.proofs} == {"assert loose": "proved", "assert strict": "refuted"}
    guards = check(loads(SIGNALS + text.replace("#guard", "guard")))
    assert severities(guards, "WRP403") == {"guard plain": "warning", "guard vital": "error", "guard kept": "error"}


@pytest.mark.parametrize(
    "known", ["assume k { not f }", "let calm = not f assume k { calm }", "score n = 1 * f assume k { n < 1 }"]
)
def test_an_assumption_does_not_speak_of_what_a_failure_means(known: str) -> None:
    """To it a failed signal is unknown, so that what it rules out still comes about by a failure."""
    text = 'signal f: bool { source header("f")  on_error fires } pool p { } pool q { } '
    text += "route r { when f  to q } default { to p } assert a { critical  never destination.pool == q } " + known
    (proof,) = check(loads(text)).proofs
    assert (proof.verdict, proof.witness) == ("refuted", {"f": None})


def test_conflicts_are_errors_unless_a_key_decides() -> None:
    routes = SIGNALS + "route x { when a  to own } route y { when b  to cloud } default { to own }"
    assert severities(check(loads(routes)), "WRP201") == {"route x": "error"}
    named = "policy n { resolve [priority, name] }" + routes
    assert severities(check(loads(named)), "WRP201") == {"route x": "warning"}


def test_a_failure_that_takes_the_confidence_away_makes_a_conflict() -> None:
    text = """
policy n { resolve [priority, confidence] }
signal s: score { source classifier("s")  threshold 0.9 }
signal t: score { source classifier("t")  threshold 0.5 }
pool p { }
pool q { }
route x { when s  to p  on_unknown fires }
route y { when t and raw(t) < 0.8  to q }
default { to p }
"""
    found = check(loads(text))
    assert severities(found, "WRP201") == {"route x": "error"}
    (conflict,) = [d for d in found.diagnostics if d.code.id == "WRP201"]
    assert conflict.witness is not None
    assert conflict.witness["s"] is None


# ── Requests that routes conflict for ────────────────────────────────────

CONFLICT = "route x { when a  to own } route y { when b  to cloud } default { to own } "


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        # Nothing is proved over a request that has no decision, whichever route would win.
        ("assert k { always served }", "open"),
        ("assert k { never served when false }", "proved"),
        ("assert k { always served when a and b }", "open"),
        ('assert k { never destination.trust == "cloud" when a }', "open"),
        ('assert k { always destination.trust == "own" when destination.pool == own }', "open"),
        ("assert k { never denied when route == x }", "open"),
        # What the claim speaks of no route conflicts for.
        ('assert k { never destination.trust == "cloud" when not b }', "proved"),
        ("assert k { always served when n > 50 and not a }", "proved"),
        # A request shows it all the same.
        ("assert k { never served when a }", "refuted"),
        # A plan of one of them would need the guard, and no other.
        ('guard k { forbid destination.trust == "cloud" when a and b }', "open"),
        ('guard k { forbid destination.trust == "cloud" when b }', "enforced"),
        ("guard k { require audit when a and b }", "open"),
        ('guard k { require audit when destination.trust == "cloud" and a }', "open"),
        ('guard k { forbid destination.trust == "cloud" when not b }', "proved"),
        # Whoever is denied has a decision.
        ('assert k { always denied when a } guard g { deny "no" when a }', "proved"),
    ],
)
def test_nothing_is_proved_over_a_conflict(rule: str, verdict: str) -> None:
    signals = SIGNALS.replace('header("a")', 'keywords("a")').replace('header("b")  on_error fires', 'keywords("b")')
    found = check(loads(signals + CONFLICT + rule))
    (proof,) = [p for p in found.proofs if p.subject.endswith(" k")]
    assert proof.verdict == verdict
    assert ("`x` and `y` no longer conflict" in proof.why) is (verdict == "open")


def test_a_conflict_only_with_a_failure_keeps_a_claim_open() -> None:
    text = CONFLICT.replace("when a  to own", "when not a  to own  on_unknown fires").replace("when b", "when a and b")
    found = check(loads(SIGNALS + text + "assert k { always served }"))
    assert severities(found, "WRP201") == {}
    found = check(
        loads(SIGNALS + text.replace("to cloud", "to cloud  on_unknown fires") + "assert k { always served }")
    )
    assert severities(found, "WRP201") == {"route x": "error"}
    assert [p.verdict for p in found.proofs] == ["open"]


def crowd(resolve: str, routes: int = 12) -> str:
    """Every two of these meet: 66 pairs of twelve."""
    text = f'policy n {{ {resolve} }} signal s: score {{ source keywords("s")  threshold 0.5 }}\n'
    text += 'signal a: bool { source keywords("a") }\n'
    text += "\n".join(f"pool p{i} {{ }} route r{i:02} {{ when s and a  to p{i} }}" for i in range(routes))
    return text + " default { to p0 }"


@pytest.mark.parametrize(
    ("resolve", "severity", "says"),
    [
        ("resolve [priority]", "error", "conflict, and the others are not named"),
        ("resolve [confidence]", "error", "conflict, and the others are not named"),
        ("resolve [priority, name]", "warning", "none conflicts: no request leaves two equal"),
        ("resolve [confidence, name]", "warning", "none conflicts: no request leaves two equal"),
    ],
)
def test_too_many_pairs_to_name_are_told_as_such(resolve: str, severity: str, says: str) -> None:
    found = [d for d in check(loads(crowd(resolve))).diagnostics if d.code.id == "WRP201"]
    (limit,) = [d for d in found if not d.subjects]
    assert len(found) == 51
    assert {d.severity for d in found} == {severity}
    assert limit.message.startswith("more than 50 pairs")
    assert says in limit.message
    assert limit.witness is not None


def test_many_warnings_hide_no_conflict() -> None:
    last = " route z1 { priority 5  when a and not s  to p0 } route z2 { priority 5  when a and not s  to p1 }"
    rest = crowd("resolve [confidence, priority]").replace("route r", "route q")
    for i in range(12):
        rest = rest.replace(f"route q{i:02} {{", f"route q{i:02} {{ priority {i} ")
    found = check(loads(rest + last))
    told = {d.subjects: d.severity for d in found.diagnostics if d.code.id == "WRP201"}
    assert [s for s, severity in told.items() if severity == "error"] == [("route z1", "route z2")]
    assert told[()] == "warning"


# ── The solver's limits ───────────────────────────────────────────────────


def test_what_the_solver_gives_up_on_is_open_and_fails() -> None:
    sums = " + ".join(f"{i + 3} * n{i}" for i in range(12))
    text = "".join(f'signal n{i}: int(0..1M) {{ source header("n{i}") }}\n' for i in range(12))
    text += f"pool p {{ }}\npool q {{ }}\nroute r {{ when {sums} == 7_654_321  to q }}\ndefault {{ to p }}\n"
    text += "assert k { never destination.pool == q }\nguard g { forbid destination.pool == q when n0 > 5 }\n"
    found = run(loads(text), resources=1)
    assert {p.subject: p.verdict for p in found.proofs} == {"assert k": "open", "guard g": "open"}
    open_ = [d for d in found.diagnostics if d.code.id == "WRP409"]
    assert {d.verdict for d in open_} == {"open"}
    assert not found.ok
    assert all(d.witness is None for d in open_)


def test_conditions_are_not_multiplied_out() -> None:
    """200 choices of two, all at once: 2^200 cases, had anybody to look at each. The limit is in steps, not seconds."""
    text = "".join(f'signal x{i}: bool {{ source keywords("x{i}") }}\n' for i in range(400))
    parts = " and ".join(f"(x{2 * i} or x{2 * i + 1})" for i in range(200))
    text += f"pool p {{ }}\npool q {{ }}\nroute r {{ when {parts}  to q }}\ndefault {{ to p }}\n"
    text += (
        "assert k { never destination.pool == q when not x0 and not x1 }\nassert l { never destination.pool == q }\n"
    )
    found = run(loads(text), resources=2_000_000)
    assert {p.subject: p.verdict for p in found.proofs} == {"assert k": "proved", "assert l": "refuted"}
    assert all(d.verdict != "open" for d in found.diagnostics)


def test_the_same_findings_every_time() -> None:
    text = SIGNALS + (
        "route x { when a and n > 7  to own  fallback cloud } route y { when b or n < 3  to cloud } "
        'guard g { forbid destination.trust != "own" when n > 50 } assert k { never denied }'
    )
    first, second = check(loads(text)), check(loads(text))
    assert told(first) == told(second)


def told(found: Findings) -> list[object]:
    made: list[object] = [
        (d.code.id, d.severity, d.message, d.span.start, d.witness and list(d.witness.items()), d.subjects)
        for d in found.diagnostics
    ]
    return made + [(p.subject, p.verdict, p.witness and list(p.witness.items())) for p in found.proofs]


def test_a_condition_of_very_many_parts_is_not_taken_apart() -> None:
    """Each question about a part would have all others in it."""
    n = 9
    squares = [(r, c) for r in range(n) for c in range(n)]
    text = "".join(f'signal q{r}_{c}: bool {{ source keywords("{r} {c}") }}\n' for r, c in squares)
    rows = ["(" + " or ".join(f"q{r}_{c}" for c in range(n)) + ")" for r in range(n)]
    pairs = [f"not (q{a}_{b} and q{c}_{b})" for a, b in squares for c in range(a + 1, n)]
    text += f"pool p {{ }}\npool q {{ }}\nroute r {{ when {' and '.join([*rows, *pairs, 'q0_0', 'q0_0'])}  to q }}\n"
    found = run(loads(text + "default { to p }\n"), resources=2_000_000)
    assert [d.code.id for d in found.diagnostics if d.code.id == "WRP211"] == []
