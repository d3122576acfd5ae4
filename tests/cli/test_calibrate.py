"""calibrate: a step model out of one run, on the command line."""

from __future__ import annotations

from tests.fleet.test_calibrate import HEAD, TRUE, log


def test_on_the_command_line(wrpc, tmp_path):
    text = HEAD + "".join(f"{r.arrival},{r.prompt},{r.output},{r.ttft},{r.e2e}\n" for r in log(TRUE, 3.0, 60))
    (tmp_path / "run.csv").write_text(text, encoding="utf-8")
    done = wrpc("calibrate", tmp_path / "run.csv", "--slots", "128", "-o", tmp_path / "engine.json")
    assert done.code == 0, done.err
    assert "errors on the last third of the requests, before they were fitted: TTFT " in done.out
    assert 'a pool names it: `profile "engine.json"`' in done.out
    written = (tmp_path / "engine.json").read_text(encoding="utf-8")
    printed = wrpc("calibrate", tmp_path / "run.csv", "--slots", "128")
    assert printed.out == written, "the same numbers from the same run"
    (tmp_path / "bad.csv").write_text(HEAD + "1,1,1\n", encoding="utf-8")
    bad = wrpc("calibrate", tmp_path / "bad.csv")
    assert bad.code == 1
    assert "WRP607" in bad.out + bad.err
    assert wrpc("calibrate", tmp_path / "none.csv").code == 2
    assert wrpc("calibrate", tmp_path / "run.csv", "--slots", "0").code == 2
