"""Field types that only outgoing integrations have."""

from typing import Any

from marshmallow import validate

from rc_integrations_plugin.integrations.records import RetryOn
from rc_integrations_plugin.schemas.fields import Text
from rc_integrations_plugin.schemas.outgoing_form import GENERATE

_NOT_ALLOWED = "must be equal to one of the allowed values"
_CHARACTER = "[A-Za-z0-9+/]"
_SECRET = (
    f"^(whsec_(({_CHARACTER}{{4}}){{8,20}}({_CHARACTER}{{2}}==|{_CHARACTER}{{3}}=)?"
    f"|({_CHARACTER}{{4}}){{21}}({_CHARACTER}{{2}}==)?)|{GENERATE})?$"
)


class SigningSecret(Text):
    """A signing secret; `true` stands for a new one, `false` for none."""

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        if isinstance(value, bool):
            return GENERATE if value else ""
        return super()._deserialize(value, *given, **options)

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        secret = {"type": "string", "pattern": _SECRET}
        return {"anyOf": [secret, {"type": "boolean"}]}


class RetryOnField(Text):
    """One of the values of `RetryOn`."""

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> str:
        text = super()._deserialize(value, *given, **options)
        return RetryOn(validate.OneOf(list(RetryOn), error=_NOT_ALLOWED)(text))

    def describe(self) -> dict[str, Any]:
        """Return what it takes as JSON Schema."""
        return {"type": "string", "enum": [one.value for one in RetryOn]}
