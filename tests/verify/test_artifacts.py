"""Compiled folders against their policies: what was edited is shown as a request, what cannot be read has a code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import wrpc
from wrpc.diagnostics import Refusal
from wrpc.verify.artifacts import Report, verify

POLICY = """\
signal pii: bool { source header("x-pii") }
signal tokens: int(0..100k) { source header("x-tokens") }
pool own { trust "own" }
pool cloud { trust "cloud" }
route large {
  when tokens > 8k
  to cloud
  fallback own
}
default { to own }
guard stays { forbid destination.trust == "cloud" when pii }
target envoy {
  listen "127.0.0.1:8080"
  endpoints { own "127.0.0.1:8001"  cloud "127.0.0.1:8002" }
  trust_headers true
}
"""
ENVOY = "envoy/envoy.yaml"


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    """A policy and the folder that it was compiled to."""
    (tmp_path / "p.wrp").write_text(POLICY)
    policy = wrpc.load(tmp_path / "p.wrp")
    wrpc.compile(policy, "envoy").write(tmp_path / "out")
    return tmp_path / "out"


def edited(path: Path, old: str, new: str) -> int:
    """The line on which a text is exchanged for another one."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


def codes(report: Report) -> list[str]:
    return [d.code.id for d in report.findings.diagnostics]


def test_what_was_compiled_is_equal(compiled: Path) -> None:
    report = verify(compiled)
    assert (report.verdict, report.findings.diagnostics) == ("equal", ())
    assert report.targets[0].json() == {"target": "envoy", "verdict": "equal", "differences": [], "why": None}


def test_an_edited_bound_is_shown_as_a_request(compiled: Path) -> None:
    line = edited(compiled / ENVOY, "start: 8001", "start: 9001")
    report = verify(compiled)
    assert report.verdict == "different"
    assert codes(report) == ["WRP865"]
    assert report.findings.diagnostics[0].span.line == line
    found = report.targets[0].differences
    assert found
    policy = wrpc.load(compiled.parent / "p.wrp")
    for difference in found:
        assert difference.witness is not None
        assert 8000 < difference.witness["tokens"] <= 9000  # type: ignore[operator]  # a number
        assert difference.policy == wrpc.decide(policy, difference.witness)
        path, _, number = difference.entry.rpartition(":")
        assert path == ENVOY
        assert "- name:" in (compiled / path).read_text().splitlines()[int(number) - 1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("                  cluster: cloud+own\n", "                  cluster: own\n"),  # another destination
        ("pool: own\n", "pool: stranger\n"),  # one that the policy does not know
        ("treat_missing_header_as_empty: true", "treat_missing_header_as_empty: false"),  # a failure
        ("status: 400", "status: 404"),
    ],
)  # fmt: skip
def test_other_edits(compiled: Path, old: str, new: str) -> None:
    edited(compiled / ENVOY, old, new)
    assert verify(compiled).verdict in ("different", "open")


def test_an_edge_that_is_gone(compiled: Path) -> None:
    text = (compiled / ENVOY).read_text()
    start, end = (
        text.index("                    retry_priority:"),
        text.index("                        update_frequency: 1\n"),
    )
    (compiled / ENVOY).write_text(text[:start] + text[end:].partition("\n")[2])
    report = verify(compiled)
    assert report.verdict == "different", report.targets[0].why
    decisions = [(d.policy, d.artifact) for d in report.targets[0].differences]
    assert all(p is not None and a is not None and len(p.destinations) > len(a.destinations) for p, a in decisions)


def test_an_edit_that_decides_nothing(compiled: Path) -> None:
    line = edited(compiled / ENVOY, "port_value: 8002", "port_value: 8009")
    report = verify(compiled)
    assert (report.verdict, codes(report)) == ("equal", ["WRP865"])
    assert report.findings.diagnostics[0].span.line == line


def test_a_policy_that_was_changed_since(compiled: Path) -> None:
    edited(compiled.parent / "p.wrp", "tokens > 8k", "tokens > 9k")
    report = verify(compiled)
    assert report.verdict == "different"
    assert codes(report) == ["WRP867"]
    other = wrpc.loads(POLICY.replace("when pii", "when not pii"))
    assert verify(compiled, other).verdict == "different"
    assert verify(compiled, wrpc.loads(POLICY)).verdict == "equal"


def test_a_deleted_file(compiled: Path) -> None:
    (compiled / ENVOY).unlink()
    report = verify(compiled)
    assert (report.verdict, codes(report)) == ("different", ["WRP864"])


def test_a_file_that_no_compile_wrote(compiled: Path) -> None:
    (compiled / "envoy/more.yaml").write_text("a: 1\n")
    (compiled / "others.txt").write_text("beside the targets anything may lie")
    report = verify(compiled)
    assert (report.verdict, codes(report)) == ("equal", ["WRP863"])


@pytest.mark.parametrize(
    "text", ["", "a: [", "a: 1\n", "- 1\n", "static_resources: {listeners: []}\n", "\0", "&a [*a]"]
)
def test_a_file_that_is_something_else(compiled: Path, text: str) -> None:
    (compiled / ENVOY).write_text(text)
    report = verify(compiled)
    assert report.verdict == "open"
    assert set(codes(report)) & {"WRP866", "WRP805"}


