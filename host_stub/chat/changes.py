"""The counter of changes never goes back, though messages may go for good."""

from sqlalchemy.dialects import sqlite

from host_stub.chat.server import Chat
from host_stub.models.messages import ChangeFloor, next_change


def keep_change_counter(chat: Chat) -> None:
    """Note where the counter is, before rows of messages are deleted.

    SQLite counts on from the highest number it finds; a page that has seen a higher one would miss
    what comes next. PostgreSQL has a sequence for it.
    """
    if chat.session.get_bind().dialect.name == "sqlite":
        note = sqlite.insert(ChangeFloor).values(id=1, value=next_change())
        chat.session.execute(
            note.on_conflict_do_update(
                index_elements=[ChangeFloor.id], set_={"value": note.excluded.value}
            )
        )
