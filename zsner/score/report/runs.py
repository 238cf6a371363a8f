"""The log of a training run, as its curves."""

import json
import math
from pathlib import Path
from typing import NamedTuple

from zsner.document import DataError

LOG = "metrics.jsonl"


class Run(NamedTuple):
    """A training run: its name, and by epoch the loss on the training data (above 0) and the strict
    span F1 on the development data."""

    name: str
    losses: tuple[tuple[float, float], ...]
    scores: tuple[tuple[float, float], ...]


def read_run(folder: Path) -> Run:
    """The curves in the log of a run folder. Raises DataError where there is no log or a line of it
    cannot be read."""
    file = folder / LOG
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read; name a folder that `zsner train` wrote") from error
    # A run that was resumed logs the steps since its last checkpoint again: the later line counts.
    losses, scores = dict[float, float](), dict[float, float]()
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            epoch = float(entry["epoch"])
            # Neither the NaN of a run that went astray nor a loss of 0 has a place in a plot of logarithms.
            if math.isfinite(loss := float(entry.get("loss", math.nan))) and loss > 0:
                losses[epoch] = loss
            if "eval_f1" in entry:
                scores[epoch] = float(entry["eval_f1"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{file}, line {number}: no line of a training log; remove it") from error
    return Run(folder.name, tuple(sorted(losses.items())), tuple(sorted(scores.items())))