def test_a_file_that_is_no_text(compiled: Path) -> None:
    (compiled / ENVOY).write_bytes(b"\xff\xfe\x00")
    assert codes(verify(compiled)) == ["WRP866"]


def changed(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return write


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Path.unlink, "WRP860"),
        (lambda p: p.write_text("{"), "WRP860"),
        (lambda p: p.write_text("[]"), "WRP860"),
        (lambda p: p.write_text("{}"), "WRP860"),
        (lambda p: p.write_bytes(b"\xff"), "WRP860"),
        (changed(lambda c: c.pop("sources")), "WRP860"),
        (changed(lambda c: c.update(sources=[])), "WRP860"),
        (changed(lambda c: c.update(targets=[])), "WRP860"),
        (changed(lambda c: c["targets"]["envoy"]["artifacts"][0].update(path="envoy/../../x")), "WRP860"),  # type: ignore[index]
        (changed(lambda c: c.update(version=2)), "WRP861"),
        (changed(lambda c: c.update(version=None)), "WRP861"),
        (changed(lambda c: c["sources"][0].update(file="gone.wrp")), "WRP862"),  # type: ignore[index]
    ],
)
def test_a_manifest_that_is_none(compiled: Path, change: Callable[[Path], None], code: str) -> None:
    change(compiled / "wrp-manifest.json")
    with pytest.raises(Refusal) as refused:
        verify(compiled)
    assert [d.code.id for d in refused.value.diagnostics] == [code]


def test_a_target_that_wrpc_does_not_know(compiled: Path) -> None:
    def rename(content: dict[str, object]) -> None:
        targets = content["targets"]
        assert isinstance(targets, dict)
        targets["nobody"] = {**targets.pop("envoy"), "artifacts": []}

    changed(rename)(compiled / "wrp-manifest.json")
    report = verify(compiled)
    assert codes(report) == ["WRP863"]
    assert report.targets == ()


def test_the_source_is_looked_for_around_the_folder(
    compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / "far"
    far.mkdir()
    compiled.rename(far / "out")
    assert verify(far / "out").verdict == "equal"
    (tmp_path / "p.wrp").rename(far / "p.wrp")
    monkeypatch.chdir(far)
    assert verify(Path("out")).verdict == "equal"


def test_override_files_are_found_again(tmp_path: Path) -> None:
    (tmp_path / "p.wrp").write_text(POLICY)
    (tmp_path / "prod.wrp").write_text("override route large { to own  fallback cloud }\n")
    policy = wrpc.load(tmp_path / "p.wrp", env=[tmp_path / "prod.wrp"])
    wrpc.compile(policy, "envoy").write(tmp_path / "out")
    report = verify(tmp_path / "out")
    assert (report.verdict, codes(report)) == ("equal", [])
    assert verify(tmp_path / "out", wrpc.load(tmp_path / "p.wrp")).verdict == "different"


SR = """\
signal math: bool { source keywords("integral") }
signal tokens: int(0..100k) { source total_tokens }
model small { context 8k }
model big { context 64k }
pool small { model small  endpoint "127.0.0.1:8001" }
pool big { model big  endpoint "127.0.0.1:8002" }
route hard { priority 2  when math and tokens > 1000  to big  reasoning high }
route easy { priority 1  when tokens < 5000  to small }
default { to small }
"""


@pytest.mark.parametrize(
    ("old", "new"), [("integral", "sum"), ("min_tokens: '1001'", "min_tokens: '2001'"), ("priority: 2", "priority: 0")]
)
def test_the_router(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "p.wrp").write_text(SR)
    compiled = wrpc.compile(wrpc.load(tmp_path / "p.wrp"), "vllm-sr")
    assert compiled.ok, compiled.findings.diagnostics
    compiled.write(tmp_path / "out")
    assert verify(tmp_path / "out").verdict == "equal"
    path = next(p for p in (tmp_path / "out/vllm-sr").iterdir() if p.suffix == ".yaml")
    edited(path, old, new)
    report = verify(tmp_path / "out")
    assert report.verdict in ("different", "open"), report


ASSUMING = """\
signal tokens: int(0..100k) { source total_tokens }
signal calm: bool { source keywords("please") }
let large = tokens > 8k
let both = large and calm
assume calm_is_short { not both }
workload rare { when both  rate 1/s }
pool own { trust "own"  endpoint "127.0.0.1:8001" }
pool cloud { trust "cloud"  endpoint "127.0.0.1:8002" }
route long { when large  to cloud }
default { to own }
"""


def test_what_is_assumed_by_a_name_is_no_difference(tmp_path: Path) -> None:
    """The files decide requests that there are none of as they like, and have no name for what is assumed of them."""
    source = tmp_path / "p.wrp"
    source.write_text(ASSUMING)
    wrpc.compile(wrpc.load(source), "vllm-sr").write(tmp_path / "out")
    assert verify(tmp_path / "out").verdict == "equal"
    source.write_text(source.read_text().replace("when large  to", "when large and not both  to"))
    assert verify(tmp_path / "out", wrpc.load(source)).verdict == "equal"
    source.write_text(source.read_text().replace("assume calm_is_short { not both }\n", ""))
    assert verify(tmp_path / "out", wrpc.load(source)).verdict == "different"
