"""Codes of bands, of the family of conflicts; and those of style that need no solver."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
EMPTY_BAND_STEP = Code("WRP206", "empty-band-step", "error", """\
A step of a band that contains no number.

It ends where it begins.

Bad:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.5, middle below 0.5, high otherwise }
    #                                   ^^^^^^^^^^^^^^^^ WRP206

Good:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.5, middle below 0.7, high otherwise }

How to repair: give it a bound above the one before.
""")

UNREACHABLE_BAND_STEP = Code("WRP207", "unreachable-band-step", "warning", """\
A step of a band beyond every value that its number can have.

Conditions on it never hold.

Bad:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 2, high otherwise }
    #                                 ^^^^^^^^^^^^^^ WRP207

Good:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.2, high otherwise }

How to repair: correct the bound, or the range of the signals below it.
""")

BAND_GAP = Code("WRP208", "band-gap", "warning", """\
A gap between two steps of a band, where the band is `none`.

For those numbers the band has no name, so conditions on its names do not hold. That is usual below the first step and
above the last; in the middle, a bound was most likely forgotten.

Bad:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.2, none below 0.5, high otherwise }
    #                                   ^^^^^^^^^^^^^^ WRP208

Good:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.2, middle below 0.5, high otherwise }

How to repair: name the range, or extend one of its neighbours.
""")

BAND_OVERLAP = Code("WRP209", "band-overlap", "error", """\
A step of a band that overlaps another one, or a name that is used for two steps.

Steps ascend: each begins where the one before ends, and `otherwise` takes everything that is left.

Bad:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.5, middle below 0.3, high otherwise }
    #                                   ^^^^^^^^^^^^^^^^ WRP209

Good:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.3, middle below 0.5, high otherwise }

How to repair: put the bounds in ascending order.
""")

UNUSED_NAME = Code("WRP901", "unused-name", "info", """\
A signal, score, band, let, table or group that is never used.

An unused signal is computed for nothing. Often the condition on it was lost. A group is used where something reads one
of its signals, and then all of them are.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    #      ^^^^^^ WRP901

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short { when tokens < 8k  to small }

How to repair: use it, or delete it.
""")

SIGNAL_WITHOUT_SOURCE = Code("WRP902", "signal-without-source", "info", """\
A signal that does not say where it comes from.

Proofs count it as one that can fail, and no target can obtain it.

Bad:

    signal urgent: bool
    #      ^^^^^^ WRP902
    pool small {}
    route first { when urgent  to small }

Good:

    signal urgent: bool { source header("x-urgent") }
    pool small {}
    route first { when urgent  to small }

How to repair: give it a `source`.
""")
