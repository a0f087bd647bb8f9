"""What `doctor` looks at: each check yields findings, and says what to do about them."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from rc_integrations_plugin.commands.acting import database_reason
from rc_integrations_plugin.commands.output import counted
from rc_integrations_plugin.delivery.circuit import Circuit
from rc_integrations_plugin.delivery.rq_wakeup import QUEUE, connect_redis
from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.integrations.masks import Mask
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.text import shown_name
from rc_integrations_plugin.scripting.confinement import missing_filter
from rc_integrations_plugin.services import Services
from rc_integrations_plugin.settings import PREFIX, ScriptPlace, ScriptsAllowed
from rc_integrations_plugin.storage.integration_filter import IntegrationFilter
from rc_integrations_plugin.storage.schema import HEAD

_LATE = timedelta(minutes=1)
_MOST_SKEW = timedelta(seconds=5)
_MOST_SHOWN = 20
_ANY_SCRIPT = "class Script {}"
_WORKER = "flask integrations worker"


class State(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"
    """As somebody may want it; he should know of it."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    about: str
    state: State
    told: str
    advice: str = ""
    """What to do about it."""


Check = Callable[[Services], Iterator[Finding]]


def find_all(services: Services) -> Sequence[Finding]:
    """Return what all checks find; one that cannot be made does not stop the others."""
    found: list[Finding] = []
    for about, check in CHECKS:
        try:
            found += check(services)
        except SQLAlchemyError as error:
            told = f"cannot be looked at: {database_reason(error)}"
            found.append(Finding(about, State.WRONG, told, _DATABASE_ADVICE))
    return found


_DATABASE_ADVICE = "Is the database there, at SQLALCHEMY_DATABASE_URI, and its tables upgraded?"


def check_database(services: Services) -> Iterator[Finding]:
    """Look whether the database answers and has the tables of this release."""
    version = services.state.version()
    yield Finding("database", State.OK, f"{services.state.database} answers")
    if version == HEAD:
        yield Finding("tables", State.OK, f"at version {version}")
    elif version is not None and version > HEAD:
        told = f"at version {version}; this release knows {HEAD}"
        yield Finding("tables", State.WRONG, told, "Install the newer release again")
    else:
        told = f"at version {version or 'none'}; this release needs {HEAD}"
        yield Finding("tables", State.WRONG, told, "Run: flask integrations db upgrade")


def check_clock(services: Services) -> Iterator[Finding]:
    """Compare this machine's clock with the database's."""
    before = datetime.now(UTC)
    skew = abs(services.state.time() - before)
    if skew > _MOST_SKEW:
        told = f"differs from the database's by {skew.total_seconds():.0f} s"
        yield Finding("clock", State.WRONG, told, "Let both machines keep time by NTP")
    else:
        yield Finding("clock", State.OK, "agrees with the database's")


def check_redis(services: Services) -> Iterator[Finding]:
    """Look whether Redis answers and workers are registered there."""
    url = services.settings.redis_url
    with contextlib.closing(connect_redis(url)) as connection:
        try:
            connection.ping()
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            workers = SimpleWorker.all(queue=queue)
        except RedisError as error:
            told = f"cannot be reached at {Mask().text(url)}: {Mask().text(str(error))}"
            advice = (
                f"Start it, or correct {PREFIX}REDIS_URL. Meanwhile workers look for calls"
                f" each {services.settings.delivery_sweep_seconds:g} s"
            )
            yield Finding("redis", State.WRONG, told, advice)
            return
    yield Finding("redis", State.OK, f"answers at {Mask().text(url)}")
    if workers:
        hosts = sorted({str(worker.hostname) for worker in workers})
        told = f"{counted(len(workers), 'worker')}, on {', '.join(hosts)}"
        yield Finding("workers", State.OK, told)
    else:
        needed = _needs_worker(services)
        told = "none is registered in Redis" + (f", and {needed}" if needed else "")
        yield Finding("workers", State.WRONG if needed else State.NOTE, told, f"Start: {_WORKER}")


def _needs_worker(services: Services) -> str:
    """Return what is not done without a worker, or nothing."""
    if services.settings.incoming_scripts is ScriptPlace.RQ:
        return "scripts of hooks are to run on workers"
    return "outgoing integrations are on" if services.integrations.enabled_outgoing() else ""


def check_waiting(services: Services) -> Iterator[Finding]:
    """Look whether deliveries wait for longer than they should."""
    now = datetime.now(UTC)
    waiting = services.state.waiting(now)
    if waiting.oldest_due_at is None:
        yield Finding("deliveries", State.OK, "none waits")
        return
    told = f"{waiting.all} not finished, {waiting.due} of them due"
    late = now - waiting.oldest_due_at
    if late > _LATE:
        told += f", the oldest for {late.total_seconds() / 60:.0f} min"
        advice = f"Start workers, or more of them: {_WORKER} --workers N"
        yield Finding("deliveries", State.WRONG, told, advice)
    else:
        yield Finding("deliveries", State.OK, told)


