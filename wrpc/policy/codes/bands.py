"""Codes of bands, of the family of conflicts; and those of style that need no solver."""

from __future__ import annotations

from wrpc.diagnostics import Code

# fmt: off
EMPTY_BAND_STEP = Code("WRP206", "empty-band-step", "error", """\
A name of a band that no number has.

It begins where it ends.

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
A name of a band beyond every value that its number can have.

Whatever asks for it waits for ever.

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
A `none` between two names of a band.

For those numbers the band has no name, and what asks for one is silent. At the beginning and at the end that is usual;
in the middle it is mostly a bound that was forgotten.

Bad:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.2, none below 0.5, high otherwise }
    #                                   ^^^^^^^^^^^^^^ WRP208

Good:

    signal risk: real(0..1) { source header("x-risk") }
    band level of risk { low below 0.2, middle below 0.5, high otherwise }

How to repair: name the range, or let a neighbour have it.
""")

BAND_OVERLAP = Code("WRP209", "band-overlap", "error", """\
A step of a band inside what another has taken, or a name that stands for two steps.

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
A signal, score, band or let that nothing reads.

A signal that nothing reads is computed for nothing. Often the condition on it was lost.

Bad:

    signal tokens: int(0..1M) { source prompt_tokens }
    #      ^^^^^^ WRP901

Good:

    signal tokens: int(0..1M) { source prompt_tokens }
    pool small {}
    route short { when tokens < 8k  to small }

How to repair: read it, or delete it.
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
