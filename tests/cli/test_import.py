"""import: a readable policy comes out, what is wrong has its line, and `check --from` finds the same without a file."""

from __future__ import annotations

import pytest

RECIPE = """\
version: v0.3
providers:
  defaults: { model: small }
  models:
    - name: small
      backend_refs: [ { name: s, endpoint: "127.0.0.1:8001" } ]
    - name: large
      backend_refs: [ { name: l, endpoint: "127.0.0.1:8002" } ]
routing:
  signals:
    keywords:
      - { name: code, operator: OR, keywords: ["def", "class"] }
      - { name: law, operator: OR, keywords: ["court"] }
  decisions:
    - name: coding
      priority: 20
      rules: { operator: AND, conditions: [ { type: keyword, name: code } ] }
      modelRefs: [ { model: large } ]
    - name: legal
      priority: 10
      rules: { operator: AND, conditions: [ { type: keyword, name: law } ] }
      modelRefs: [ { model: small } ]
"""


def recipe(*changes: tuple[str, str]) -> str:
    text = RECIPE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_policy_comes_out(wrpc, policy, tmp_path):
    path = policy(RECIPE, "config.yaml")
    done = wrpc("import", "vllm-sr", path)
    assert done.code == 0, done.err
    assert "route coding" in done.out
    assert wrpc("import", "auto", path, "-o", "p.wrp").code == 0
    assert (tmp_path / "p.wrp").read_text() == done.out
    assert wrpc("fmt", "--check", "p.wrp").code == 0
    assert wrpc("check", "p.wrp").code == 0
    assert wrpc("import", "vllm-sr", path, "-o", "folder/").code == 0
    assert [p.suffix for p in (tmp_path / "folder").iterdir()] == [".wrp"]


def test_json_points_into_the_file(wrpc, policy, tmp_path):
    path = policy(recipe(("name: law }", "name: lwa }")), "config.yaml")
    done = wrpc("import", "vllm-sr", path, "-o", "p.wrp", "--format", "json")
    assert done.code == 1
    (found,) = [d for d in done.json["diagnostics"] if d["severity"] == "error"]
    assert found["code"] == "WRP151"
    assert (found["span"]["file"], found["span"]["line"]) == ("config.yaml", 21)
    assert (tmp_path / "p.wrp").exists()  # what could be imported is written
    checked = wrpc("check", "--from", "auto", path, "--format", "json")
    assert checked.code == 1
    assert "WRP151" in checked.codes
    assert {d["span"]["file"] for d in checked.json["diagnostics"]} == {"config.yaml"}


def test_check_from_proves_the_foreign_file(wrpc, policy):
    text = recipe(
        ("priority: 20", "priority: 10"), ("name: legal\n      priority: 10", "name: legal\n      priority: 10")
    )
    done = wrpc("check", "--from", "vllm-sr", policy(text, "config.yaml"), "--format", "json")
    (found,) = [d for d in done.json["diagnostics"] if d["code"] == "WRP201"]
    assert found["span"]["file"] == "config.yaml"
    assert found["span"]["line"] in (15, 19)


def test_several_recipes_need_a_folder(wrpc, policy, tmp_path):
    body = RECIPE.partition("routing:\n")[2]
    inside = "".join(f"      {line}\n" if line else "\n" for line in body.splitlines())
    text = RECIPE.partition("routing:")[0] + "recipes:\n"
    for name in ("one", "../two"):
        text += f"  - name: {name}\n    routing:\n{inside}"
    path = policy(text, "config.yaml")
    done = wrpc("import", "vllm-sr", path)
    assert (done.code, done.out) == (2, "")
    assert wrpc("import", "vllm-sr", path, "-o", "folder").code == 0
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.wrp")}
    assert written == {"folder/one.wrp", "folder/two.wrp"}


@pytest.mark.parametrize("name", ["clinic", "desk"])
def test_whole_recipes(wrpc, root, name, tmp_path):
    path = root / "tests/importers/vllm_sr/recipes" / f"{name}.yaml"
    done = wrpc("import", "auto", path, "-o", "p.wrp", "--format", "json")
    assert done.code == 0, done.out
    checked = wrpc("check", "p.wrp", "--format", "json")
    assert checked.code == 0, checked.out
    assert wrpc("check", "--from", "vllm-sr", path, "--format", "json").code == 0


def test_what_is_in_a_baseline_stops_no_conversion(wrpc, policy, tmp_path):
    path = policy(recipe(("name: law }", "name: lwa }")), "config.yaml")
    assert wrpc("import", "vllm-sr", path, "-o", "p.wrp").code == 1
    written = wrpc("check", "--from", "vllm-sr", path, "--baseline", "b.json", "--update-baseline")
    assert "wrote b.json" in written.err
    before = (tmp_path / "b.json").read_bytes()
    done = wrpc("import", "vllm-sr", path, "-o", "p.wrp", "--baseline", "b.json", "--format", "json")
    assert {d["code"]: d["baseline"] for d in done.json["diagnostics"] if d["severity"] == "error"} == {"WRP151": True}
    assert done.code == 0
    (tmp_path / "wrpc.toml").write_text('baseline = "b.json"\n')
    assert wrpc("import", "vllm-sr", path, "-o", "p.wrp").code == 0
    assert wrpc("import", "vllm-sr", path, "-o", "p.wrp", "--no-config").code == 1
    assert (tmp_path / "b.json").read_bytes() == before  # `check --from` alone writes it
    policy(recipe(("name: law }", "name: lwa }"), ("name: code }", "name: cod }")), "config.yaml")
    assert wrpc("import", "vllm-sr", path, "-o", "p.wrp").code == 1
    assert wrpc("import", "vllm-sr", path, "--baseline", "nowhere.json").code == 2
