"""Which single units of the shipped models follow something in the text: a search, and its evidence on other text.

`python -m rnnviz.training.interesting_units` writes the table that the lessons show.

For each cell and feature, every unit of h (and of an LSTM's c) is scored on a part of the text that the model was
trained on. The best is kept, with its sign and threshold, and scored again on text that was neither trained on nor
searched; only this second score is reported. A search over many units finds something even where nothing is, so the
same search is done where less, or nothing, is to be found:

- `untrained`: in networks of the same sizes with random weights; the best of several;
- `shifted`: the same network, with the feature moved along by half of the text, so that it belongs to other characters;
- `character`: no network, but the best guess from the character just read alone, which needs no memory.

A high score is a correlation. It does not say that the network uses the unit for this, nor that no other unit does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnviz.tasks.text import shakespeare, split
from rnnviz.tasks.text_features import FEATURES, Feature

from .character_model import CELLS, WEIGHTS, CharacterModel, character_model

Array = np.ndarray
SEARCHED = 60_000
"""Characters of the training text, from its start, on which units are chosen."""
HELD_OUT = 40_000
"""Characters of the held-out text, from its start, on which they are judged."""
PIECE = 2_000
SEEDS = (0, 1, 2, 3, 4)
"""Of the untrained networks."""
SCORES = ("share", "score", "order", "untrained", "shifted", "character")
"""The columns of the table that were measured on the held-out text."""
TABLE = WEIGHTS / "interesting_units.csv"


class Unit(NamedTuple):
    """A unit that was chosen: which of h or c, its number, whether it rises (1) or falls (−1) with the feature, and
    beyond which value it is taken to say yes (NaN for a count)."""

    quantity: str
    unit: int
    sign: int
    threshold: float


@dataclass(frozen=True, eq=False)
class States:
    """What a network made of a text. values: "h", and "c" where there is one -> (time, unit)"""

    text: str
    values: Mapping[str, Array]

    @classmethod
    def of(cls, model: CharacterModel, text: str) -> States:
        """Read from a state of zeros. Gates are let go piece by piece: all of them would take hundreds of megabytes."""
        pieces: list[dict[str, Array]] = []
        after: dict[str, Array] = {}
        for start in range(0, len(text), PIECE):
            trace = model.read(text[start : start + PIECE], **after).trace
            pieces.append({state: trace[state] for state in ("h", "c") if state in trace})
            after = {f"{state}0": values[-1] for state, values in pieces[-1].items()}
        return cls(text, {state: np.concatenate([piece[state] for piece in pieces]) for state in pieces[0]})

    @cached_property
    def names(self) -> list[tuple[str, int]]:
        return [(state, unit) for state, values in self.values.items() for unit in range(values.shape[1])]

    @cached_property
    def rows(self) -> Array:
        """(units of all states, time)"""
        return np.ascontiguousarray(np.concatenate([values.T for values in self.values.values()]))

    @cached_property
    def order(self) -> Array:
        """(units of all states, time) the steps by rising value"""
        return np.argsort(self.rows, axis=1, kind="stable").astype(np.int32)

    @cached_property
    def ends(self) -> Array:
        """(units of all states, time) whether the next value in this order is another one: thresholds lie there."""
        ordered = np.take_along_axis(self.rows, self.order, axis=1)
        return np.append(np.diff(ordered, axis=1) > 0, np.zeros((len(ordered), 1), dtype=bool), axis=1)


def choose(states: States, values: Array, *, count: bool) -> Unit:
    """The unit that follows a feature best. values: (time,) of the feature, NaN where it is not judged

    True or false: the highest balanced accuracy of any threshold. A count: the largest |Pearson correlation|.
    Raises ValueError where the feature has only one value.
    """
    judged = ~np.isnan(values)
    if len(np.unique(values[judged])) < 2:
        raise ValueError("the feature has only one value in this text; nothing can follow it")
    if count:
        r = correlations(states.rows[:, judged], values[judged])
        best = int(np.argmax(np.abs(r)))
        return Unit(*states.names[best], 1 if r[best] > 0 else -1, float("nan"))
    # What one step adds to (share of the true − share of the false) at or below a threshold.
    step = np.where(values == 1, 1 / np.sum(values == 1), np.where(values == 0, -1 / np.sum(values == 0), 0.0))
    highest = (-1.0, 0, 0, 1)
    for row, (order, ends) in enumerate(zip(states.order, states.ends, strict=True)):
        below = np.where(ends, np.cumsum(step[order]), 0.0)
        at = int(np.argmax(np.abs(below)))
        highest = max(highest, (abs(float(below[at])), row, at, -1 if below[at] > 0 else 1), key=lambda found: found[0])
    _, row, at, sign = highest
    low, high = states.rows[row, states.order[row, at : at + 2]]
    return Unit(*states.names[row], sign, between(low, high))


def between(low: float, high: float) -> float:
    """The shortest number that parts the two: low ≤ number < high, or as near as it comes."""
    for digits in range(2, 17):
        number = float(f"{(low + high) / 2:.{digits}g}")
        if low <= number < high:
            return number
    return float(low)


def correlations(rows: Array, values: Array) -> Array:
    """Pearson's r of each row with the values; 0 for a row that never changes. rows: (units, time)"""
    centred, moved = rows - rows.mean(axis=1, keepdims=True), values - values.mean()
    size = np.sqrt((centred**2).sum(axis=1) * (moved**2).sum())
    return np.divide(centred @ moved, size, out=np.zeros(len(rows)), where=size > 0)


