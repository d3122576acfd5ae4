"""A foreign configuration as it is: `check --from`, releases, `auto`, and that no output repeats a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Result, Wrpc

SECRET = "sk-ant-api03-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5Ea"
FILE = f"""\
model_list:
  - model_name: chat
    litellm_params: {{model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY, region_name: eu}}
  - model_name: spare
    litellm_params:
      model: anthropic/claude-sonnet-4-5
      api_key: {SECRET}
      region_name: us
router_settings:
  fallbacks: [{{chat: [spare]}}]
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  num_retries: 3
"""


@pytest.fixture
def gateway(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def found(result: Result) -> list[tuple[str, int]]:
    return [(d["code"], d["span"]["line"]) for d in result.json["diagnostics"]]


def test_everything_comes_in_one_list_by_line(wrpc: Wrpc, gateway: Path) -> None:
    result = wrpc("check", gateway, "--from", "litellm", "--format", "json")
    assert found(result) == [("WRP162", 7), ("WRP504", 10), ("WRP507", 10), ("WRP161", 13)]
    assert result.code == 0
    assert wrpc("check", gateway, "--from", "litellm", "--fail-on", "warning").code == 1
    assert gateway.read_text(encoding="utf-8") == FILE
    assert [p.name for p in gateway.parent.iterdir()] == ["config.yaml"]


def test_a_proof_has_its_request(wrpc: Wrpc, gateway: Path) -> None:
    shown = wrpc("check", gateway, "--from", "litellm", "--format", "json").json
    assert next(d["witness"] for d in shown["diagnostics"] if d["code"] == "WRP504") == {"model": "chat"}


def test_auto_says_what_it_took(wrpc: Wrpc, gateway: Path) -> None:
    result = wrpc("check", gateway, "--from", "auto")
    assert "WRP058 note: taken for a LiteLLM proxy configuration, as release 1.106.2 reads it" in result.out


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize("more", [(), ("--fix",), ("--diff",)])
def test_no_output_repeats_a_secret(wrpc: Wrpc, gateway: Path, form: str, more: tuple[str, ...]) -> None:
    result = wrpc("check", gateway, "--from", "litellm", "--format", form, *more)
    assert result.out
    assert SECRET not in result.out + result.err


def test_a_difference_shows_dots(wrpc: Wrpc, gateway: Path) -> None:
    """A key that moves away from beside a secret."""
    gateway.write_text(FILE + f"  cooldown_time: 5\n  database_url: postgres://u:{SECRET}@db/x\n", encoding="utf-8")
    result = wrpc("check", gateway, "--from", "litellm", "--diff")
    assert "-  cooldown_time: 5" in result.out
    assert "\N{BULLET}" * 10 in result.out
    assert SECRET not in result.out


def test_the_imported_policy_holds_no_secret(wrpc: Wrpc, gateway: Path) -> None:
    result = wrpc("import", "litellm", gateway)
    assert "route chat" in result.out
    assert SECRET not in result.out + result.err


def test_a_release_is_named_and_known(wrpc: Wrpc, gateway: Path) -> None:
    older = wrpc("check", gateway, "--from", "litellm", "--release", "1.91.5")
    assert "LiteLLM 1.91.5 ignores it" in older.out
    for arguments in (
        ("--from", "litellm"),
        ("--from", "auto"),
        ("--from", "litellm", "--fix"),
        ("--from", "auto", "--diff"),
    ):
        result = wrpc("check", gateway, *arguments, "--release", "0.1")
        assert result.code == 2
        assert "known in release 1.106.2, 1.91.5, not `0.1`" in result.err
    assert wrpc("import", "vllm-sr", gateway, "--release", "9").code == 2
    assert "needs --from" in wrpc("check", gateway, "--release", "1.91.5").err


def test_releases_differ(wrpc: Wrpc, gateway: Path) -> None:
    """A key of every example stops the newer release alone."""
    gateway.write_text(FILE.replace("os.environ/LITELLM_MASTER_KEY", "sk-1234"), encoding="utf-8")
    newer = wrpc("check", gateway, "--from", "litellm", "--format", "json")
    older = wrpc("check", gateway, "--from", "litellm", "--release", "1.91.5", "--format", "json")
    assert ("WRP180", 12) in found(newer)
    assert "WRP180" not in [code for code, _ in found(older)]


def test_among_several_files_one_of_nobody_is_passed_over(wrpc: Wrpc, gateway: Path) -> None:
    other = gateway.with_name("compose.yaml")
    other.write_text("services: {}\n", encoding="utf-8")
    result = wrpc("check", other, gateway, "--from", "auto", "--format", "json")
    assert result.code == 0
    assert ("WRP070", 1) in found(result)
    assert ("WRP161", 13) in found(result)
    assert wrpc("check", other, gateway, "--from", "auto", "--fix").code == 0
    assert other.read_text(encoding="utf-8") == "services: {}\n"
    assert (
        "num_retries: 3" in gateway.read_text(encoding="utf-8").partition("router_settings")[2].partition("general")[0]
    )
    assert wrpc("check", other, "--from", "auto").code == 2


# ── What files there are ──────────────────────────────────────────────────

ENVOY = "static_resources: {listeners: [], clusters: []}\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: gateway}\ndata:\n  config.yaml: |\n"
CLEAN = (
    FILE.replace(SECRET, "os.environ/ANTHROPIC_API_KEY")
    .replace("  num_retries: 3\n", "")
    .replace("region_name: us", "region_name: eu")
)
CLEAN = CLEAN.replace("anthropic/claude-sonnet-4-5", "openai/gpt-4o-mini")


def config_map(text: str) -> str:
    return CONFIG_MAP + "".join(f"    {line}\n" for line in text.splitlines())


def test_a_clean_file_is_silent_but_for_the_summary(wrpc: Wrpc, gateway: Path) -> None:
    gateway.write_text(CLEAN + "litellm_settings: {callbacks: [prometheus]}\n", encoding="utf-8")
    done = wrpc("check", gateway, "--from", "litellm")
    assert (done.code, done.out.splitlines()) == (0, ["no errors"])
    # Whoever imports is told what a policy does not hold.
    assert "WRP851" in wrpc("import", "litellm", gateway).err


def test_another_systems_file(wrpc: Wrpc, gateway: Path) -> None:
    gateway.write_text(ENVOY, encoding="utf-8")
    said = "skipped: not a configuration that wrpc reads (it looks like an Envoy bootstrap)"
    for kind in ("auto", "litellm", "vllm-sr"):
        done = wrpc("check", gateway, "--from", kind)
        assert done.code == 2
        assert f"WRP070 error: {said}" in done.out
        done = wrpc("check", gateway, "--from", kind, "--format", "json")
        assert (done.code, found(done), done.json["verdict"]) == (2, [("WRP070", 1)], "fail")
        done = wrpc("import", kind, gateway)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
        done = wrpc("check", gateway, "--from", kind, "--diff")
        assert (done.code, done.out) == (2, "")
        assert said in done.err


def test_the_hook_skips_it_in_one_line(wrpc: Wrpc, gateway: Path) -> None:
    """As the hook calls the program, with the only file that was changed."""
    gateway.write_text(ENVOY, encoding="utf-8")
    done = wrpc("check", "--from", "auto", "--skip-unknown", "--fail-on", "warning", gateway)
    assert done.code == 0
    assert [line for line in done.out.splitlines() if "skipped" in line] == [
        line for line in done.out.splitlines() if "WRP" in line
    ]
    assert wrpc("check", "--skip-unknown", gateway).code == 2


def test_exit_codes_of_several_files(wrpc: Wrpc, gateway: Path) -> None:
    gateway.write_text(CLEAN, encoding="utf-8")
    other, wrong = gateway.with_name("envoy.yaml"), gateway.with_name("wrong.yaml")
    other.write_text(ENVOY, encoding="utf-8")
    wrong.write_text(CLEAN.replace("[spare]", "[spar]"), encoding="utf-8")
    assert wrpc("check", gateway, other, "--from", "auto").code == 0
    assert wrpc("check", gateway, other, "--from", "auto", "--fail-on", "warning").code == 0
    assert wrpc("check", gateway, other, wrong, "--from", "auto").code == 1
    # Whoever names the kind means each of them.
    assert wrpc("check", gateway, other, "--from", "litellm").code == 2
    assert wrpc("check", gateway, gateway.with_name("none.yaml"), "--from", "auto").code == 2


def test_a_folder(wrpc: Wrpc, gateway: Path) -> None:
    below = gateway.parent / "deploy" / "eu"
    below.mkdir(parents=True)
    (below / "map.yml").write_text(config_map(FILE), encoding="utf-8")
    (below / "envoy.json").write_text('{"static_resources": {}}', encoding="utf-8")
    (below / "notes.txt").write_text("x", encoding="utf-8")
    done = wrpc("check", gateway.parent, "--from", "auto", "--format", "json")
    assert done.code == 0
    files = {d["span"]["file"].rpartition("/")[2] for d in done.json["diagnostics"]}
    assert files == {"config.yaml", "map.yml", "envoy.json"}
    assert wrpc("check", below.parent / "none", "--from", "auto").code == 2


def test_standard_input(wrpc: Wrpc) -> None:
    """What `helm template` prints."""
    printed = f"---\n# Source: gateway/templates/map.yaml\n{config_map(FILE)}---\n{ENVOY}".encode()
    done = wrpc("check", "-", "--from", "auto", "--format", "json", stdin=printed)
    assert ("WRP161", 20) in found(done)
    assert {d["span"]["file"] for d in done.json["diagnostics"]} == {"<stdin>"}
    assert "route chat" in wrpc("import", "auto", "-", stdin=printed).out
    assert wrpc("check", "-", "--from", "auto", "--diff", stdin=printed).code == 1


def test_in_place(wrpc: Wrpc, gateway: Path) -> None:
    """The outer file, to the byte, with the line ends of its system; no output repeats the secret of the inner one."""
    text = "# the proxy\r\n" + config_map(FILE).replace("\n", "\r\n")
    gateway.write_bytes(text.encode())
    done = wrpc("check", gateway, "--from", "auto", "--fix")
    assert "fixed: WRP161" in done.out
    assert SECRET not in done.out + done.err
    moved = text.replace("      num_retries: 3\r\n", "").replace(
        "[{chat: [spare]}]\r\n", "[{chat: [spare]}]\r\n      num_retries: 3\r\n"
    )
    assert gateway.read_bytes() == moved.encode()


def test_several_policies_of_one_file(wrpc: Wrpc, gateway: Path) -> None:
    gateway.write_text(config_map(CLEAN) + "---\n" + config_map(CLEAN).replace("gateway", "spare"), encoding="utf-8")
    assert wrpc("import", "auto", gateway).code == 2
    assert wrpc("import", "auto", gateway, "-o", f"{gateway.parent}/out/").code == 0
    assert sorted(p.name for p in (gateway.parent / "out").iterdir()) == ["gateway.wrp", "spare.wrp"]
    shown = wrpc("check", gateway, "--from", "auto", "--notes")
    assert "of the ConfigMap `gateway`" in shown.out
    assert "of the ConfigMap `spare`" in shown.out
