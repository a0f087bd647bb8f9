"""All that a flow may use, built once by `wiring`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import current_app

from rc_integrations_plugin.delivery.sender import HttpSender
from rc_integrations_plugin.delivery.wakeup import WakeUp
from rc_integrations_plugin.host.port import Host
from rc_integrations_plugin.messages.authors import ActiveUsers
from rc_integrations_plugin.scripting.protocol import ScriptRunner
from rc_integrations_plugin.scripting.serving import OrderServer
from rc_integrations_plugin.settings import Settings
from rc_integrations_plugin.storage.audit import AuditStore
from rc_integrations_plugin.storage.calls import CallStore
from rc_integrations_plugin.storage.circuits import CircuitStore
from rc_integrations_plugin.storage.deliveries import DeliveryStore
from rc_integrations_plugin.storage.integrations import IntegrationStore
from rc_integrations_plugin.storage.overview import OverviewStore
from rc_integrations_plugin.storage.script_tests import ScriptTestStore
from rc_integrations_plugin.storage.script_versions import ScriptVersionStore
from rc_integrations_plugin.storage.state import StateStore

if TYPE_CHECKING:
    from rc_integrations_plugin.rate_limit import RateLimiter

EXTENSION = "rc_integrations"


@dataclass(frozen=True, kw_only=True)
class Services:
    """The abilities of one installed plugin."""

    settings: Settings
    host: Host
    integrations: IntegrationStore
    calls: CallStore
    """Of incoming hooks."""
    deliveries: DeliveryStore
    circuits: CircuitStore
    overview: OverviewStore
    """The pasts of many integrations at once, for lists."""
    audit: AuditStore
    """Who changed which integration."""
    script_versions: ScriptVersionStore
    script_tests: ScriptTestStore
    """Samples of scripts, and what must come of them."""
    state: StateStore
    """Of the database: its version, and what waits in it."""
    scripts: ScriptRunner
    """For incoming integrations and the API: where the setting says."""
    local_scripts: ScriptRunner
    """In processes of this machine: for workers."""
    order_server: OrderServer
    """Lets a worker run what web processes ask for."""
    sender: HttpSender
    wake_up: WakeUp
    """Tells workers that there is something to deliver."""
    host_context: Callable[[], AbstractContextManager[object]]
    """What a thread enters that is none of the chat server's, to use `host`."""
    rate_limiter: "RateLimiter | None" = None
    """None where calls are not limited."""
    active_users: ActiveUsers = field(default_factory=ActiveUsers)
    """Who was there and active a moment ago."""


def current_services() -> Services:
    """Return the services of the Flask app that is handling the request or job."""
    services: Services = current_app.extensions[EXTENSION]
    return services
