"""Broken configurations: whatever the text, there are findings with places and never an exception."""

from __future__ import annotations

import copy
import datetime as dt
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import wrpc
from tests.support.work import calls
from wrpc.diagnostics import Refusal
from wrpc.importers import importer
from wrpc.importers.importer import Imported
from wrpc.override import override
from wrpc.policy.load import from_text
from wrpc.source import Source
from wrpc.syntax.format import format_file
from wrpc.syntax.parse import parse

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.yaml"))
NIGHTLY = os.environ.get("WRPC_HYPOTHESIS_PROFILE") == "nightly"
VALUES: tuple[Any, ...] = ([], [1], {}, {"a": "b"}, None, True, 7, "text", dt.date(2025, 1, 1))
MINIMAL = "model_list: [{model_name: a, litellm_params: {model: openai/gpt-4o}}]\n"

Way = tuple[str | int, ...]


def imported(text: str, path: Path | None = None) -> list[str]:
    """The codes that an import gives. Its policies print, and what is printed is the tree that was made."""
    result = importer("litellm").read(Source("config.yaml", text, path))
    hold(result)
    return [d.code.id for d in result.diagnostics]


def hold(result: Imported) -> None:
    for policy in result.policies:
        printed = format_file(policy.tree)
        assert parse(Source("policy.wrp", printed))[0].declarations == policy.tree.declarations
        resolved, findings = from_text(printed)
        assert resolved is not None, [d.message for d in findings.diagnostics]
    for found in result.diagnostics:
        for span in (found.span, *(r.span for r in found.related), *(e.span for x in found.fixes for e in x.edits)):
            assert 0 <= span.start <= span.end <= len(span.source.text)
            assert span.line >= 1
        assert "\n" not in found.message


# ── Another value in each place ───────────────────────────────────────────


def ways(data: Any, way: Way = ()) -> Iterator[Way]:
    """Every place of a value."""
    yield way
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        yield from ways(value, (*way, step))


def with_(data: Any, way: Way, value: Any) -> Any:
    if not way:
        return value
    data = copy.deepcopy(data)
    inside = data
    for step in way[:-1]:
        inside = inside[step]
    inside[way[-1]] = value
    return data


class Plain(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: Any) -> bool:
        return True


def dumped(data: Any) -> str:
    return yaml.dump(data, Dumper=Plain, sort_keys=False, allow_unicode=True)


