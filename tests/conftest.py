"""What all tests share."""

import os
import pathlib

import pytest


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """The folder of real documents beside the repository; its tests skip where it is absent."""
    root = pathlib.Path(os.environ.get("TOCSIN_SHARED", pathlib.Path(__file__).parents[2] / "shared"))
    if not (root / "data").is_dir():
        pytest.skip("no shared data on this machine")
    return root