def score(states: States, values: Array, unit: Unit, *, count: bool) -> float:
    """How well a chosen unit follows the feature: balanced accuracy, or Pearson's r times the unit's sign.

    Without any relation the first is 0.5 and the second 0; 1 is the most.
    """
    judged = ~np.isnan(values)
    follows, values = states.values[unit.quantity][judged, unit.unit], values[judged]
    if count:
        return unit.sign * float(correlations(follows[None], values)[0])
    return balanced_accuracy((follows > unit.threshold) == (unit.sign > 0), values == 1)


def balanced_accuracy(said: Array, true: Array) -> float:
    """(share of the true that was said to be + share of the false that was not) / 2. Guessing gives 0.5."""
    return float((said[true].mean() + (~said[~true]).mean()) / 2)


def order_score(states: States, values: Array, unit: Unit, *, count: bool) -> float:
    """The same without a threshold or a straight line: area under the ROC curve (Mann-Whitney U), or Spearman's ρ."""
    judged = ~np.isnan(values)
    follows = unit.sign * states.values[unit.quantity][judged, unit.unit]
    ranks, values = pd.Series(follows).rank().to_numpy(), values[judged]
    if count:
        return float(correlations(ranks[None], pd.Series(values).rank().to_numpy())[0])
    true = values == 1
    return float((ranks[true].mean() - (true.sum() + 1) / 2) / (~true).sum())


def from_the_character(searched: str, held_out: str, feature: Feature) -> float:
    """How well the character just read alone tells the feature: learned on one text, scored on the other."""
    values, unseen = feature.values(searched), feature.values(held_out)
    table = pd.DataFrame({"character": list(searched), "value": values}).dropna()
    by_character = table.groupby("character")["value"]
    judged = ~np.isnan(unseen)
    read = pd.Series(list(held_out))[judged]
    if feature.count:
        guess = read.map(by_character.mean()).fillna(table["value"].mean()).to_numpy(dtype=float)
        return float(correlations(guess[None], unseen[judged])[0])
    # Said where it is likelier after this character than at large: the guess of the best balanced accuracy.
    likelier = by_character.mean() > table["value"].mean()
    said = read.map(likelier).fillna(False).to_numpy(dtype=bool)
    return balanced_accuracy(said, unseen[judged] == 1)


