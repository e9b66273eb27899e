"""Measured time series: one number after another."""

from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parents[2] / "assets" / "data"


@cache
def sunspots() -> pd.DataFrame:
    """Yearly sunspot numbers from 1700 to 2008: columns time (the year), value. Not to be changed."""
    table = pd.read_csv(DATA / "sunspots.csv")
    return table.rename(columns={"YEAR": "time", "SUNACTIVITY": "value"}).astype({"time": float, "value": float})


@cache
def co2() -> pd.DataFrame:
    """Weekly CO₂ in the air at Mauna Loa from 1990 to 2001: columns time (a decimal year), value (ppm).

    Not to be changed.
    """
    table = pd.read_csv(DATA / "co2.csv", parse_dates=["date"])
    date = table["date"].dt
    days = date.is_leap_year.map({True: 366, False: 365})
    return pd.DataFrame({"time": date.year + (date.day_of_year - 1) / days, "value": table["co2"]})