def places(path: Path) -> list[tuple[Way, Any]]:
    """Each place with each value; of lists' entries the first two stand for all, and by day a sample for these."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    every = [
        (way, value)
        for way in ways(data)
        if NIGHTLY or all(step < 2 for step in way if isinstance(step, int))
        for value in VALUES
    ]
    return every if NIGHTLY else random.Random(path.stem).sample(every, 16)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_another_value_in_each_place(path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for way, value in places(path):
        text = dumped(with_(data, way, value))
        try:
            imported(text, path)
        except Exception as error:
            raise AssertionError(f"{way} = {value!r}") from error


TOP = ("model_list", "router_settings", "litellm_settings", "general_settings", "environment_variables", "include",
       "guardrails", "credential_list", "mcp_servers", "callback_settings")  # fmt: skip


@pytest.mark.parametrize(
    "value", ["[]", "[1]", "{}", "{a: b}", "", "true", "7", "text", "2025-01-01", "[[]]", "[~]", "[{}]"]
)
def test_another_value_at_the_top(value: str) -> None:
    for key in TOP:
        imported(f"{key}: {value}\n")
        imported(f"{MINIMAL if key != 'model_list' else ''}{key}: {value}\n")


def test_the_same_key_twice_at_each_level() -> None:
    for path in CASES:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = [i for i, line in enumerate(lines) if line.strip().endswith(":") or ": " in line]
        for i in at if NIGHTLY else at[:: max(1, len(at) // 4)]:
            imported("".join([*lines[: i + 1], lines[i], *lines[i + 1 :]]), path)


# ── Texts that are none ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "WRP057"), ("\n\n", "WRP057"), ("# nothing\n", "WRP057"), ("a", "WRP057"), ("- a", "WRP057"),
        ("~", "WRP057"), ("{}", "WRP057"), ("3", "WRP057"), ("a: b", "WRP057"), ("2025-01-01", "WRP057"),
        ("a: [", "WRP050"), ("\ta: b", "WRP050"), ("model_list:\n\t- a: b", "WRP050"), ("\0", "WRP050"),
        ("a: b: c", "WRP050"), ("%", "WRP050"), ("a: !!python/object:os.system x", "WRP057"),
        (MINIMAL + "---\n" + MINIMAL, "WRP054"), ("model_list: &a [*a]", "WRP052"), ("model_list: *a", "WRP052"),
        ("model_list:", "WRP183"), ("model_list: null", "WRP183"), ("model_list: []", "WRP183"),
        ("1: 2\n" + MINIMAL, "WRP053"), ("[a]: 2\n" + MINIMAL, "WRP053"), ("? {a: b}\n: 2\n" + MINIMAL, "WRP053"),
        ("2025-01-01: 2\n" + MINIMAL, "WRP053"), ("true: 2\n" + MINIMAL, "WRP053"),
    ],
)  # fmt: skip
def test_what_is_no_configuration(text: str, code: str) -> None:
    assert code in imported(text)


def deployment(name: str, model: str) -> str:
    return f"- {{model_name: {name}, litellm_params: {{model: {model}}}}}\n"


def with_params(model: str, params: str) -> str:
    return f"model_list: [{{model_name: a, litellm_params: {{model: {model}, {params}}}}}]"


@pytest.mark.parametrize(
    "text",
    [
        "model_list:\n- {1: a, litellm_params: {2: b, model: openai/gpt-4o}, model_name: a, model_info: {3: c}}",
        MINIMAL + "router_settings: {1: 2, model_group_alias: {3: 4, [a]: b}, fallbacks: [{5: [a]}, {[a]: b}]}",
        MINIMAL + "router_settings: {model_group_retry_policy: {1: {2: 3}}, retry_policy: {4: 5}}",
        MINIMAL + "litellm_settings: {1: 2, cache_params: {3: 4}}\ngeneral_settings: {5: 6}\nguardrails: [{7: 8}]",
        MINIMAL + "environment_variables: {1: 2}\ncredential_list: [{3: 4}]\ninclude: [1, ~, [], {}, true]",
        MINIMAL + "? [a]\n: b\n? {c: d}\n: e\n~: f\n",
        "~: 1\n" + MINIMAL,
        # Merges of what is no mapping, or of what is one twice.
        MINIMAL + "<<: 3", MINIMAL + "<<: [1, {router_settings: {num_retries: 3}}]", MINIMAL + "<<: [[a]]", "<<:",
        MINIMAL + "router_settings: {<<: [], fallbacks: {<<: ~}}", "<<: {<<: {<<: {model_list: []}}}",
        "x: &x {model_name: a}\nmodel_list: [{<<: *x, <<: *x}, {<<: [*x, *x], litellm_params: {<<: *x}}]",
        # Names.
        'model_list: [{model_name: "a`b\\"c\\nd\\te", litellm_params: {model: "openai/`\\"\\n"}}]',
        'model_list: [{model_name: "", litellm_params: {model: ""}}, {model_name: " ", litellm_params: {model: "/"}}]',
        'model_list: [{model_name: "größe 私 🐍", litellm_params: {model: openai/私}, model_info: {id: "🐍`"}}]',
        'model_list: [{model_name: "\\u0001\\u200b\\u202e", litellm_params: {model: "openai/\\u0001"}}]',
        'model_list: [{model_name: "\\\\", litellm_params: {model: "openai/\\\\", tags: ["\\n", "`", ""]}}]',
        "model_list: [{model_name: default, litellm_params: {model: openai/route, region_name: \"a\\nb\"}}]",
        "model_list:\n" + deployment("'**'", "'*'") + deployment("'*'", "'openai/*'"),
        "model_list:\n" + deployment("'a*b*'", "'openai/*/*'") + deployment("'['", "'openai/('"),
        "model_list:\n" + deployment("x" * 5000, f"openai/{'y' * 5000}"),
        MINIMAL + 'router_settings: {model_group_alias: {"": a, "\\n": a, "`": "`", a: a}}',
        MINIMAL + 'router_settings: {fallbacks: [{"": [""]}, {"*": ["*"]}, {a: ["*", "\\n"]}, {}, {a: {}}, {a: 3}]}',
        # Numbers.
        with_params("openai/gpt-4o", "weight: 1e99, rpm: -1, tpm: 9e999, order: -3"),
        with_params("openai/gpt-4o", f"weight: {'9' * 50}, rpm: {'9' * 59}, timeout: 1.e+30"),
        with_params("openai/gpt-4o", "input_cost_per_token: -1, timeout: .inf"),
        with_params("openai/gpt-4o", "weight: .nan, order: .nan, timeout: -.inf"),
        MINIMAL[:-3] + f", model_info: {{max_input_tokens: {'9' * 55}, max_output_tokens: -1}}}}]",
        MINIMAL + "router_settings: {num_retries: 1e30, timeout: 1e-30, cooldown_time: -1, max_fallbacks: -1}",
        MINIMAL + "router_settings: {num_retries: 99999999999999999999, timeout: 0.0000000000000000000001}",
        MINIMAL + "router_settings: {max_fallbacks: 99999999, fallbacks: [{a: [a, a, a]}]}",
        # Addresses.
        'model_list: [{model_name: a, litellm_params: {model: openai/gpt-4o, api_base: "http://[::1"}}]',
        'model_list: [{model_name: a, litellm_params: {model: zzz, api_base: "", base_url: "\\n`"}}]',
        with_params("gpt-4o", 'api_base: "http://["'),
        with_params("zzz", 'api_base: "http://a:b@[c"'),
        with_params("openai/gpt-4o", "api_base: os.environ/"),
        with_params("openai/gpt-4o", "api_base: os.environ/A B, api_key: os.environ/"),
        with_params("openai/gpt-4o", "timeout: 1.e+100"),
        with_params("openai/gpt-4o", "order: 1.e-300"),
        "model_list:\n" + deployment("os.environ/A", "os.environ/B, custom_llm_provider: os.environ/C"),
        "model_list: [{model_name: a, litellm_params: {model: os.environ/, weight: os.environ/}}]",
        "model_list: [{model_name: a, litellm_params: {model: a/b/c, custom_llm_provider: ''}}]",
    ],
)  # fmt: skip
def test_nothing_raises(text: str) -> None:
    imported(text)


def test_a_bomb_of_aliases() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert imported("\n".join([*lines, MINIMAL])) == ["WRP052"]


@pytest.mark.parametrize("depth", [50, 100, 190, 300, 5000])
def test_deep_nesting(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    for text in (
        f"{MINIMAL}x-deep: {deep}\n",
        f"model_list: [{{model_name: a, litellm_params: {{model: openai/gpt-4o, metadata: {deep}}}}}]\n",
        f"{MINIMAL}router_settings: {{fallbacks: {deep}}}\n",
        f"{MINIMAL}general_settings: {'{a: ' * depth}1{'}' * depth}\n",
    ):
        codes = imported(text)
        assert bool({"WRP050", "WRP055"} & {*codes}) == (depth >= 200)


def test_what_the_reader_refuses(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for content, code in (
        (b"# " + b"x" * 10_000_000 + b"\n" + MINIMAL.encode(), "WRP007"),
        (b"model_list: \xff\xfe\n", "WRP005"),
        (b"\x7fELF\0\0\0", "WRP005"),
    ):
        path.write_bytes(content)
        with pytest.raises(Refusal) as refused:
            wrpc.read_foreign(path, kind="litellm")
        assert [d.code.id for d in refused.value.diagnostics] == [code]


# ── Files that are included ───────────────────────────────────────────────


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        ("[config.yaml]", set()),
        ("[./config.yaml, ../config/config.yaml, config.yaml]", set()),
        ("[.]", {"WRP008"}),
        ("['']", {"WRP008"}),
        ("[/etc/passwd]", {"WRP168"}),
        ("[../../../../../../etc/passwd]", {"WRP168"}),
        ("[missing.yaml]", {"WRP151"}),
        ("[binary.yaml]", {"WRP005"}),
        ("[bad.yaml]", {"WRP050"}),
        ("[list.yaml]", {"WRP057"}),
        ("[link.yaml]", {"WRP168"}),
        ("[one.yaml]", set()),
        ("[sub/deep.yaml]", set()),
        ("os.environ/FILES", {"WRP152"}),
        ("[os.environ/FILE]", {"WRP168"}),
        ("[1, true, ~, [], {}]", set()),
        ("{a: b}", {"WRP152"}),
        ("config.yaml", {"WRP152"}),
    ],
)
def test_files_that_are_included(names: str, codes: set[str], tmp_path: Path) -> None:
    folder = tmp_path / "config"
    (folder / "sub").mkdir(parents=True)
    (folder / "binary.yaml").write_bytes(b"\x7fELF\0\xff")
    (folder / "bad.yaml").write_text("a: [", encoding="utf-8")
    (folder / "list.yaml").write_text("- a\n", encoding="utf-8")
    (folder / "one.yaml").write_text("include: [two.yaml]\n", encoding="utf-8")
    (folder / "two.yaml").write_text("include: [one.yaml, two.yaml, config.yaml]\n", encoding="utf-8")
    (folder / "sub" / "deep.yaml").write_text("include: [../one.yaml, deep.yaml]\n", encoding="utf-8")
    (tmp_path / "outside.yaml").write_text("a: [", encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    text = f"include: {names}\n{MINIMAL}"
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    assert codes <= set(imported(text, path)) <= codes | {"WRP180"}


@pytest.mark.parametrize(
    "name",
    [
        "a\\nb",
        "~/x.yaml",
        "con:/x",
        "a\\0b",
        "x" * 300,
        "x/" * 3000,
    ],
)
def test_names_that_no_file_has(name: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    text = f'include: ["{name}"]\n{MINIMAL}'
    assert set(imported(text, path)) & {"WRP151", "WRP168", "WRP005", "WRP050"}


def test_a_chain_of_includes_ends(tmp_path: Path) -> None:
    for n in range(300):
        text = (
            f"include: [f{n + 1}.yaml]\nmodel_list: [{{model_name: g{n}, litellm_params: {{model: openai/gpt-4o}}}}]\n"
        )
        (tmp_path / f"f{n}.yaml").write_text(text, encoding="utf-8")
    imported((tmp_path / "f0.yaml").read_text(encoding="utf-8"), tmp_path / "f0.yaml")


# ── Size ──────────────────────────────────────────────────────────────────


def wide(count: int) -> str:
    entries = "".join(
        f"- model_name: g{i // 2}\n  model_info: {{id: d{i}}}\n"
        f"  litellm_params: {{model: openai/m{i}, api_key: os.environ/K{i % 7}, weight: {i % 5 + 1}}}\n"
        for i in range(count)
    )
    lists = "".join(f"  - g{i}: [g{i + 1}]\n" for i in range(count // 2 - 1))
    aliases = "".join(f"    a{i}: g{i}\n" for i in range(0, count // 2, 3))
    return f"model_list:\n{entries}router_settings:\n  fallbacks:\n{lists}  model_group_alias:\n{aliases}"


def test_a_wide_file_is_linear_work() -> None:
    """The double of the deployments is at most a little more than the double of the work."""
    few, many = wide(500), wide(1000)
    reader = importer("litellm")
    reader.read(Source("config.yaml", few))
    first = calls(lambda: reader.read(Source("config.yaml", few)))
    second = calls(lambda: reader.read(Source("config.yaml", many)))
    assert second < 2.3 * first
    assert second < 5_000_000


# ── Random ────────────────────────────────────────────────────────────────

NAMES = ("assistant", "gpt-4o", "openai/*", "*", "claude", "fast", "os.environ/X", "a`b", "", "no such group")
ODD: tuple[Any, ...] = (
    *VALUES, *NAMES, -1, 0, 0.5, 1e30, "3", "30s", "${X}", "openai/gpt-4o", "\n", [["a"]], {"a": ["b"]}, [{"a": ["b"]}],
    {"model": "fast"}, {"model": "fast", "hidden": True}, [{"fast": "smart"}], [{"fast": ["smart"], "smart": ["fast"]}],
)  # fmt: skip
DATA = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in CASES]


def mutated(data: Any, chance: random.Random) -> Any:
    """Values replaced, deleted, doubled, moved and shuffled, in a few places."""
    data = copy.deepcopy(data)
    for _ in range(chance.randint(1, 6)):
        every = [way for way in ways(data) if way]
        if not every:
            break
        way = chance.choice(every)
        inside = data
        for step in way[:-1]:
            inside = inside[step]
        match chance.randrange(6):
            case 0 | 1:
                inside[way[-1]] = copy.deepcopy(chance.choice(ODD))
            case 2:
                del inside[way[-1]]
            case 3 if isinstance(inside, list):
                chance.shuffle(inside)
            case 3:
                pairs = list(inside.items())
                chance.shuffle(pairs)
                inside.clear()
                inside.update(pairs)
            case 4:
                again = copy.deepcopy(inside[way[-1]])
                if isinstance(inside, list):
                    inside.append(again)
                else:
                    inside[chance.choice((*NAMES, "weight", "order", "rpm", "model_name", "fallbacks"))] = again
            case _:
                other = chance.choice(every)
                try:
                    value: Any = data
                    for step in other:
                        value = value[step]
                    inside[way[-1]] = copy.deepcopy(value)
                except (KeyError, IndexError, TypeError):
                    continue
    return data


@given(st.integers(0, len(DATA) - 1), st.integers(0, 2**32))
@settings(max_examples=5_000 if NIGHTLY else 50)
def test_mutations(which: int, seed: int) -> None:
    imported(dumped(mutated(DATA[which], random.Random(seed))))


def test_lines_cut_and_moved() -> None:
    """Texts that a hand slipped in, most of them no YAML any more."""
    for path in CASES:
        text = path.read_text(encoding="utf-8")
        for seed in range(100 if NIGHTLY else 8):
            chance, lines = random.Random(seed), text.splitlines()
            for _ in range(chance.randint(1, 3)):
                at = chance.randrange(len(lines))
                match chance.randrange(5):
                    case 0:
                        del lines[at]
                    case 1:
                        lines.insert(at, lines[at])
                    case 2:
                        lines.insert(chance.randrange(len(lines)), lines.pop(at))
                    case 3:
                        lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
                    case _:
                        lines[at] = chance.choice((" ", "  ", "\t")) + lines[at]
            imported("\n".join(lines), path)
