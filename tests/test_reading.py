"""What a run has read is known, as it was when it was read."""

from __future__ import annotations

import pytest

import wrpc
from wrpc.reading import Kept, noticed, recorded, stamp


def test_imports_overrides_and_what_is_missing(tmp_path):
    (tmp_path / "a.wrp").write_text('import "common/c.wrp"\nimport "none.wrp"\ndefault { to p }\n')
    (tmp_path / "common").mkdir()
    (tmp_path / "common/c.wrp").write_text("pool p { }\n")
    with recorded() as read:
        wrpc.check_file(tmp_path / "a.wrp", env=[tmp_path / "prod.wrp"])
    names = {path.relative_to(tmp_path).as_posix(): was for path, was in read.items()}
    assert {name: was is None for name, was in names.items()} == {
        "a.wrp": False, "common/c.wrp": False, "none.wrp": True, "prod.wrp": True,
    }  # fmt: skip


def test_a_change_during_the_run_is_a_change_after_it(tmp_path):
    path = tmp_path / "a.wrp"
    path.write_text("pool p { }\ndefault { to p }\n")
    with recorded() as read:
        wrpc.load(path)
        path.write_text("pool p { }\npool q { }\ndefault { to p }\n")
        wrpc.load(path)
    assert read[path] != stamp(path)


def test_nobody_records_outside(tmp_path):
    with recorded() as read:
        pass
    (tmp_path / "a.wrp").write_text("pool p { }\ndefault { to p }\n")
    wrpc.load(tmp_path / "a.wrp")
    assert read == {}


def test_lengths_and_profiles_are_files_that_are_read(tmp_path):
    (tmp_path / "a.wrp").write_text(
        'model m { }\npool p { model m  profile "p.json" }\ndefault { to p }\nworkload w { lengths cdf("l.json") }\n'
    )
    with recorded() as read:
        wrpc.check_file(tmp_path / "a.wrp")
    assert {path.name for path in read} == {"a.wrp", "p.json", "l.json"}


def test_what_was_made_of_files_is_kept_as_long_as_they_are_as_they_were(tmp_path):
    made: list[str] = []
    kept: Kept[str] = Kept()
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_text("one")

    def make() -> str:
        for each in (path, other):
            noticed(each)
        made.append(path.read_text() + (other.read_text() if other.exists() else ""))
        return made[-1]

    assert [kept.of("key", make) for _ in range(2)] == ["one", "one"]
    assert len(made) == 2  # a file was missed
    other.write_text(" and more")
    with recorded() as first:
        assert kept.of("key", make) == "one and more"
    with recorded() as again:
        assert kept.of("key", make) == "one and more"
    assert first == again
    assert len(made) == 3
    assert kept.of("another key", make) == "one and more"
    path.write_text("two")
    assert kept.of("key", make) == "two and more"
    other.unlink()
    assert kept.of("key", make) == "two"
    assert len(made) == 6
    with pytest.raises(FileNotFoundError):
        kept.of("broken", (tmp_path / "nowhere").read_text)


def test_a_change_while_it_is_made_is_a_change_after_it(tmp_path):
    kept: Kept[str] = Kept()
    path = tmp_path / "a"
    path.write_text("one")

    def make() -> str:
        noticed(path)
        text = path.read_text()
        path.write_text(text + " more")
        return text

    assert kept.of("key", make) == "one"
    with recorded() as read:
        assert kept.of("key", make) == "one more"
    assert read[path] != stamp(path)
