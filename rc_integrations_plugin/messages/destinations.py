"""Where a message goes: what the integration says, or what the body asks for, where it may."""

from rc_integrations_plugin.errors import PostRefused
from rc_integrations_plugin.messages.payload import Defaults, Payload

# Rocket.Chat answers with this sentence in place of a code.
OVERRIDE_DISABLED = "overriding destination channel is disabled for this integration"


def destinations_of(
    payload: Payload, *, defaults: Defaults, override_allowed: bool
) -> tuple[str, ...]:
    """Return the channels to post to, each once, in the order they were given.

    Raises:
        PostRefused: the body asks for channels and may not, or there is none at all.
    """
    if payload.channels:
        if not override_allowed:
            raise PostRefused(OVERRIDE_DISABLED, code=OVERRIDE_DISABLED)
        return payload.channels
    channels = tuple(dict.fromkeys(channel for channel in defaults.channels if channel.strip()))
    if not channels:
        raise PostRefused("The integration has no channel to post to", code="error-invalid-channel")
    return channels
