"""What the command line of a release refuses that no single value shows: keys beside each other, names, counts.

Each module judges one part of the file, as the program does before it starts.
"""

from __future__ import annotations

from wrpc.importers.vllm_sr.contracts import actions, evaluation, models, plugins, providers, recipes, runtime, signals
from wrpc.importers.vllm_sr.contracts.judged import Judged


def judge(judged: Judged) -> None:
    for each in (recipes, signals, models, providers, actions, plugins, runtime, evaluation):
        each.judge(judged)
