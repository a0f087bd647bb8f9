"""What the hook is measured against: a Flask route that stores one row, and nothing else."""

import os

from flask import Flask, Response, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

db = SQLAlchemy()


class Row(db.Model):  # type: ignore[name-defined, misc]
    """One posted text."""

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def create_app() -> Flask:
    """Return the bare app; its database is named by the environment variable BENCH_DATABASE."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 40, "connect_args": {"timeout": 30}}
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "connect", _pragmas)
        # not create_all(): of two processes that start at once, one would fail
        with db.engine.begin() as connection:
            connection.execute(CreateTable(Row.__table__, if_not_exists=True))
    app.post("/rows")(_store)
    return app


def _pragmas(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _store() -> Response:
    db.session.add(Row(text=request.get_json()["text"]))
    db.session.commit()
    return jsonify(success=True)
