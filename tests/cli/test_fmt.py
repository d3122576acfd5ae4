"""fmt: in place, idempotent, nothing touched that needs no change."""

from __future__ import annotations

from tests.cli.conftest import CLEAN, TYPO

UNTIDY = "pool   a{trust 'own'}".replace("'", '"') + "\r\n\r\n\r\ndefault { to a }"
TIDY = 'pool a { trust "own" }\n\ndefault { to a }\n'


def test_in_place(wrpc, policy, tmp_path):
    path = policy(UNTIDY)
    (tmp_path / path).chmod(0o640)
    assert wrpc("fmt", path).code == 0
    assert (tmp_path / path).read_text() == TIDY
    assert (tmp_path / path).stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_is_tidy_is_not_written(wrpc, policy, tmp_path):
    path = policy(TIDY)
    before = (tmp_path / path).stat()
    assert wrpc("fmt", path).code == 0
    after = (tmp_path / path).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_check_and_diff_write_nothing(wrpc, policy, tmp_path):
    path = policy(UNTIDY)
    done = wrpc("fmt", "--check", path)
    assert (done.code, done.out) == (1, "policy.wrp would change\n")
    done = wrpc("fmt", "--diff", path)
    assert done.code == 1
    assert '+pool a { trust "own" }' in done.out
    assert (tmp_path / path).read_bytes() == UNTIDY.encode()
    policy(TIDY)
    assert wrpc("fmt", "--check", path).code == 0
    assert wrpc("fmt", "--diff", path).out == ""


def test_a_pipe(wrpc):
    assert wrpc("fmt", "-", stdin=UNTIDY.encode()).out == TIDY
    broken = wrpc("fmt", "-", stdin=b"route {")
    assert (broken.code, broken.out) == (1, "")
    assert "WRP0" in broken.err


def test_names_are_not_its_business(wrpc, policy):
    path = policy(TYPO)
    assert wrpc("fmt", path).code == 0


def test_a_broken_file_does_not_stop_the_others(wrpc, policy, tmp_path):
    policy("route {", "a.wrp")
    policy(UNTIDY, "b.wrp")
    assert wrpc("fmt", "a.wrp", "b.wrp").code == 1
    assert (tmp_path / "a.wrp").read_text() == "route {"
    assert (tmp_path / "b.wrp").read_text() == TIDY


def test_a_link_stays_a_link(wrpc, policy, tmp_path):
    policy(UNTIDY, "real.wrp")
    (tmp_path / "link.wrp").symlink_to("real.wrp")
    assert wrpc("fmt", "link.wrp").code == 0
    assert (tmp_path / "link.wrp").is_symlink()
    assert (tmp_path / "real.wrp").read_text() == TIDY


def test_the_clean_policy_of_these_tests_is_tidy(wrpc):
    assert wrpc("fmt", "-", stdin=CLEAN.encode()).out == CLEAN
