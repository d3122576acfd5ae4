"""The hook for gateways' configurations: which files it takes, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.pre_commit.conftest import Repository

CLEAN = """\
model_list:
  - model_name: chat
    litellm_params: { model: openai/gpt-4.1, api_key: os.environ/OPENAI_API_KEY }
router_settings:
  num_retries: 3
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
MISPLACED = CLEAN.replace("router_settings:\n  num_retries: 3\n", "") + "  num_retries: 3  # not here\n"
# Somebody else's, and nothing that the program could read.
OTHER = "logging:\n  level: [debug\n"
TAKEN = (
    "litellm_config.yaml",
    "deploy/litellm/config.yaml",
    "deploy/proxy_config.yml",
    "LiteLLM-Config.YAML",
    "vllm-sr/config.yaml",
    "litellm.prod.yaml",
)
LEFT = ("config.yaml", "deploy/app/config.yaml", "deploy/litellm/config.json", "litellm/deep/values.yaml", "litellm.md")


@pytest.fixture(scope="module")
def repository(with_hooks: Callable[..., Repository]) -> Repository:
    return with_hooks("id: wrpc-config")


def test_a_clean_file_passes(repository: Repository) -> None:
    done = repository.run({"litellm_config.yaml": CLEAN, "deploy/litellm/config.yaml": CLEAN, "config.yaml": OTHER})
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout


@pytest.mark.parametrize("name", TAKEN)
def test_a_key_that_does_not_hold_is_shown(repository: Repository, name: str) -> None:
    """It weighs a warning, with which the command ends well, too; it is found in what the file is."""
    done = repository.run({name: MISPLACED, "config.yaml": OTHER})
    assert done.returncode == 0, done.stdout
    assert "WRP161" in done.stdout
    assert f"{name}:6:3" in done.stdout


def test_other_files_are_passed_over(repository: Repository) -> None:
    done = repository.run(dict.fromkeys(LEFT, OTHER))
    assert done.returncode == 0, done.stdout
    assert "no files to check" in done.stdout


def test_every_file_is_told_of(repository: Repository) -> None:
    done = repository.run({"litellm_config.yaml": CLEAN, "a/litellm.yaml": MISPLACED, "b/litellm.yaml": MISPLACED})
    assert done.returncode == 0, done.stdout
    assert [f"{folder}/litellm.yaml:6:3" in done.stdout for folder in "ab"] == [True, True]


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("files: ^deploy/gateway\\.yaml$, args: [--fail-on, warning]", 1),
        ("args: [--fail-on, warning, --ignore, WRP161]", 0),
    ],
)
def test_the_users_own_word_holds(with_hooks: Callable[..., Repository], option: str, code: int) -> None:
    """Another name instead of the usual ones, warnings that count, and a kind of finding left out."""
    name = "deploy/gateway.yaml" if option.startswith("files") else "litellm.yaml"
    own = with_hooks(f"{{ id: wrpc-config, {option} }}")
    done = own.run({name: MISPLACED, "litellm_config.yaml": OTHER} if code else {name: MISPLACED})
    assert done.returncode == code, done.stdout
    assert (f"{name}:6:3" in done.stdout) == bool(code)
    assert "litellm_config.yaml" not in done.stdout


@pytest.mark.parametrize("name", ["docker-compose.litellm.yml", ".github/workflows/litellm.yml"])
def test_what_only_has_the_name_stops_nobody(repository: Repository, name: str) -> None:
    done = repository.run({name: "services: { litellm: { image: litellm } }\n", "a/litellm.yaml": MISPLACED})
    assert "a/litellm.yaml:6:3" in done.stdout
    assert "none of the configurations" not in done.stdout


def test_a_file_of_another_system_alone_stops_nobody(repository: Repository) -> None:
    done = repository.run({"litellm/values.yaml": "replicaCount: 1\nimage: { repository: nginx }\n"})
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout


def test_the_name_in_the_programs_own_repository(repository: Repository) -> None:
    done = repository.run({"proxy_server_config.yaml": MISPLACED})
    assert "proxy_server_config.yaml:6:3" in done.stdout
