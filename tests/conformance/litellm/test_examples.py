"""The configurations that ship inside LiteLLM itself: each is read, and what is found in them the program confirms.

Five findings, of which two stop the start: one example declares a deployment without `litellm_params`, one puts its
guardrails into the wrong section.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import wrpc
from wrpc.importers import foreign
from wrpc.importers.litellm.facts import facts
from wrpc.syntax.read import read

HERE = Path(__file__).resolve().parent
EXAMPLES = "proxy/example_config_yaml"
HOOKS = "proxy/guardrails/guardrail_hooks"

# Every error and warning, by file.
FOUND: dict[str, list[str]] = {
    # `KeyError: 'litellm_params'`
    f"{EXAMPLES}/langfuse_config.yaml": ["WRP157 error 2:5"],
    # The third deployment of its group has no `rpm`; `mistralai/` is no provider, so that the group is empty.
    f"{EXAMPLES}/load_balancer.yaml": ["WRP166 error 23:14", "WRP352 warning 18:17"],
    # `disable_end_user_cost_tracking_prometheus_only` is set, and nothing asks for it.
    f"{EXAMPLES}/otel_test_config.yaml": ["WRP150 warning 49:3"],
    # The same model with the same key twice; a key of Azure's in the headers of an endpoint without `auth`.
    f"{EXAMPLES}/pass_through_config.yaml": ["WRP178 warning 35:13", "WRP261 warning 15:17"],
    # `GuardrailItem() argument after ** must be a mapping, not str`
    f"{HOOKS}/generic_guardrail_api/example_config.yaml": ["WRP161 error 11:7"],
}
# How the program ends where it does not start. What lies outside the file is not here: another machine's Redis, its
# modules of Python, its database.
ENDS: dict[str, str] = {
    f"{EXAMPLES}/langfuse_config.yaml": "KeyError: 'litellm_params'",
    f"{HOOKS}/generic_guardrail_api/example_config.yaml": "must be a mapping, not str",
    f"{EXAMPLES}/enterprise_config.yaml": "must be specified for redis",
    f"{EXAMPLES}/otel_test_config.yaml": "must be specified for redis",
    f"{EXAMPLES}/multi_instance_simple_config.yaml": "coordination_redis needs a connection target",
    f"{EXAMPLES}/spend_tracking_config.yaml": "coordination_redis needs a connection target",
    f"{EXAMPLES}/pass_through_config.yaml": "Could not import",
    f"{EXAMPLES}/store_model_db_config.yaml": "Could not import",
    f"{EXAMPLES}/test_pipeline_config.yaml": "Could not import",
    f"{EXAMPLES}/reject_clientside_metadata_tags_config.yaml": "No module named 'prisma'",
}


@pytest.fixture(scope="module")
def examples(environment: Callable[[str], Path]) -> dict[str, Path]:
    """Every YAML file of the package with a key that a configuration has."""
    package = next((environment("litellm").parent / "lib").glob("python3*/site-packages/litellm"))
    known = facts().known("")
    found = {}
    for path in sorted(package.rglob("*.y*ml")):
        keys = {line.partition(":")[0] for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()}
        if keys & known.keys():
            found[path.relative_to(package).as_posix()] = path
    return found


def test_there_are_as_many_as_ever(examples: dict[str, Path]) -> None:
    assert len(examples) == 30
    assert {*FOUND, *ENDS} <= examples.keys()


def test_what_is_found(examples: dict[str, Path]) -> None:
    """The file's own findings and those of the policy that it becomes."""
    told: dict[str, list[str]] = {}
    for name, path in examples.items():
        found = wrpc.check_file(path, kind="litellm")
        lines = [f"{d.code.id} {d.severity} {d.span.line}:{d.span.column}" for d in found.diagnostics]
        told[name] = sorted(line for line in lines if " info " not in line)
    assert {name: lines for name, lines in told.items() if lines} == FOUND


def test_auto_knows_those_with_models(examples: dict[str, Path]) -> None:
    for name, path in examples.items():
        source = read(path)
        known = [each.importer for each in foreign.read(source).configurations]
        assert known == ["litellm"] or "model_list" not in source.text, name
        assert "vllm-sr" not in known


def test_the_program_says_the_same(
    examples: dict[str, Path], environment: Callable[[str], Path], tmp_path: Path
) -> None:
    """It starts with those that have no error, or ends for what is not in the file."""
    copies = {name: tmp_path / f"{name.replace('/', '__')}" for name in examples}
    for name, copy in copies.items():
        copy.write_text(f"# shows: start => ok\n{examples[name].read_text(encoding='utf-8')}", encoding="utf-8")
    command = [str(environment("litellm") / "python"), str(HERE / "program.py"), *map(str, copies.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    ends = {name: seen[str(copy)][0][2] for name, copy in copies.items()}
    assert {name for name, end in ends.items() if end != "ok"} == ENDS.keys()
    for name, end in ENDS.items():
        assert end in ends[name]
