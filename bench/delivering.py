"""A chat server's database with outgoing integrations in it, Redis, and workers, for measuring."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis

from host_stub.app import create_app
from host_stub.chat.server import EXTENSION as STUB, Chat
from host_stub.demo.servers import redis_command
from host_stub.seed import ensure_user
from rc_integrations_plugin.delivery.rq_wakeup import QUEUE, Bell
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.deliveries import Delivery
from rc_integrations_plugin.integrations.records import Editor, OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.services import EXTENSION, Services

DATA = {"token": "", "bot": False, "channel_name": "general", "text": "Deploy 42 is done " * 10}


class Place:
    """A folder with the database, and a Redis."""

    def __init__(self, folder: Path, settings: dict[str, float]) -> None:
        self.redis_url = f"unix://{folder / 'r'}"
        self._settings: dict[str, object] = {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'chat.db'}",
            "RC_INTEGRATIONS_REDIS_URL": self.redis_url,
            "RC_INTEGRATIONS_ALLOWED_NETWORKS": "127.0.0.0/8",
            **{f"RC_INTEGRATIONS_{name}": value for name, value in settings.items()},
        }
        self.environment = {f"FLASK_{key}": str(value) for key, value in self._settings.items()}
        app = create_app(self._settings)
        self.services: Services = app.extensions[EXTENSION]
        chat: Chat = app.extensions[STUB]
        with app.app_context(), chat.transaction():
            self._user_id = ensure_user(chat, "rocket.cat", roles=("bot",)).id

    def add_integration(self, url: str, **fields: object) -> OutgoingIntegration:
        """Store an integration that calls this URL."""
        now = datetime.now(UTC)
        values = {"id": new_id(), "name": "bench", "enabled": True, "urls": (url,), "channels": ()}
        values |= {"event": EventName.MESSAGE_SENT, "username": "rocket.cat"}
        values |= {"user_id": self._user_id, "created_at": now, "updated_at": now}
        values |= {"created_by": Editor(self._user_id, "rocket.cat")}
        integration = OutgoingIntegration(**values | fields)  # type: ignore[arg-type]
        self.services.integrations.add(integration)
        return integration

    def add_deliveries(self, integration: OutgoingIntegration, count: int) -> None:
        """Store deliveries that are due; nobody is told of them."""
        now = datetime.now(UTC)
        self.services.deliveries.open(
            [
                Delivery(
                    id=new_id(),
                    webhook_id=secrets.token_hex(16),
                    integration_id=integration.id,
                    created_at=now,
                    event=integration.event,
                    url=integration.urls[0],
                    data=DATA,
                )
                for _ in range(count)
            ]
        )

    def ring(self) -> None:
        """Wake a worker."""
        with contextlib.closing(Redis.from_url(self.redis_url)) as connection:
            Bell(connection).ring()

    def await_done(self, *, seconds: float = 120) -> None:
        """Return when nothing is left to do."""
        until = time.monotonic() + seconds
        while self.services.deliveries.next_due() is not None:
            assert time.monotonic() < until, "the deliveries were not made in time"
            time.sleep(0.02)

    @contextlib.contextmanager
    def redis(self) -> Iterator[None]:
        """Run Redis."""
        socket = Path(self.redis_url.removeprefix("unix://"))
        with subprocess.Popen(
            redis_command(socket, socket.parent), stdout=subprocess.DEVNULL
        ) as it:
            try:
                while not socket.exists():
                    time.sleep(0.02)
                yield
            finally:
                it.terminate()

    @contextlib.contextmanager
    def workers(self, count: int) -> Iterator[int]:
        """Run worker processes; gives the first one's process id."""
        command = [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "host_stub.app",
            "integrations",
            "worker",
        ]
        started = [
            subprocess.Popen(command, env=os.environ | self.environment, stderr=subprocess.DEVNULL)
            for _ in range(count)
        ]
        try:
            with contextlib.closing(Redis.from_url(self.redis_url)) as connection:
                while connection.scard(f"rq:workers:{QUEUE}") < count:
                    time.sleep(0.05)
            yield started[0].pid
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(30)
