"""Making and changing integrations by forms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin import suggesting
from rc_integrations_plugin.admin.details import render_details
from rc_integrations_plugin.admin.form_faults import faults_of
from rc_integrations_plugin.admin.form_fields import fields_of
from rc_integrations_plugin.admin.form_values import (
    YES,
    Integration,
    Unreadable,
    Values,
    build_body,
    typed_values,
    usual_values,
    values_of,
)
from rc_integrations_plugin.admin.form_view import FormView
from rc_integrations_plugin.admin.merging import merge, remember
from rc_integrations_plugin.admin.rendering import NAME, render
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.errors import (
    ApiError,
    ChangedMeanwhile,
    IntegrationsError,
    NothingFound,
)
from rc_integrations_plugin.host.port import searching
from rc_integrations_plugin.integrations.permissions import Scope, type_of
from rc_integrations_plugin.integrations.records import (
    IncomingIntegration,
    IntegrationType,
    OutgoingIntegration,
)
from rc_integrations_plugin.management.freezing import is_frozen
from rc_integrations_plugin.management.incoming import create_incoming, update_incoming
from rc_integrations_plugin.management.outgoing import create_outgoing, update_outgoing
from rc_integrations_plugin.management.saved import Saved
from rc_integrations_plugin.management.script_checks import BROKEN
from rc_integrations_plugin.management.script_tests import describe_tests, list_tests, set_tests
from rc_integrations_plugin.schemas.incoming import (
    SCRIPT_LONGEST,
    read_changed_incoming,
    read_new_incoming,
)
from rc_integrations_plugin.schemas.outgoing import read_changed_outgoing, read_new_outgoing
from rc_integrations_plugin.services import Services, current_services

MOST_BYTES = 13 * SCRIPT_LONGEST
"""In a form a letter may take twelve bytes."""
_KINDS = {kind.value.removeprefix("webhook-"): kind for kind in IntegrationType}
_SCRIPT_FIELDS = ("script", "scriptEnabled", "skipTranspile")
_AnySaved = Saved[IncomingIntegration] | Saved[OutgoingIntegration]


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages with forms."""
    suggesting.add_routes(blueprint)
    blueprint.get("/new")(show_new)
    blueprint.get("/new/<kind>")(show_new_of_kind)
    blueprint.post("/new/<kind>")(create)
    blueprint.get("/<integration_id>/duplicate")(show_duplicate)
    blueprint.get("/<integration_id>/edit")(show_edit)
    blueprint.post("/<integration_id>/edit")(save)
    blueprint.post("/<integration_id>/edit/script")(show_edit_with_script)


def show_new() -> ResponseReturnValue:
    """Show an empty form for each type that the user may make."""
    services = current_services()
    viewer = current_viewer(services)
    return render("new.html", viewer, forms=_new_forms(services, viewer))


def show_new_of_kind(kind: str) -> ResponseReturnValue:
    """Show the form that was sent to this address, when it is opened anew."""
    _kind_of(current_viewer(current_services()), kind)
    return redirect(url_for(f"{NAME}.show_new", _anchor=kind))


def create(kind: str) -> ResponseReturnValue:
    """Make an integration, or show what was typed with what is wrong with it."""
    services = current_services()
    viewer = current_viewer(services)
    wanted = _kind_of(viewer, kind)
    typed = typed_values(wanted, request.form)
    try:
        saved = _create(services, viewer, wanted, typed)
    except (IntegrationsError, Unreadable) as error:
        form = _new_form(
            services,
            wanted,
            typed,
            _faults(error, wanted),
            copied_from=request.form.get("copied_from", ""),
        )
        forms = _new_forms(services, viewer, instead=form)
        return render("new.html", viewer, forms=forms), 400
    _copy_tests(services, viewer, saved.integration)
    return _show_saved(services, viewer, saved)


def _copy_tests(services: Services, viewer: Viewer, made: Integration) -> None:
    """Give a duplicate the tests of what it was copied from, as far as he may see them."""
    source = services.integrations.find_any(request.form.get("copied_from", ""))
    if source is None or type_of(source) is not type_of(made) or not viewer.may_manage(source):
        return
    tests = list_tests(services, viewer.manager_of(source), source)
    if tests:
        set_tests(services, viewer.manager_of(made), made, describe_tests(tests))


def show_duplicate(integration_id: str) -> ResponseReturnValue:
    """Show a new form with what is in an integration, but for its secrets."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    name = f"Copy of {found.name}" if found.name.strip() else ""
    values = {**values_of(found), "name": name, "headers": ""}
    form = _new_form(services, type_of(found), values, {}, copied_from=found.id)
    return render("new.html", viewer, forms=[form], copied=found)


def show_edit(integration_id: str) -> ResponseReturnValue:
    """Show the form of an integration."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    form = _form_of(services, found, values_of(found))
    return render("edit.html", viewer, integration=found, form=form)


