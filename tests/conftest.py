"""What all tests share."""

import os
import pathlib

import pytest
from hypothesis import settings

# Speed belongs to benchmarks/: a busy machine must fail no test. CI draws the same examples each time.
settings.register_profile("tocsin", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tocsin")


@pytest.fixture(scope="session")
def shared() -> pathlib.Path:
    """The folder of real documents beside the repository; its tests skip where it is absent."""
    root = pathlib.Path(os.environ.get("TOCSIN_SHARED", pathlib.Path(__file__).parents[2] / "shared"))
    if not (root / "data").is_dir():
        pytest.skip("no shared data on this machine")
    return root
