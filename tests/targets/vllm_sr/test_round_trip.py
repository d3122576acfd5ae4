"""Import, compile, import again: the schema accepts what is compiled, and all three policies decide alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.compiling import compiled, files, target
from tests.support.equal import differences, sampled
from wrpc.importers import importer
from wrpc.policy.load import from_tree
from wrpc.policy.model import Policy
from wrpc.source import Source

HERE = Path(__file__).resolve().parent
OWN = HERE.parents[1] / "importers" / "vllm_sr" / "cases" / "every_kind.yaml"
RECIPES = ("privacy", "agent", "balance", "speed", "cost", "accuracy", "vault", "every_kind")


def wheel() -> Path | None:
    """The recipes of the router's own wheel."""
    spec = find_spec("cli")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "model_assets" / "latest" / "mom-v1" / "config.yaml"
        if path.is_file():
            return path
    return None


@cache
def imported(path: Path, name: str) -> Policy:
    source = Source(str(path), path.read_text(encoding="utf-8"))
    tree = next(p.tree for p in importer("vllm-sr").read(source).policies if p.name == name)
    policy, findings = from_tree(tree)
    assert policy is not None, [d.message for d in findings.diagnostics]
    return policy


@pytest.fixture(params=RECIPES)
def recipe(request: pytest.FixtureRequest) -> Iterator[Policy]:
    name: str = request.param
    if name == "every_kind":
        yield imported(OWN, name)
    elif name in ("privacy", "agent"):
        shared: Path = request.getfixturevalue("shared")
        yield imported(shared / "cases" / "vllm-sr" / name / "config.yaml", name)
    else:
        path = wheel()
        if path is None:
            pytest.skip("no `vllm-sr` wheel beside the Python that runs the tests")
        yield imported(path, name)


def again(policy: Policy) -> Policy:
    """What the compiled file is, imported."""
    text = files(compiled(policy, "vllm-sr"))["config.yaml"]
    result = importer("vllm-sr").read(Source(f"{policy.name}.yaml", text))
    assert [d.message for d in result.diagnostics if d.severity == "error"] == []
    found, findings = from_tree(result.policies[0].tree)
    assert found is not None, [d.message for d in findings.diagnostics]
    return found


def test_it_compiles_and_the_schema_accepts_it(recipe: Policy) -> None:
    found = compiled(recipe, "vllm-sr")
    assert [d.message for d in found.diagnostics if d.severity != "info"] == []
    assert list(files(found)) == ["config.yaml"]


def test_it_comes_back_as_it_was(recipe: Policy) -> None:
    assert differences(recipe, again(recipe)) == []


def test_read_says_what_the_import_says(recipe: Policy) -> None:
    read = target("vllm-sr").read
    assert read is not None
    back = read(files(compiled(recipe, "vllm-sr")), recipe)
    assert differences(recipe, back) == []
    assert sampled(recipe, back, requests=100) == []


def test_the_same_policy_gives_the_same_bytes(recipe: Policy) -> None:
    assert files(compiled(recipe, "vllm-sr")) == files(compiled(recipe, "vllm-sr"))


def test_every_decision_points_at_its_route(recipe: Policy) -> None:
    artifact = compiled(recipe, "vllm-sr").artifacts[0]
    pointed = {e.pointer: e.span for e in artifact.entries}
    for index, route in enumerate(recipe.routes.values()):
        assert pointed[f"/routing/decisions/{index}"] == route.span
