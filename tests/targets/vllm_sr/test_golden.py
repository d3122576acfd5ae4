"""Policies and the files that they become. Reading back is the proof; these are for reading differences."""

from __future__ import annotations

from pathlib import Path

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, compiled, content, files, said, target
from tests.support.equal import differences, sampled
from wrpc.policy.model import Policy
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Options

HERE = Path(__file__).resolve().parent
OWN = {path.stem: path for path in sorted((HERE / "cases").glob("*.wrp"))}
GOLDEN = {**OWN, "private_stays_home": POLICIES["private_stays_home"]}


def load(path: Path) -> Policy:
    return wrpc.api.load(path)


@pytest.mark.parametrize("name", GOLDEN)
def test_it_becomes_this(name: str, update: bool) -> None:
    found = files(compiled(load(GOLDEN[name]), "vllm-sr"))
    for path, text in found.items():
        golden = HERE / "golden" / name / path
        if update:
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert golden.read_text(encoding="utf-8") == text
    assert found


def test_no_golden_is_left_over() -> None:
    assert {p.name for p in (HERE / "golden").iterdir()} == set(GOLDEN)


@pytest.mark.parametrize("name", OWN)
def test_nothing_is_lost_in_silence(name: str) -> None:
    found = compiled(load(OWN[name]), "vllm-sr")
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []
    assert said(found.diagnostics, "WRP801") == []


@pytest.mark.parametrize("name", OWN)
def test_it_decides_as_the_policy_does(name: str) -> None:
    policy, read = load(OWN[name]), target("vllm-sr").read
    assert read is not None
    back = read(files(compiled(policy, "vllm-sr")), policy)
    assert differences(policy, back) == []
    assert sampled(policy, back, requests=1000) == []


def test_a_changed_file_decides_otherwise() -> None:
    policy, read = load(OWN["numbers"]), target("vllm-sr").read
    assert read is not None
    text = files(compiled(policy, "vllm-sr"))["config.yaml"]
    for old, new in (("'8000'", "'9000'"), ("operator: NOT", "operator: AND"), ("weight: 0.5", "weight: 0.7")):
        assert old in text
        assert differences(policy, read({"config.yaml": text.replace(old, new, 1)}, policy))


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_of_the_library_compiles_or_says_why(name: str) -> None:
    policy = load(POLICIES[name])
    emitted = target("vllm-sr").emit(settle(policy), Options())
    assert emitted.artifacts[0].text == target("vllm-sr").emit(settle(policy), Options()).artifacts[0].text
    assert target("vllm-sr").check({"config.yaml": emitted.artifacts[0].text}) == ()


# ── What a guard removes ──────────────────────────────────────────────────

MIRRORS = """
signal pii: bool { source keywords("x") }
pool own { endpoint "a:1"  trust "own" }  pool far { endpoint "b:1"  trust "cloud" }
pool spare { endpoint "c:1"  trust "own" }
"""


def shadows(text: str) -> list[list[str]]:
    found = compiled(MIRRORS + text, "vllm-sr")
    decisions = content(found, "config.yaml")["routing"]["decisions"]
    plugins = [[p for p in d.get("plugins", ()) if p["type"] == "shadow_dispatch"] for d in decisions]
    return [[p["configuration"]["model"] for p in of] for of in plugins]


def test_a_mirror_that_a_guard_removes_is_no_shadow() -> None:
    guard = 'guard g { sealed  forbid destination.trust == "cloud" }'
    assert shadows(f'route r {{ when pii to own mirror far 5% }} default {{ deny "no" }} {guard}') == [[], []]
    # The second takes the place of the first.
    text = f'route r {{ when pii to own mirror far 5% mirror spare 5% }} default {{ deny "no" }} {guard}'
    assert shadows(text) == [["spare"], []]
    freer = guard.replace(" }", " when pii }")
    assert shadows(f"default {{ to own mirror far 5% }} {freer}") == [["far"], []]


def test_a_second_mirror_is_not_dropped_in_silence() -> None:
    found = compiled(MIRRORS + "default { to own mirror far 5% mirror spare 5% }", "vllm-sr")
    assert any("the mirror to `spare`" in m for m in said(found.diagnostics, "WRP801"))


def test_quality_is_a_rating_of_one_s_own() -> None:
    text = 'model m { quality 0.8 } model n { } pool a { model m endpoint "a:1" labels { rank 3 } }'
    text += ' pool b { model n endpoint "b:1" }'
    made = content(compiled(text + " default { to a }", "vllm-sr"), "config.yaml")
    rating = {"model": "a", "benchmark": "vllm-sr/operator-rating@1.0.0", "metrics": {"score": 0.8}}
    assert made["evaluation"] == {"records": [rating]}
    assert made["routing"]["modelCards"][0]["tags"] == ["rank:3"]
    found = compiled(text.replace("0.8", "80") + " default { to a }", "vllm-sr")
    (lost,) = said(found.diagnostics, "WRP801")
    assert lost == "`vllm-sr` does not carry the quality of model `m`: a rating is at most 1, not 80"
    assert "evaluation" not in content(found, "config.yaml")


@pytest.mark.parametrize("listen", ["nowhere", "h:", "h:0", "h:65536", "h:²", "h:-1", "h:99999999999"])
def test_a_listener_has_a_port(listen: str) -> None:
    text = f"""policy p {{ language 1 }}
    pool a {{ endpoint "h:1" }}
    default {{ to a }}
    target vllm_sr {{ listen "{listen}" }}
    """
    found = compiled(text, "vllm-sr")
    assert [d.message for d in found.diagnostics if d.severity == "error"] == [
        f"`listen` is `{listen}`, which names no port to listen on"
    ]


def test_a_route_that_holds_always_does_not_slip_behind_the_others() -> None:
    text = MIRRORS + "route a { priority 2  when 1 > 0  to own }  route b { when pii  to spare }  default { to own }"
    found = compiled(text, "vllm-sr")
    assert not found.ok
    assert any("goes behind all those with some" in d.message for d in found.diagnostics)
    assert compiled(text.replace("priority 2", "priority -2"), "vllm-sr").ok


def test_a_bound_below_every_count_lets_all_through() -> None:
    """It was taken for none: a guard that always denies stood in no file."""
    policy = wrpc.api.loads(
        "policy p { language 1 } signal n: int(0..100k) { source prompt_tokens } signal t: int(0..9) { source turns }"
        ' pool a { endpoint "127.0.0.1:1" } route r { when n > -0.5 and t < 5  to a }'
        ' guard g { deny "no" when n >= -1 and t >= 3 }'
    )
    read = target("vllm-sr").read
    assert read is not None
    assert differences(policy, read(files(compiled(policy, "vllm-sr")), policy)) == []
