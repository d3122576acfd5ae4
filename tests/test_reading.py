"""What a run has read is known, as it was when it was read."""

from __future__ import annotations

import wrpc
from wrpc.reading import recorded, stamp


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
