"""The calls of the management API, and examples of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rc_integrations_plugin.openapi.answers import (
    HistoryList,
    IntegrationList,
    OneIntegration,
    StoredIntegration,
    Success,
)
from rc_integrations_plugin.openapi.operation import (
    ENTRY_ID,
    INTEGRATION_ID,
    LISTING,
    PARAMS,
    PREFIX,
    READING,
    REMOVING,
    SAVING,
    WRITING,
    Operation,
)
from rc_integrations_plugin.schemas.incoming import CreateIncoming, UpdateIncoming
from rc_integrations_plugin.schemas.outgoing import CreateOutgoing, UpdateOutgoing
from rc_integrations_plugin.schemas.queries import (
    ClearHistory,
    GetParameters,
    HistoryParameters,
    ListParameters,
    Remove,
    Replay,
)

MANAGING, HISTORY = "Integrations", "History"

SAVING_CODES = (
    PARAMS,
    "not_authorized",
    "error-invalid-channel",
    "error-invalid-channel-start-with-chars",
    "error-invalid-room",
    "error-invalid-username",
    "error-invalid-user",
    "error-user-lacks-message-impersonate-permission",
    "error-invalid-permissions",
    "error-impersonation-not-allowed",
    "error-invalid-event-type",
    "error-invalid-targetRoom",
    "error-invalid-urls",
    "error-invalid-retryDelay",
    "error-invalid-signing-secret",
    "error-invalid-headers",
    "error-invalid-basic-auth",
    "error-invalid-request",
    "error-script-syntax",
    "integration-scripts-disabled",
)
UPDATING_CODES = (
    *SAVING_CODES,
    "error-invalid-token",
    "error-invalid-post-as-user",
    "error-ambiguous-integration",
    "error-integration-changed",
    "error-script-tests-failed",
)
_INCOMING: Mapping[str, Any] = {
    "type": "webhook-incoming",
    "name": "CI",
    "enabled": True,
    "username": "rocket.cat",
    "channel": "#general",
    "scriptEnabled": False,
    "alias": "Build server",
    "emoji": ":hammer:",
}
_OUTGOING: Mapping[str, Any] = {
    "type": "webhook-outgoing",
    "name": "Deployments",
    "enabled": True,
    "event": "sendMessage",
    "username": "rocket.cat",
    "channel": "#general",
    "urls": ["https://receiver.example/hook"],
    "triggerWords": ["!deploy"],
    "retryFailedCalls": True,
    "signingSecret": True,
    "scriptEnabled": False,
}
_CHANGED = {"integrationId": INTEGRATION_ID, "name": "CI, second try", "enabled": False}
_ID = "$response.body#/integration/_id"
_TYPE = "$response.body#/integration/type"
_LINKS: Mapping[str, Any] = {
    "get": {"operationId": "getIntegration", "parameters": {"integrationId": _ID}},
    "history": {"operationId": "listHistory", "parameters": {"id": _ID}},
    "clearHistory": {"operationId": "clearHistory", "requestBody": {"integrationId": _ID}},
    "remove": {
        "operationId": "removeIntegration",
        "requestBody": {"type": _TYPE, "integrationId": _ID},
    },
}

OPERATIONS: Sequence[Operation] = (
    Operation(
        method="post",
        path=f"{PREFIX}create",
        id="createIntegration",
        summary="Make an integration",
        description="Takes a permission for integrations of this type, or rooms that one owns.",
        tag=MANAGING,
        bodies=(CreateIncoming, CreateOutgoing),
        body_examples={"incoming": _INCOMING, "outgoing": _OUTGOING},
        answer=StoredIntegration,
        codes=SAVING_CODES,
        errors=SAVING,
        links=_LINKS,
    ),
    Operation(
        method="put",
        path=f"{PREFIX}update",
        id="updateIntegration",
        summary="Change an integration",
        description="What is left out stays as it was. All of it is stored, or nothing.",
        tag=MANAGING,
        bodies=(UpdateIncoming, UpdateOutgoing),
        body_examples={
            "incoming": {
                **_CHANGED,
                "type": "webhook-incoming",
                "channel": "#general",
                "scriptEnabled": False,
            },
            "outgoing": {**_CHANGED, "type": "webhook-outgoing", "scriptEnabled": False},
        },
        answer=StoredIntegration,
        codes=UPDATING_CODES,
        errors=SAVING,
        links=_LINKS,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}get",
        id="getIntegration",
        summary="Show an integration",
        description="An unknown id and somebody else's are answered alike.",
        tag=MANAGING,
        query=GetParameters,
        query_examples={"integrationId": INTEGRATION_ID},
        answer=OneIntegration,
        codes=(PARAMS,),
        errors=READING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}list",
        id="listIntegrations",
        summary="List integrations",
        description=(
            "Those that the caller may manage, the newest first unless `sort` says otherwise. It"
            " may be sorted by `_id`, `name`, `type`, `enabled`, `username`, `_createdAt` and"
            " `_updatedAt`. Rocket.Chat's old parameters `query` and `fields` are ignored."
        ),
        tag=MANAGING,
        query=ListParameters,
        answer=IntegrationList,
        codes=(PARAMS, "error-invalid-sort"),
        errors=LISTING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}remove",
        id="removeIntegration",
        summary="Remove an integration",
        description=(
            "With its history, and with what is still to be delivered. The answer has what was"
            " removed."
        ),
        tag=MANAGING,
        bodies=(Remove,),
        body_examples={
            "by id": {"type": "webhook-incoming", "integrationId": INTEGRATION_ID},
            "by URL": {"type": "webhook-outgoing", "target_url": "https://receiver.example/hook"},
        },
        answer=OneIntegration,
        codes=(PARAMS, "error-ambiguous-integration"),
        errors=REMOVING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}history",
        id="listHistory",
        summary="Show what an integration did",
        description=(
            "The newest first, unless `sort` says otherwise by `_createdAt` or `_updatedAt`. An"
            " unknown id, and somebody else's, has an empty history."
        ),
        tag=HISTORY,
        query=HistoryParameters,
        query_examples={"id": INTEGRATION_ID},
        answer=HistoryList,
        codes=(PARAMS, "error-invalid-sort"),
        errors=LISTING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}clearHistory",
        id="clearHistory",
        summary="Forget what an integration did",
        description="What is still to be delivered stays.",
        tag=HISTORY,
        bodies=(ClearHistory,),
        body_examples={"one": {"integrationId": INTEGRATION_ID}},
        answer=Success,
        codes=(PARAMS, "not_authorized", "error-invalid-integration"),
        errors=WRITING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}replayOutgoing",
        id="replayOutgoing",
        summary="Make a call again",
        description=(
            "With exactly what was sent then, and under the same `webhook-id`. It is stored when"
            " this is answered; the history shows what came of it."
        ),
        tag=HISTORY,
        bodies=(Replay,),
        body_examples={"one": {"integrationId": INTEGRATION_ID, "historyId": ENTRY_ID}},
        answer=Success,
        codes=(
            PARAMS,
            "not_authorized",
            "error-invalid-integration",
            "error-invalid-integration-history",
            "error-integration-disabled",
        ),
        errors=WRITING,
    ),
)
