"""KServe's definition of its resources takes what is emitted: structure, unknown fields and rules in CEL."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, compiled, files

SHARED = Path(__file__).resolve().parents[4] / "shared"
DEFINITION = "serving.kserve.io_llminferenceservices.yaml"
MODEL = 'model m { source "org/m-32b"  context 32_768 } '
KEDA = 'target kserve { prometheus "http://127.0.0.1:9090"  gpu_nodes { h100 "H100" } }'
POOLS = {
    "plain": "pool p { model m  gpu h100  replicas 2  tensor_parallel 4  pipeline_parallel 2 }",
    "cached": "pool p { model m  replicas 1  kv_cache { cpu 64GiB  disk 1TiB } }",
    "apart": "pool p { model m  gpu h100  prefill { replicas 1..3 } decode { replicas 2..8  tensor_parallel 2 } }",
}
SOUND: dict[str, str | Path] = {
    **{f"{name}-keda": f"{MODEL}{pool} default {{ to p }} {KEDA}" for name, pool in POOLS.items()},
    **{f"{name}-hpa": f"{MODEL}{pool} default {{ to p }}" for name, pool in POOLS.items()},
    "kept_prefixes": POLICIES["kept_prefixes"],
}
MISTAKES = {
    "type": ("replicas: 2", "replicas: two"),
    "field": ("tensor: 4", "tensr: 4"),
    "missing": ("uri: hf://", "url: hf://"),
    "rule": ("  replicas: 2", "  replicas: 2\n  scaling:\n    maxReplicas: 3\n    wva:\n      hpa: {}"),
}


def manifests() -> dict[str, str]:
    """By a name for each: what is emitted, and one of them with a mistake in it."""
    found: dict[str, str] = {}
    for name, text in SOUND.items():
        made = compiled(wrpc.api.load(text) if isinstance(text, Path) else text, "kserve")
        found |= {f"{name}-{path}": content for path, content in files(made).items()}
    plain = found["plain-keda-p.yaml"]
    for name, (had, has) in MISTAKES.items():
        assert had in plain
        found[f"mistake-{name}.yaml"] = plain.replace(had, has, 1)
    return found


@pytest.fixture(scope="module")
def verdicts(environment: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the checker says of each file, all in one run: reading the definition takes most of it."""
    checker, definition = SHARED / "tools" / "crdcheck.py", SHARED / "schemas" / DEFINITION
    if not checker.is_file() or not definition.is_file():
        pytest.skip("there are no definitions of resources beside the project")
    definitions, folder = tmp_path_factory.mktemp("definitions"), tmp_path_factory.mktemp("manifests")
    shutil.copy(definition, definitions)
    made = manifests()
    for path, content in made.items():
        (folder / path).write_text(content, encoding="utf-8")
    command = [str(environment("crd") / "python"), str(checker), str(definitions), *(str(folder / p) for p in made)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    lines = [line.split() for line in done.stdout.splitlines() if "LLMInferenceService" in line]
    found = {words[0]: "taken" if "OK" in words else "refused" for words in lines}
    assert set(found) == set(made), done.stdout + done.stderr
    return found


def test_what_is_emitted_is_taken(verdicts: Mapping[str, str]) -> None:
    sound = {path: verdict for path, verdict in verdicts.items() if not path.startswith("mistake-")}
    assert len(sound) >= 8
    assert set(sound.values()) == {"taken"}, sound


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused(name: str, verdicts: Mapping[str, str]) -> None:
    assert verdicts[f"mistake-{name}.yaml"] == "refused"
