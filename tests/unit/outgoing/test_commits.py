from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from rc_integrations_plugin.outgoing.commits import TransactionMarks


class Rings:
    """Counts, and looks what was committed by then."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seen: list[int] = []

    def __call__(self) -> None:
        with self._engine.connect() as connection:
            self.seen.append(connection.scalar(text("SELECT count(*) FROM rows")) or 0)


@pytest.fixture
def engine(tmp_path: object) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/rows.db")

    # as SQLAlchemy's documentation advises for savepoints
    @event.listens_for(engine, "connect")
    def no_begin(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN")  # type: ignore[attr-defined]

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rows (id INTEGER PRIMARY KEY)"))
    yield engine
    engine.dispose()


@pytest.fixture
def rings(engine: Engine) -> Rings:
    return Rings(engine)


@pytest.fixture
def marks(rings: Rings) -> TransactionMarks:
    return TransactionMarks(on_commit=rings)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def write(session: Session) -> None:
    session.connection().execute(text("INSERT INTO rows DEFAULT VALUES"))


def test_it_is_done_once_after_the_commit(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    for _ in range(3):
        write(session)
        marks.mark(session)
    assert marks.is_marked(session)
    assert rings.seen == []

    session.commit()

    assert rings.seen == [3]
    assert not marks.is_marked(session)


def test_a_commit_without_a_mark_does_nothing(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    write(session)
    marks.mark(session)
    session.commit()

    write(session)
    session.commit()

    assert rings.seen == [1]


def test_each_transaction_of_a_session_counts_for_itself(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    for _ in range(2):
        write(session)
        marks.mark(session)
        session.commit()

    assert rings.seen == [1, 2]


@pytest.mark.parametrize("end", ["rollback", "close", "reset"])
def test_what_is_undone_is_forgotten(
    session: Session, marks: TransactionMarks, rings: Rings, end: str
) -> None:
    write(session)
    marks.mark(session)

    getattr(session, end)()

    assert not marks.is_marked(session)
    write(session)
    session.commit()
    assert rings.seen == []


def test_a_released_savepoint_passes_its_mark_on(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    write(session)
    with session.begin_nested():
        with session.begin_nested():
            write(session)
            marks.mark(session)
        assert rings.seen == []
    assert rings.seen == []
    assert marks.is_marked(session)

    session.commit()

    assert rings.seen == [2]


def test_a_savepoint_that_is_rolled_back_takes_its_mark_along(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    write(session)
    savepoint = session.begin_nested()
    with session.begin_nested():
        write(session)
        marks.mark(session)
    savepoint.rollback()

    assert not marks.is_marked(session)
    session.commit()
    assert rings.seen == []


def test_a_mark_before_a_savepoint_outlives_its_rollback(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    write(session)
    marks.mark(session)
    savepoint = session.begin_nested()
    write(session)
    marks.mark(session)
    savepoint.rollback()

    session.commit()

    assert rings.seen == [1]


def test_the_rollback_of_all_takes_open_savepoints_along(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    write(session)
    session.begin_nested()
    marks.mark(session)

    session.rollback()

    assert not marks.is_marked(session)
    session.commit()
    assert rings.seen == []


def test_a_commit_of_all_with_open_savepoints_does_it_once(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    write(session)
    session.begin_nested()
    session.begin_nested()
    write(session)
    marks.mark(session)

    session.commit()
    session.commit()
    session.commit()

    assert rings.seen == [2]


def test_a_commit_that_fails_does_nothing(
    session: Session, marks: TransactionMarks, rings: Rings
) -> None:
    def fail(_session: Session) -> None:
        raise RuntimeError

    write(session)
    marks.mark(session)
    event.listen(session, "before_commit", fail)

    with pytest.raises(RuntimeError):
        session.commit()
    session.rollback()

    assert rings.seen == []


def test_marks_of_two_kinds_and_sessions_keep_apart(
    engine: Engine, marks: TransactionMarks, rings: Rings
) -> None:
    others = TransactionMarks()
    with Session(engine) as one, Session(engine) as other:
        one.connection()
        marks.mark(one)
        other.connection()
        others.mark(other)

        assert marks.is_marked(one)
        assert not marks.is_marked(other)
        assert not others.is_marked(one)
        other.commit()
        assert rings.seen == []


def test_sessions_of_a_registry_are_marked_one_by_one(
    engine: Engine, marks: TransactionMarks, rings: Rings
) -> None:
    registry = scoped_session(sessionmaker(engine))
    for _ in range(2):
        write(registry())
        marks.mark(registry())
        registry.commit()
        registry.remove()

    assert rings.seen == [1, 2]
