"""The manifest: what it says, and that it is the same everywhere."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import wrpc.api
from tests.support.compiling import POLICIES, compiled
from wrpc.diagnostics import Findings, Proof
from wrpc.targets.manifest import NAME, manifest
from wrpc.version import __version__


def made(path: Path) -> tuple[dict[str, Any], str]:
    policy = wrpc.api.load(path)
    findings = Findings.of((), [Proof("guard no_attacks", "enforced")])
    found = [compiled(policy, "vllm", base=path.parent), compiled(policy, "fleet-sim", base=path.parent)]
    artifact = manifest(policy, found, findings)
    assert artifact.path == NAME
    return json.loads(artifact.text), artifact.text


def test_what_it_says() -> None:
    path = POLICIES["agent_fleet"]
    content, _ = made(path)
    assert content["compiler"] == {"name": "wrpc", "version": __version__}
    assert content["policy"] == "agent_fleet"
    assert {s["file"] for s in content["sources"]} == {"agent_fleet.wrp", "common/safety.wrp"}
    own = next(s for s in content["sources"] if s["file"] == "agent_fleet.wrp")
    assert own["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert content["proofs"] == [{"subject": "guard no_attacks", "verdict": "enforced", "leans_on": []}]
    assert list(content["targets"]) == ["fleet-sim", "vllm"]


def test_what_became_of_each_part() -> None:
    fleet = made(POLICIES["agent_fleet"])[0]["targets"]["fleet-sim"]
    assert fleet["versions"]
    assert {r["construct"] for r in fleet["carried"]} >= {"pool", "gpu", "spill"}
    assert {r["construct"] for r in fleet["approximated"]} >= {"range of replicas"}
    assert all(r["loses"] and r["subjects"] for r in fleet["approximated"])
    assert {r["construct"] for r in fleet["elsewhere"]} >= {"guard: forbid"}
    assert [r["construct"] for r in fleet["not_carried"]] == ["kv_cache"]
    assert fleet["waived"][0]["code"] == "WRP801"
    assert fleet["waived"][0]["reason"]


def test_every_artifact_with_its_hash_and_its_source_map() -> None:
    path = POLICIES["agent_fleet"]
    content, _ = made(path)
    artifacts = {a["path"]: a for a in content["targets"]["vllm"]["artifacts"]}
    entry = artifacts["vllm/short.yaml"]
    assert len(entry["sha256"]) == 64
    file, line, _ = entry["map"]["/tensor-parallel-size"].split(":")
    assert file == "agent_fleet.wrp"
    assert path.read_text().splitlines()[int(line) - 1].startswith("pool short")


def test_the_same_wherever_the_policy_stands(tmp_path: Path) -> None:
    source = POLICIES["agent_fleet"]
    elsewhere = tmp_path / "some where" / "policies"
    shutil.copytree(source.parent, elsewhere)
    text = made(source)[1]
    assert made(elsewhere / source.name)[1] == text
    assert str(source.parent) not in text
    assert str(tmp_path) not in text


def test_a_proof_says_what_it_leans_on() -> None:
    policy = wrpc.api.loads(
        """
        signal a: bool { source keywords("a") }
        signal b: bool { source keywords("b") }
        pool p { trust "own" }
        pool q { trust "cloud" }
        assume apart { not (a and b) }
        route r { when a  to p }
        default { to q }
        assert k { never destination.trust == "cloud" when a and not b }
        """
    )
    findings = wrpc.api.check(policy)
    content = json.loads(manifest(policy, (), findings).text)
    assert content["proofs"] == [{"subject": "assert k", "verdict": "proved", "leans_on": ["assume apart"]}]
