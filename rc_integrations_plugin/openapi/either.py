"""A field that holds one of several objects."""

from typing import Any

from marshmallow import Schema, fields


class Either(fields.Field[Any]):
    """An object that fits one of these schemas."""

    def __init__(self, *schemas: type[Schema], **options: Any) -> None:
        super().__init__(**options)
        self.schemas = schemas
