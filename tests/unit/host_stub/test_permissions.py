from typing import Any

import pytest

from host_stub.chat.permissions import DEFAULT_PERMISSIONS
from tests.unit.host_stub.conftest import Api

FORBIDDEN = (403, "error-unauthorized")


def roles_of(api: Api, permission: str) -> Any:
    listed = api.get("permissions.listAll")["update"]
    return next(one["roles"] for one in listed if one["_id"] == permission)


@pytest.mark.parametrize("kind", ["incoming", "outgoing"])
def test_only_administrators_manage_integrations_at_first(ann: Api, kind: str) -> None:
    assert roles_of(ann, f"manage-{kind}-integrations") == ["admin"]
    assert roles_of(ann, f"manage-own-{kind}-integrations") == ["admin"]
    assert roles_of(ann, "message-impersonate") == ["bot", "app"]


def test_every_permission_that_is_asked_for_exists(ann: Api) -> None:
    listed = {one["_id"] for one in ann.get("permissions.listAll")["update"]}

    assert listed == set(DEFAULT_PERMISSIONS)


def test_a_permission_is_granted_and_revoked(admin: Api, ann: Api) -> None:
    def post() -> tuple[int, Any]:
        answer = ann.post("chat.postMessage", channel="@bob", text="hi", alias="CI")
        return answer.status, answer.json.get("error")

    assert post() == (400, "Not enough permission")

    grant = {"_id": "message-impersonate", "roles": ["bot", "user"]}
    admin.post("permissions.update", permissions=[grant])
    assert roles_of(ann, "message-impersonate") == ["bot", "user"]
    assert post() == (200, None)

    admin.post("permissions.update", permissions=[grant | {"roles": []}])
    assert post() == (400, "Not enough permission")


@pytest.mark.parametrize(
    "permissions",
    [
        None,
        [],
        {},
        ["create-c"],
        [{"_id": "create-c"}],
        [{"roles": ["user"]}],
        [{"_id": "create-c", "roles": "user,bot"}],
        [{"_id": "create-c", "roles": [1]}],
        [{"_id": "create-c", "roles": ["nothing"]}],
        [{"_id": "nothing", "roles": ["user"]}],
        [{"_id": "create-d", "roles": []}, {"_id": "nothing", "roles": []}],
    ],
)
def test_a_grant_that_makes_no_sense_changes_nothing(admin: Api, permissions: Any) -> None:
    answer = admin.post("permissions.update", permissions=permissions)

    assert answer.refusal == (400, "invalid-params")
    assert roles_of(admin, "create-d") == list(DEFAULT_PERMISSIONS["create-d"])


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("permissions.update", {"permissions": [{"_id": "create-c", "roles": []}]}),
        ("roles.create", {"name": "ops"}),
        ("roles.delete", {"roleId": "ops"}),
        ("roles.addUserToRole", {"roleId": "admin", "username": "ann"}),
        ("roles.removeUserFromRole", {"roleId": "user", "username": "bob"}),
    ],
)
def test_only_administrators_change_roles(ann: Api, method: str, body: dict[str, Any]) -> None:
    assert ann.post(method, **body).refusal == FORBIDDEN


def test_a_role_of_ones_own(admin: Api, ann: Api) -> None:
    admin.post("roles.create", name="ops", description="Night shift")
    admin.post("roles.addUserToRole", roleId="ops", username="ann")
    admin.post("permissions.update", permissions=[{"_id": "create-user", "roles": ["ops"]}])

    assert ann.get("me")["roles"] == ["user", "ops"]
    assert ann.post("users.create", username="eve", password="pw").status == 200
    listed = admin.get("roles.getUsersInRole", role="ops")["users"]
    assert [user["username"] for user in listed] == ["ann"]
    assert admin.post("roles.delete", roleId="ops").refusal == (400, "error-role-in-use")

    admin.post("roles.removeUserFromRole", roleName="ops", username="ann")
    assert admin.post("roles.delete", roleId="ops").status == 200
    assert roles_of(admin, "create-user") == []
    assert "ops" not in {role["_id"] for role in admin.get("roles.list")["roles"]}


def test_a_role_in_one_room(admin: Api, ann: Api, bob: Api, general: str) -> None:
    ann.post("channels.invite", roomId=general, userId=bob.user_id)
    assert bob.post("channels.rename", roomId=general, name="new").refusal == FORBIDDEN

    admin.post("roles.addUserToRole", roleId="owner", username="bob", roomId=general)

    assert bob.post("channels.rename", roomId=general, name="new").status == 200
    assert bob.get("me")["roles"] == ["user"]


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [
        ("roles.create", {"name": "admin"}, "error-duplicate-role-names-not-allowed"),
        ("roles.create", {"name": " "}, "error-role-name-required"),
        ("roles.create", {"name": "x" * 101}, "invalid-params"),
        ("roles.delete", {"roleId": "admin"}, "error-role-protected"),
        ("roles.delete", {"roleId": "nothing"}, "error-invalid-role"),
        ("roles.addUserToRole", {"roleId": "nothing", "username": "ann"}, "error-invalid-role"),
        ("roles.addUserToRole", {"roleId": "bot", "username": "eve"}, "error-invalid-user"),
        (
            "roles.removeUserFromRole",
            {"roleId": "bot", "username": "ann"},
            "error-user-not-in-role",
        ),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(
    admin: Api, method: str, body: dict[str, Any], code: str
) -> None:
    assert admin.post(method, **body).refusal == (400, code)
