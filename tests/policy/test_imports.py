"""Imports on disk: the root folder, links, cycles, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrpc.diagnostics import Refusal
from wrpc.policy.load import from_source, from_text, load, load_all
from wrpc.syntax.read import read


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path = path.with_suffix(".wrp")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "main.wrp"


def found(path: Path, *env: Path) -> list[str]:
    return [d.code.id for d in load_all(path, env)[1].diagnostics]


def test_once(tmp_path: Path):
    main = write(
        tmp_path,
        main='import "a.wrp"\nimport "./x/../a.wrp"\nimport "x/b.wrp"',
        a="pool a {}",
        x__b='import "../a.wrp"\npool b {}',
    )
    policy = load(main)
    assert list(policy.pools) == ["a", "b"]
    assert [s.name for s in policy.sources] == [str(main), str(tmp_path / "a.wrp"), str(tmp_path / "x/b.wrp")]


def test_a_link_inside_is_the_file_itself(tmp_path: Path):
    main = write(tmp_path, main='import "a.wrp"\nimport "link.wrp"', a="pool a {}")
    (tmp_path / "link.wrp").symlink_to(tmp_path / "a.wrp")
    assert not found(main)


def test_escapes(tmp_path: Path):
    write(tmp_path, secret="pool secret {}")
    inside = tmp_path / "policy"
    main = write(
        inside,
        main=f'import "../secret.wrp"\nimport "{tmp_path}/secret.wrp"\nimport "link.wrp"\nimport "folder/secret.wrp"\n'
        'import "x/../../policy/../secret.wrp"',
    )
    (inside / "link.wrp").symlink_to(tmp_path / "secret.wrp")
    (inside / "folder").symlink_to(tmp_path)
    policy, findings = load_all(main)
    assert policy is None
    assert [d.code.id for d in findings.diagnostics] == ["WRP142"] * 5


def test_out_and_back_in_is_inside(tmp_path: Path):
    main = write(tmp_path / "policy", main='import "../policy/a.wrp"', a="pool a {}")
    assert not found(main)


def test_missing_and_folder(tmp_path: Path):
    main = write(tmp_path, main='import "nowhere.wrp"\nimport "x"\nimport "."', x__b="")
    assert found(main) == ["WRP140"] * 3


def test_cycle_is_reported_once_with_its_chain(tmp_path: Path):
    main = write(tmp_path, main='import "a.wrp"', a='import "b.wrp"', b='import "a.wrp"\nimport "main.wrp"')
    _, findings = load_all(main)
    assert [d.code.id for d in findings.diagnostics] == ["WRP141", "WRP141"]
    names = [str(tmp_path / n) for n in ("a.wrp", "b.wrp", "a.wrp")]
    assert findings.diagnostics[0].message.endswith(" → ".join(names))


def test_long_chain(tmp_path: Path):
    files = {f"f{i}": f'import "f{i + 1}.wrp"' for i in range(1500)}
    main = write(tmp_path, main='import "f0.wrp"', f1500="pool last {}", **files)
    assert list(load(main).pools) == ["last"]


def test_unreadable_import(tmp_path: Path):
    main = write(tmp_path, main='import "a.wrp"\npool b { contxt 5 }')
    (tmp_path / "a.wrp").write_bytes(b"\xff\xfe\x00binary")
    codes = found(main)
    assert codes[-1] == "WRP110" or codes[0] == "WRP110"
    assert len(codes) == 2


def test_env_files(tmp_path: Path):
    main = write(tmp_path / "policy", main="pool a { replicas 1 }", prod="override pool a { replicas 2 }")
    other = write(tmp_path / "other", main='import "more.wrp"', more="override pool a { replicas 3 }")
    assert load(main, [main.with_name("prod.wrp")]).pools["a"].replicas == (2, 2)
    assert load(main, [main.with_name("prod.wrp"), other]).pools["a"].replicas == (3, 3)
    assert found(main, tmp_path / "nowhere.wrp")


def test_load_raises_with_all(tmp_path: Path):
    main = write(tmp_path, main="pool a { contxt 5 }\nroute r { to b }")
    with pytest.raises(Refusal) as refused:
        load(main)
    assert [d.code.id for d in refused.value.diagnostics] == ["WRP110", "WRP101"]
    with pytest.raises(Refusal):
        load(tmp_path / "nowhere.wrp")


def test_from_source_imports_from_its_folder(tmp_path: Path):
    main = write(tmp_path, main='import "a.wrp"', a="pool a {}")
    policy, _ = from_source(read(main))
    assert policy is not None
    assert list(policy.pools) == ["a"]


def test_text_imports_from_beside_its_name(tmp_path: Path):
    main = write(tmp_path, a="pool a {}", b='import "main.wrp"')
    for name, root in ((str(main), None), ("main.wrp", tmp_path)):
        policy, findings = from_text('import "a.wrp"', name, root)
        assert policy is not None
        assert list(policy.pools) == ["a"]
        _, findings = from_text('import "b.wrp"', name, root)
        assert [d.code.id for d in findings.diagnostics] == ["WRP141"]
    assert [d.code.id for d in from_text('import "a.wrp"', files={})[1].diagnostics] == ["WRP140"]
