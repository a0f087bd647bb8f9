"""The form of an incoming integration."""

from collections.abc import Sequence

from rc_integrations_plugin.admin.form_field import (
    ALIAS,
    AVATAR,
    EMOJI,
    ENABLED,
    NAME,
    SCRIPT,
    STRICT,
    Completes,
    Field,
    Kind,
    Section,
)

INCOMING: Sequence[Section] = (
    Section(
        "Settings",
        (
            ENABLED,
            NAME,
            Field(
                name="channel",
                label="Post to Channel",
                needed=True,
                completes=Completes.ROOMS,
                is_list=True,
                placeholder="#general, @john",
                help="Where messages go: #room or @person. Several are separated by commas.",
            ),
            Field(
                name="username",
                label="Post as",
                needed=True,
                usual="rocket.cat",
                completes=Completes.USERS,
                help="The user who posts, without @. There must be such a user, and he must be"
                " able to write in these rooms.",
            ),
            ALIAS,
            AVATAR,
            EMOJI,
            Field(
                name="overrideDestinationChannelEnabled",
                label="Allow to overwrite destination channel in the body parameters",
                kind=Kind.FLAG,
                help="A request, or the script, may then name other rooms than those above.",
            ),
        ),
    ),
    Section(
        "Script",
        (
            Field(
                name="scriptEnabled",
                label="Script Enabled",
                kind=Kind.FLAG,
                help="The script reads each request and says what is posted, or refuses it.",
            ),
            SCRIPT,
        ),
    ),
    Section(
        "Advanced settings",
        (
            Field(
                name="allowGet",
                label="Allow GET",
                kind=Kind.FLAG,
                help="Also answer GET, for programs that cannot send POST.",
            ),
            STRICT,
        ),
        is_folded=True,
    ),
)
