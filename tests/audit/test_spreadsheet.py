"""What a real spreadsheet program makes of exported cells (security.md 27)."""

import csv
import subprocess
from pathlib import Path

import pytest
import tablib

from audit.cells import guarded
from audit.resources import GuardedCSV, TypedXLSX
from tests.audit.test_cells import PAYLOADS

pytestmark = [pytest.mark.needs("soffice")]
CALCULABLE = [text for text in PAYLOADS if not set(text) & set("\t\r\n")]


@pytest.fixture
def cells() -> tablib.Dataset:
    return tablib.Dataset(
        *[(str(n), text) for n, text in enumerate(CALCULABLE)], headers=("n", "t")
    )


def read_by_libreoffice(path: Path, *options: str) -> list[str]:
    """The second column as LibreOffice shows it, after it opened and calculated ``path``."""
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    target = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
    out = path.parent / "shown"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(out)]
    subprocess.run([*command, *options, str(path)], check=True, capture_output=True, timeout=120)
    with (out / f"{path.stem}.csv").open(encoding="utf-8", newline="") as file:
        return [row[1] for row in csv.reader(file)][1:]


def test_xlsx_cells_read_as_they_were_entered(cells: tablib.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "cells.xlsx"
    path.write_bytes(TypedXLSX().export_data(cells))
    assert read_by_libreoffice(path) == CALCULABLE


def test_csv_cells_are_not_calculated(cells: tablib.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text(GuardedCSV().export_data(cells), encoding="utf-8")
    shown = read_by_libreoffice(path, "--infilter=CSV:44,34,76,1")
    assert shown == [guarded(text) for text in CALCULABLE]