def show_edit_with_script(integration_id: str) -> ResponseReturnValue:
    """Show the form with a script that was tried out; nothing is stored."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    values = dict(values_of(found))
    if not is_frozen(services.settings):
        typed = typed_values(type_of(found), request.form)
        values |= {name: typed[name] for name in ("script", "skipTranspile")}
    form = _form_of(services, found, values, is_unsaved=True)
    return render("edit.html", viewer, integration=found, form=form)


def save(integration_id: str) -> ResponseReturnValue:
    """Change an integration, or show what was typed with what keeps it from being stored."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    kind = type_of(found)
    typed = typed_values(kind, request.form)
    if is_frozen(services.settings):
        # what can't be changed is not sent
        typed = {**typed, **{name: values_of(found)[name] for name in _SCRIPT_FIELDS}}
    if request.form.get("version") != found.updated_at.isoformat():
        return _show_changed(services, viewer, found, typed)
    try:
        saved = _update(services, viewer, found, typed)
    except ChangedMeanwhile:
        found = find_managed(services, viewer, integration_id)
        return _show_changed(services, viewer, found, typed)
    except (IntegrationsError, Unreadable) as error:
        form = _form_of(services, found, typed, faults=_faults(error, kind), broken=_broken(error))
        return render("edit.html", viewer, integration=found, form=form), 400
    return _show_saved(services, viewer, saved)


def _show_changed(
    services: Services, viewer: Viewer, found: Integration, typed: Values
) -> ResponseReturnValue:
    """Show what somebody else changed, and what was typed; nothing is stored."""
    merged, differences = merge(
        fields_of(type_of(found)),
        typed=typed,
        stored=values_of(found),
        base=request.form.get("base", ""),
    )
    form = _form_of(services, found, merged, differences=differences)
    return render("edit.html", viewer, integration=found, form=form), 409


def _show_saved(services: Services, viewer: Viewer, saved: _AnySaved) -> ResponseReturnValue:
    stored = saved.integration
    if saved.signing_secret:
        return render_details(services, viewer, stored, notice="saved", secret=saved.signing_secret)
    wanted = url_for(f"{NAME}.show_integration", integration_id=stored.id, done="saved")
    return redirect(wanted, 303)


def _create(services: Services, viewer: Viewer, kind: IntegrationType, typed: Values) -> _AnySaved:
    body, manager = build_body(kind, typed, None), viewer.managers[kind]
    if kind is IntegrationType.INCOMING:
        return create_incoming(services, manager, read_new_incoming(body))
    return create_outgoing(services, manager, read_new_outgoing(body))


def _update(services: Services, viewer: Viewer, found: Integration, typed: Values) -> _AnySaved:
    kind = type_of(found)
    body, manager = build_body(kind, typed, found), viewer.managers[kind]
    body["forceScript"] = request.form.get("forceScript") == YES
    version: datetime = found.updated_at
    if kind is IntegrationType.INCOMING:
        return update_incoming(services, manager, read_changed_incoming(body), version=version)
    return update_outgoing(services, manager, read_changed_outgoing(body), version=version)


def _faults(error: IntegrationsError | Unreadable, kind: IntegrationType) -> dict[str, str]:
    if isinstance(error, Unreadable):
        return dict(error.faults)
    return dict(faults_of(error, {one.name for one in fields_of(kind)}))


def _broken(error: IntegrationsError | Unreadable) -> Sequence[Mapping[str, Any]]:
    """Return the tests that keep a script from being stored."""
    details = error.details if isinstance(error, ApiError) else None
    is_that = isinstance(error, ApiError) and error.code == BROKEN
    return details["tests"] if is_that and details else ()


def _form_of(services: Services, found: Integration, values: Values, **shown: object) -> FormView:
    return FormView(
        kind=type_of(found),
        action=url_for(f"{NAME}.save", integration_id=found.id),
        values=values,
        stored=found if isinstance(found, OutgoingIntegration) else None,
        version=found.updated_at.isoformat(),
        base=remember(values_of(found)),
        try_address=url_for(f"{NAME}.try_it", integration_id=found.id),
        completes=searching(services.host) is not None,
        is_frozen=is_frozen(services.settings),
        **shown,  # type: ignore[arg-type]
    )


def _new_form(
    services: Services,
    kind: IntegrationType,
    values: Values,
    faults: dict[str, str],
    *,
    copied_from: str = "",
) -> FormView:
    name = kind.value.removeprefix("webhook-")
    return FormView(
        kind=kind,
        action=url_for(f"{NAME}.create", kind=name),
        values=values,
        faults=faults,
        copied_from=copied_from,
        completes=searching(services.host) is not None,
        is_frozen=is_frozen(services.settings),
    )


def _new_forms(
    services: Services, viewer: Viewer, instead: FormView | None = None
) -> list[FormView]:
    """Return a form for each type that he may make, one of them perhaps filled in already."""
    return [
        instead
        if instead is not None and instead.kind is kind
        else _new_form(services, kind, usual_values(kind), {})
        for kind in viewer.types
    ]


def _kind_of(viewer: Viewer, name: str) -> IntegrationType:
    kind = _KINDS.get(name)
    if kind is None or viewer.managers[kind].scope is Scope.NONE:
        raise NothingFound("There is no such page, or it is not yours to see.")
    return kind