def check_scripts(services: Services) -> Iterator[Finding]:
    """Look whether a script's process can be started, and is confined."""
    if services.settings.scripts is ScriptsAllowed.OFF:
        yield Finding("scripts", State.NOTE, f"switched off by {PREFIX}SCRIPTS")
        return
    try:
        services.local_scripts.check(_ANY_SCRIPT)
    except ScriptsUnavailable as error:
        advice = "The log says why; docs/scripts.md says what scripts need"
        yield Finding("scripts", State.WRONG, f"no process: {error.reason}", advice)
        return
    yield Finding("scripts", State.OK, "a process can be started")
    reason = missing_filter()
    if reason:
        advice = "Install libseccomp (Debian: libseccomp2), on Linux"
        told = f"scripts' system calls are not filtered: {reason}"
        yield Finding("script filter", State.NOTE, told, advice)
    else:
        yield Finding("script filter", State.OK, "system calls are filtered")


def check_settings(services: Services) -> Iterator[Finding]:
    """Name the settings that open something."""
    opened = list(_opened(services))
    yield from opened or [Finding("settings", State.OK, "none opens anything")]


def _opened(services: Services) -> Iterator[Finding]:
    settings = services.settings
    if settings.allowed_networks:
        told = f"open to calls: {', '.join(settings.allowed_networks)}"
        advice = f"Is each entry of {PREFIX}ALLOWED_NETWORKS still needed?"
        yield Finding("networks", State.NOTE, told, advice)
    if settings.http_proxy_from_environment:
        told = "calls go through the environment's proxy, which decides what they reach"
        advice = f"See {PREFIX}HTTP_PROXY_FROM_ENVIRONMENT in docs/settings.md"
        yield Finding("proxy", State.NOTE, told, advice)
    if settings.own_messages:
        told = "integrations hear their own messages: a circle may arise"
        yield Finding("own messages", State.NOTE, told, f"Is {PREFIX}OWN_MESSAGES needed?")
    site = urlsplit(services.host.site_url)
    if site.scheme != "https" and site.hostname not in {"localhost", "127.0.0.1", "::1"}:
        told = f"hooks are at {services.host.site_url}: their tokens are sent in the clear"
        yield Finding("site url", State.NOTE, told, "Serve the chat by https")


def check_switched_off(services: Services) -> Iterator[Finding]:
    """List integrations that the server switched off by itself."""
    found, total = services.integrations.page(
        IntegrationFilter(enabled=False), offset=0, count=10_000
    )
    off = [one for one in found if one.disabled_reason]
    for one in off[:_MOST_SHOWN]:
        kind = "outgoing" if isinstance(one, OutgoingIntegration) else "incoming"
        told = f"{kind} {one.id} {shown_name(one.name)} was switched off: {one.disabled_reason}"
        advice = f"Mend that, then run: flask integrations enable {one.id}"
        yield Finding("integration", State.WRONG, told, advice)
    if len(off) > _MOST_SHOWN:
        told = f"{len(off) - _MOST_SHOWN} more were switched off"
        yield Finding("integration", State.WRONG, told, "Run: flask integrations list --disabled")
    if not off:
        told = f"none was switched off by the server ({total} by people)"
        yield Finding("integrations", State.OK, told)


def check_circuits(services: Services) -> Iterator[Finding]:
    """List receivers that are left alone for a while because they failed again and again."""
    circuits = services.circuits.load_open()
    found = services.integrations.outgoing_by_ids(circuits)
    for one in list(found.values())[:_MOST_SHOWN]:
        yield _open_circuit(one, circuits[one.id])
    if len(found) > _MOST_SHOWN:
        told = f"{len(found) - _MOST_SHOWN} more receivers fail"
        yield Finding("receiver", State.WRONG, told, "Run: flask integrations list --failing")
    if not found:
        yield Finding("receivers", State.OK, "none is left alone because it fails")


def _open_circuit(integration: OutgoingIntegration, circuit: Circuit) -> Finding:
    now = datetime.now(UTC)
    since = circuit.failing_since or now
    told = (
        f"outgoing {integration.id} {shown_name(integration.name)}:"
        f" {counted(circuit.failures, 'call')} in a row failed since {since:%Y-%m-%d %H:%M} UTC,"
        " so the others wait"
    )
    if circuit.open_until is not None and circuit.open_until > now:
        told += f"; one is tried at {circuit.open_until:%H:%M}"
    hours = int((now - since) / timedelta(hours=1)) + 1
    advice = (
        f"See what it answers: flask integrations history {integration.id}. Once it is well, calls"
        " go on by themselves; those that failed for good are made again by: flask integrations"
        f" recover --since {hours}h --integration {integration.id}"
    )
    return Finding("receiver", State.WRONG, told, advice)


CHECKS: Sequence[tuple[str, Check]] = (
    ("database", check_database),
    ("clock", check_clock),
    ("redis", check_redis),
    ("deliveries", check_waiting),
    ("receivers", check_circuits),
    ("scripts", check_scripts),
    ("settings", check_settings),
    ("integrations", check_switched_off),
)
