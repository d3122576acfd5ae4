"""The codes of comments, waivers, settings and baselines."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
UNREADABLE_SETTINGS = Code("WRP080", "unreadable-settings", "error", """\
A `wrpc.toml`, or a `pyproject.toml` with `[tool.wrpc]`, that cannot be read or is not TOML.

Without its settings nothing is checked, since what they select, ignore and count is not known.

How to repair: correct the line that is shown. `--no-config` reads no settings, `--config FILE` others.
""")

UNKNOWN_SETTING = Code("WRP081", "unknown-settings-key", "error", """\
A key of `wrpc.toml` or `[tool.wrpc]` that wrpc does not know.

Whoever wrote it believes that it has an effect.

How to repair: write the key that is suggested; docs/findings.md lists them all.
""")

WRONG_SETTING = Code("WRP082", "wrong-settings-value", "error", """\
A key of `wrpc.toml` or `[tool.wrpc]` whose value has another type, or names a code that does not exist.

How to repair: write what the message says the key takes.
""")

UNREADABLE_BASELINE = Code("WRP083", "unreadable-baseline", "error", """\
A baseline that does not exist, or was not written by wrpc.

How to repair: `--baseline FILE --update-baseline` writes it anew. In Git, take the version from before a merge went
wrong.
""")

BASELINE_VERSION = Code("WRP084", "baseline-version", "error", """\
A baseline of another version than this wrpc writes.

Its fingerprints mean something else, so that every finding would seem new, or none.

How to repair: use the release of wrpc that wrote it, or write it anew with `--update-baseline`, and look at what is new
in it.
""")

MISSING_PACKAGE = Code("WRP085", "missing-package", "error", """\
An option that needs a package which is not installed.

How to repair: install it as the message says.
""")

UNUSED_IGNORE = Code("WRP903", "unused-ignore", "warning", """\
A comment that ignores a finding which is not there.

What it was written for is repaired, or has moved. Left where it is, it would hide the next such finding. `lint` judges
only what it looks for itself; a comment about a finding of a target is never judged.

Bad:

    pool own {}
    default { to own }  # wrpc: ignore[WRP205] an older layout
    #                                  ^^^^^^ WRP903

Good:

    pool own {}
    default { to own }

How to repair: delete the code, or the comment.
""")

UNKNOWN_IGNORED = Code("WRP904", "unknown-ignored-code", "warning", """\
A comment that names a code which does not exist.

A comment names whole codes, not families: `WRP2` would ignore what nobody has thought of.

Bad:

    pool own {}
    default { to own }  # wrpc: ignore[WRP299] a misspelt code
    #                                  ^^^^^^ WRP904

Good:

    pool own {}
    default { to own }

How to repair: write the code that the finding shows.
""")

INCOMPLETE_IGNORE = Code("WRP905", "incomplete-ignore", "warning", """\
A comment that speaks to wrpc and says too little: no code, no reason, or a word that wrpc does not know.

It ignores nothing. The reason is for whoever reads the policy next.

Bad:

    pool own {}
    default { to own }  # wrpc: ignore[WRP205]
    #                   ^^^^^^^^^^^^^^^^^^^^^^ WRP905

Good:

    pool own {}
    default { to own }

How to repair: write the comment as `# wrpc: ignore[WRP204] why it is meant`.
""")

NOT_IGNORABLE = Code("WRP906", "not-ignorable", "warning", """\
A comment that would ignore an error which no comment ignores.

Errors of guards and claims (WRP4xx) show that the policy does not keep what it promises; they are waived in the guard
or claim, with an owner, a last day and a reason. What a target loses is waived in its block. After an error of syntax,
names or types nothing else of the policy is known.

Bad:

    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own, cloud }
    # wrpc: ignore[WRP401] until the move
    #              ^^^^^^ WRP906
    assert stays { never destination.trust == "cloud" }

Good:

    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own, cloud }
    assert stays {
      never destination.trust == "cloud"
      waive { WRP401 { owner "platform team"  until "2026-12-31"  reason "until the move" } }
    }

How to repair: repair the error, or waive it.
""")

UNUSED_WAIVER = Code("WRP907", "unused-waiver", "warning", """\
A waiver of a guard or claim that waives nothing.

Bad:

    pool own { trust "own" }
    default { to own }
    assert stays {
      never destination.trust == "cloud"
      waive { WRP401 { owner "platform team"  until "2026-12-31"  reason "until the move" } }
    #         ^^^^^^ WRP907
    }

Good:

    pool own { trust "own" }
    default { to own }
    assert served { always served }

How to repair: delete it.
""")

EXPIRED_WAIVER = Code("WRP908", "expired-waiver", "warning", """\
A waiver whose last day lies before the day that `--today` gives.

It waives nothing any more, and what it waived counts again. Without `--today` no waiver ends, so that the same policy
gives the same output on every day; a nightly job runs `wrpc check --today "$(date +%F)"`.

How to repair: repair what it waives, or ask its owner for another day.
""")

GONE_FROM_BASELINE = Code("WRP909", "gone-from-baseline", "info", """\
A finding of the baseline that is no longer found.

How to repair: nothing is wrong. `--update-baseline` takes it out, so that it would be new if it came back.
""")
