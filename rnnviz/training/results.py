"""What a run left: kept on disk by the plan's key, so that the same plan is not trained again. No torch.

One safetensors file a run, which holds numbers and strings and can execute nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import weights
from .plan import Plan
from .run import Moment, Run, moments_at, tidy

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "runs"
COLUMNS = ("loss", "metric", "grad_norm", "applied_norm")
MOST_BYTES = 500_000_000
ENDED = ("done", "died")
"""How a run that is kept has ended: after its last update, or where numbers did."""


@dataclass(frozen=True, eq=False)
class Record:
    """A run as far as it is known.

    rows: (updates, 4) loss, metric, grad_norm, applied_norm of each update from 1, as in `Snapshot`
    reach_at: (moments,) updates   reach: (moments, time) log10 ‖∂L/∂h_t‖₂ on the probe before them, see `probe.reach`
    moments: the networks that were kept; of a shipped run, fewer than `reach_at`
    seconds: what the updates took   state: "done", "died", or that of a job that has not ended
    """

    plan: Plan
    rows: np.ndarray
    reach_at: np.ndarray
    reach: np.ndarray
    moments: tuple[Moment, ...]
    seconds: float
    state: str

    def __post_init__(self) -> None:
        for value in (self.rows, self.reach_at, self.reach):
            value.setflags(write=False)

    @property
    def updates(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> np.ndarray:
        """(updates,) one of `COLUMNS`."""
        return self.rows[:, COLUMNS.index(name)]

    def frame(self) -> pd.DataFrame:
        """The table of `Run.frame`."""
        return tidy(self.plan, self.rows)

    def run(self) -> Run:
        """As `train` gives it; of a run that was kept, in float32, in which it was trained."""
        died = self.updates if self.state == "died" else None
        loss, metric, grad_norm, applied_norm = map(self.column, COLUMNS)
        return Run(self.plan, loss, metric, grad_norm, applied_norm, died, self.moments, self.seconds)


def settings(plan: Plan) -> dict[str, Any]:
    """What `Plan.of` makes the same plan of: names and plain values."""
    values = asdict(plan)
    return values | dict(values.pop("options"))


def folder() -> Path:
    """Where results are kept: RNNVIZ_RESULTS, or the user's cache."""
    chosen = os.environ.get("RNNVIZ_RESULTS")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rnnviz" / "runs"


def kept(plan: Plan, folders: Iterable[Path] | None = None) -> Record | None:
    """The plan's record from the disk, or the shipped one; a file that is broken counts for none."""
    for place in (folder(), SHIPPED) if folders is None else folders:
        path = place / f"{plan.key}.safetensors"
        if path.is_file():
            try:
                return read(path, plan)
            except (ValueError, KeyError, TypeError, OSError):
                continue
    return None


def keep(record: Record, place: Path | None = None) -> Path:
    """Write a record; the oldest go where all together take more than `MOST_BYTES`.

    Raises OSError where the folder cannot be written.
    """
    place = folder() if place is None else place
    tensors = {"rows": record.rows.astype(np.float32), "reach_at": record.reach_at.astype(np.int32)}
    tensors["reach"] = record.reach.astype(np.float32)
    for moment in record.moments:
        tensors |= {f"{moment.update}/{name}": value for name, value in moment.tensors.items()}
    # A series may be a person's own: what was learned from it is kept, and not what it was.
    plan = {name: value for name, value in settings(record.plan).items() if name != "values"}
    told = {"plan": json.dumps(plan), "key": record.plan.key, "state": record.state, "seconds": repr(record.seconds)}
    path = place / f"{record.plan.key}.safetensors"
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        weights.save(part, tensors, told)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _prune(place, spare=path)
    return path


def read(path: Path, plan: Plan) -> Record:
    """The record in a file. Raises ValueError where it is broken or another plan's, KeyError where it lacks a part."""
    tensors, told = weights.load(path)
    if told["key"] != plan.key:
        raise ValueError(f"{path.name} holds another plan's run")
    if told["state"] not in ENDED:
        raise ValueError(f"{path.name} holds a run that has not ended: {told['state']!r}")
    rows, at, reach = tensors.pop("rows").astype(float), tensors.pop("reach_at"), tensors.pop("reach").astype(float)
    if rows.ndim != 2 or rows.shape[1] != len(COLUMNS) or not 1 <= len(rows) <= plan.updates:
        raise ValueError(f"{path.name} holds rows of shape {rows.shape}")
    if reach.ndim != 2 or at.shape != reach.shape[:1]:
        raise ValueError(f"{path.name} holds a reach of shape {reach.shape}")
    networks: dict[int, dict[str, np.ndarray]] = {}
    for name, value in tensors.items():
        update, _, own = name.partition("/")
        networks.setdefault(int(update), {})[own] = value
    moments = tuple(Moment(update, networks[update]) for update in sorted(networks))
    return Record(plan, rows, at, reach, moments, float(told["seconds"]), told["state"])


def shorter(record: Record, moments: int, digits: int = 4) -> Record:
    """The record for shipping: numbers rounded to so many digits, and at most so many networks, first and last too."""
    wanted = sorted(moments_at(record.plan.updates))
    have = {moment.update: moment for moment in record.moments}
    last = max(have)
    places = [wanted[i] for i in np.linspace(0, len(wanted) - 1, max(2, moments) - 1).round().astype(int)]
    chosen = sorted({update for update in (*places, last) if update in have}) if moments else []
    return replace(
        record,
        rows=rounded(record.rows, digits),
        reach=rounded(record.reach, digits),
        moments=tuple(have[update] for update in chosen),
    )


def rounded(values: np.ndarray, digits: int) -> np.ndarray:
    """To so many significant digits; what is no finite number stays."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(values))))
        near = np.round(values * size) / size
    return np.where(np.isfinite(near), near, values)


def _prune(place: Path, spare: Path) -> None:
    files = []
    for path in place.glob("*.safetensors"):
        try:
            told = path.stat()
        except OSError:  # another process was faster
            continue
        files.append((told.st_mtime, told.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= MOST_BYTES:
            return
        if path != spare:
            path.unlink(missing_ok=True)
            total -= size
