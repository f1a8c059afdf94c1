"""Every store must pass the same contract."""

import pytest

from monitor.store.memory import MemoryStore
from monitor.store.sqlite import SqliteStore

from .samples import PostgresInTheirTime

MAKE = {
    "sqlite": lambda request: SqliteStore(request.getfixturevalue("tmp_path") / "tocsin.db"),
    "memory": lambda _: MemoryStore(),
    "postgres": lambda request: PostgresInTheirTime(request.getfixturevalue("address")),
}


@pytest.fixture(params=MAKE)
def store(request):
    made = MAKE[request.param](request)
    yield made
    made.close()