def search(
    model: CharacterModel,
    searched: str,
    held_out: str,
    *,
    features: Iterable[Feature] = FEATURES,
    seeds: Iterable[int] = SEEDS,
) -> pd.DataFrame:
    """One row a feature: the unit chosen on one text, its evidence on the other, and the controls.

    columns: feature, count, share (of the true; of a count, its mean), quantity, unit, sign, threshold,
    score, order (AUC or ρ), untrained, shifted, character
    """
    chosen_on, judged_on = States.of(model, searched), States.of(model, held_out)
    measured = [(one, one.values(searched), one.values(held_out)) for one in features]
    untrained: dict[str, list[float]] = {one.name: [] for one, *_ in measured}
    for seed in seeds:
        random = model.untrained(seed)
        random_on, random_judged = States.of(random, searched), States.of(random, held_out)
        for one, values, unseen in measured:
            unit = choose(random_on, values, count=one.count)
            untrained[one.name].append(score(random_judged, unseen, unit, count=one.count))
    rows = []
    for one, values, unseen in measured:
        unit = choose(chosen_on, values, count=one.count)
        moved, unseen_moved = np.roll(values, len(values) // 2), np.roll(unseen, len(unseen) // 2)
        shifted = score(judged_on, unseen_moved, choose(chosen_on, moved, count=one.count), count=one.count)
        rows.append(
            {
                "feature": one.name,
                "count": one.count,
                "share": np.nanmean(unseen),
                **unit._asdict(),
                "score": score(judged_on, unseen, unit, count=one.count),
                "order": order_score(judged_on, unseen, unit, count=one.count),
                "untrained": max(untrained[one.name]),
                "shifted": shifted,
                "character": from_the_character(searched, held_out, one),
            }
        )
    return pd.DataFrame(rows)


def texts() -> tuple[str, str]:
    """(searched, held out): the beginnings of the text that the models were trained on, and of the rest."""
    trained_on, rest = split(shakespeare())
    return trained_on[:SEARCHED], rest[:HELD_OUT]


def shipped() -> pd.DataFrame:
    """The table as it is shipped, see `table`."""
    return pd.read_csv(TABLE)


def table() -> pd.DataFrame:
    """The search in all shipped models: `search` with a column cell in front, scores to 4 decimals."""
    found = [search(character_model(cell), *texts()).assign(cell=cell) for cell in CELLS]
    whole = pd.concat(found, ignore_index=True)
    return whole.assign(**whole[list(SCORES)].round(4))[["cell", *whole.columns.drop("cell")]]


def report(found: pd.DataFrame) -> str:
    """The table as a page of Markdown: how it was made, what the columns mean, and all rows, the best first."""
    names = {"order": "order score", "character": "character alone", "shifted": "feature shifted"}
    lines = []
    for count, measure in ((False, "balanced accuracy"), (True, "Pearson's r, with the unit's sign")):
        rows = found[found["count"] == count].sort_values("score", ascending=False, kind="stable")
        scores = [measure, *(names.get(score, score) for score in SCORES[2:])]
        lines += [f"| feature | cell | unit | {' | '.join(scores)} |", "|---|---|---|" + "--:|" * len(scores)]
        for row in rows.itertuples():
            numbers = " | ".join(f"{getattr(row, score):.3f}" for score in SCORES[1:])
            lines.append(f"| {row.feature} | {row.cell} | {row.quantity} {row.unit} | {numbers} |")
        lines.append("")
    quotes = shakespeare().count('"')
    return REPORT.format(
        searched=SEARCHED,
        held_out=HELD_OUT,
        seeds=len(SEEDS),
        quotes=f"{quotes} double quotes" if quotes else "no double quote",
        features="\n".join(f"- **{one.name}**: {one.says}{' (looks ahead)' * one.ahead}" for one in FEATURES),
        table="\n".join(lines),
    )


REPORT = """\
# Units that follow something in the text

Made by `python -m rnnviz.training.interesting_units` (`make units`), which also writes `interesting_units.csv`. The
same weights give the same files. After `make weights`, run it again.

For each cell and feature, all units of h (and of the LSTM's c) were scored on the first {searched:,} characters of the
text that the models were trained on; the best was kept with its sign and threshold. All numbers below are from the
first {held_out:,} characters of the held-out tenth, which took no part in training or choosing.

- **order score**: the same without a threshold or a straight line: area under the ROC curve, or Spearman's ρ
- **untrained**: the best of {seeds} networks of the same sizes with random weights, searched in the same way
- **feature shifted**: the same search with the feature moved along by half of the text: what choosing alone gives
- **character alone**: the best guess from the character just read, without any network or memory

Guessing gives a balanced accuracy of 0.5 and a correlation of 0. These are correlations: they say neither that the
network uses the unit for this, nor that no other unit does it too. A balanced accuracy weighs the rare and the common
case alike, so a unit that follows a rare feature well may still be wrong most of the times that it says yes.

Passages in quotes were not searched for: the text has {quotes}, and its single quotes are mostly apostrophes.

{table}
The features, each after every character, from what was read up to it:

{features}
"""


def main() -> None:
    """Search, write the table and the page about it, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m rnnviz.training.interesting_units",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=TABLE.parent)
    out = parser.parse_args().out
    found = table()
    out.mkdir(parents=True, exist_ok=True)
    found.to_csv(out / TABLE.name, index=False, lineterminator="\n")
    (out / TABLE.name).with_suffix(".md").write_text(report(found), encoding="utf-8")
    print(found.to_string(index=False))


if __name__ == "__main__":
    main()
