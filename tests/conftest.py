"""What all tests share."""

import os
import pathlib

import pytest
from hypothesis import settings

from monitor.settings import PostgresUrl
from tests.postgres import Server

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


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server, started for the first test that asks for it; each process of tests has its own."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def address(postgres) -> PostgresUrl:
    """A database of its own for one test."""
    return PostgresUrl(postgres.database())
