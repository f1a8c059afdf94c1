"""What operators are told of settings is what there is."""

import pathlib

from monitor.settings import _KNOWN

PAGE = pathlib.Path(__file__).parents[2] / "docs/operations.md"


def test_every_setting_is_documented_and_nothing_else():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `TOCSIN_")]
    assert {row.split("`")[1] for row in rows} == set(_KNOWN)
