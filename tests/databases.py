"""SQLite databases that are copied: to fill them anew takes longer than most tests run."""

import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url


def restore_server(app: Flask, kept: Path) -> None:
    """Give a server, which may be in use, the database that was kept."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    assert url.get_backend_name() == "sqlite"
    restore(Path(url.database or ""), kept)


def restore(database: Path, kept: Path) -> None:
    """Make a database, which may be in use, the same as the one that was kept."""
    with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(database)) as target:
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target)
