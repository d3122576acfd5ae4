"""Import, compile, import again: the schema accepts what is compiled, and all three policies decide alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

import wrpc.api
from tests.support.compiling import compiled, content, files, said, target
from tests.support.equal import differences, sampled
from wrpc.importers import importer
from wrpc.policy.load import from_tree
from wrpc.policy.model import Env, Policy
from wrpc.source import Source

HERE = Path(__file__).resolve().parent
IMPORTED = HERE.parents[1] / "importers" / "vllm_sr"
OWN = {
    name: IMPORTED / folder / f"{name}.yaml"
    for folder, names in (("cases", ("every_kind", "settings")), ("recipes", ("clinic", "desk")))
    for name in names
}
MOM = ("balance", "speed", "cost", "accuracy", "vault")
RECIPES = (*OWN, *MOM)


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


def test_labels_that_are_numbers_are_tags() -> None:
    text = 'pool a { endpoint "a:1"  labels { rank 3  latency 5ms  load 2/s  team red } } default { to a }'
    (card,) = content(compiled(text, target("vllm-sr")), "config.yaml")["routing"]["modelCards"]
    assert card["tags"] == ["rank:3", "latency:0.005s", "load:2/s", "team:red"]


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ('header("x-authz-user-id")', "user"),
        ('authz("team")', "team"),
        ("tenant", "tenant"),
        (None, "global"),
        ('header("x-region")', None),
    ],
)
def test_whose_answers_a_cache_shares_comes_back(source: str | None, scope: str | None) -> None:
    by = "" if source is None else "scope whose"
    signal = "" if source is None else f"signal whose: string {{ source {source} }}"
    text = f'{signal} pool a {{ endpoint "a:1" }} route r {{ to a  cache {{ similarity 90%  ttl 60s  {by} }} }}'
    found = compiled(text, target("vllm-sr"))
    (decision,) = content(found, "config.yaml")["routing"]["decisions"]
    if scope is None:
        # Neither wider nor narrower: it is left out, and told.
        assert "plugins" not in decision
        assert said(found.diagnostics, "WRP801") == [
            "`vllm-sr` does not carry the cache by `whose`: it knows users, teams and tenants, and nobody else"
        ]
        return
    assert said(found.diagnostics, "WRP801") == []
    (plugin,) = decision["plugins"]
    assert plugin["configuration"]["scope"] == scope
    back = again(wrpc.api.loads(text))
    (route,) = back.routes.values()
    assert route.action.cache is not None
    named = route.action.cache.scope
    assert (named is None) == (source is None)
    if named is not None and source is not None:
        assert back.signals[named].source == wrpc.api.loads(text).signals["whose"].source


def test_a_cache_that_names_no_scope_is_by_user() -> None:
    text = IMPORTED.joinpath("cases/every_kind.yaml").read_text(encoding="utf-8")
    for release, scope in (("0.4", "user"), ("0.3", None)):
        made = importer("vllm-sr").read(Source("every_kind.yaml", text), release)
        policy, _ = from_tree(made.policies[0].tree)
        assert policy is not None
        (cache,) = [r.action.cache for r in policy.answering if r.action.cache is not None]
        assert cache.scope == scope


def test_how_a_pool_is_reached_comes_back() -> None:
    text = """
pool a { endpoint "a:1"  auth env("A_KEY")  api anthropic }
pool b { endpoint "b:1"  auth env("B_KEY")  api vertex }
default { to a, b }
"""
    found = compiled(text, target("vllm-sr"))
    providers = content(found, "config.yaml")["providers"]["models"]
    assert [m["backend_refs"][0]["api_key_env"] for m in providers] == ["A_KEY", "B_KEY"]
    assert [m.get("api_format") for m in providers] == ["anthropic", None]
    assert "does not carry the api of pool `b`" in said(found.diagnostics, "WRP801")[0]
    source = Source("config.yaml", files(found)["config.yaml"])
    back, _ = from_tree(importer("vllm-sr").read(source).policies[0].tree)
    assert back is not None
    assert [(p.auth, p.api) for p in back.pools.values()] == [(Env("A_KEY"), "anthropic"), (Env("B_KEY"), None)]


@pytest.fixture(params=RECIPES)
def recipe(request: pytest.FixtureRequest) -> Iterator[Policy]:
    name: str = request.param
    if name in OWN:
        yield imported(OWN[name], name)
    else:
        yield imported(of_the_wheel(), name)


def of_the_wheel() -> Path:
    path = wheel()
    if path is None:
        pytest.skip("no `vllm-sr` wheel beside the Python that runs the tests")
    return path


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


def test_its_settings_come_back_as_they_were(recipe: Policy) -> None:
    """The whole of the target's block, and who names what of it."""
    if recipe.name == "every_kind":
        # A `latency_aware` without its percentiles gets them the first time.
        recipe = again(recipe)
    back = again(recipe)
    assert {n: t.settings for n, t in back.targets.items()} == {n: t.settings for n, t in recipe.targets.items()}
    assert {r.name: r.labels for r in back.routes.values()} == {r.name: r.labels for r in recipe.routes.values()}
    assert {r.name: r.action.same for r in back.routes.values()} == {
        r.name: r.action.same for r in recipe.routes.values()
    }


def test_the_decisions_have_the_settings_of_the_original(recipe: Policy) -> None:
    """Compared as YAML has them, so that a number is a number and a text a text."""
    root = yaml.safe_load(recipe.sources[0].text)
    name = recipe.name.removesuffix("_policy")
    routing = next((r["routing"] for r in root.get("recipes", ()) if r["name"] == name), root.get("routing"))
    made = content(compiled(recipe, "vllm-sr"), "config.yaml")["routing"]
    for key in ("candidate_requirements", "data_policy", "model_bindings"):
        assert made.get(key) == routing.get(key)
    assert len(made["decisions"]) == len(routing["decisions"])
    for ours, theirs in zip(made["decisions"], routing["decisions"], strict=True):
        if len(theirs.get("modelRefs", ())) > 1 and not any("weight" in r for r in theirs["modelRefs"]):
            # Of several models without an algorithm the router takes the first, which is its `static`.
            theirs.setdefault("algorithm", {"type": "static"})
        if theirs.get("algorithm") == {"type": "latency_aware"}:
            # Which the router does not take without its percentiles.
            theirs["algorithm"] = {**theirs["algorithm"], **ours["algorithm"]}
        denies = any(p["type"] == "fast_response" for p in theirs.get("plugins", ()))
        for plugin in theirs.get("plugins", ()):
            if plugin["type"] == "response_cache" and plugin["configuration"].get("enabled") and not denies:
                # Which is by user where nothing is said.
                plugin["configuration"].setdefault("scope", "user")
        keys = ("name", "algorithm", "adaptations", "plugins", "emits", "annotations")
        assert {k: ours.get(k) for k in keys} == {k: theirs.get(k) for k in keys}


@pytest.mark.parametrize("name", MOM)
def test_routes_that_differ_in_their_settings_are_not_redundant(name: str) -> None:
    found = wrpc.api.check(imported(of_the_wheel(), name))
    assert said(found.diagnostics, "WRP204") == []


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
