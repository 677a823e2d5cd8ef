"""Files of daily bars as a test wants them."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

from jquants import bulk
from jquants.datasets import DAILY_QUOTES
from jquants.datasets.table import Table, decode

HEADER = "Date,Code,O,H,L,C,UL,LL,Vo,Va,AdjFactor"
LINE = "2026-11-20,72030,2047.0,2069.0,2035.0,2045.5,0,0,2202500.0,4507051850.0,1.0"


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.csv.gz"
    path.write_bytes(gzip.compress(text.encode() if isinstance(text, str) else text))
    return path


def days(path: Path, dataset: Any = DAILY_QUOTES) -> dict[date | None, Table]:
    return {day: decode(dataset, rows, day=day) for day, rows in bulk.read(dataset, path)}
