"""YAML as `export` writes it and `plan` and `apply` read it."""

import os
import re
from typing import IO, Any

import yaml

from rc_integrations_plugin.management.descriptions import DescriptionFault
from rc_integrations_plugin.management.given import GivenSecret

_HEAD = """\
# The integrations of {site_url}, without secrets: they stay on the server.
# `flask integrations plan` compares, `apply` makes them so again; docs/commands.md has more.
"""
_WIDTH = 100
_PREFIX = "RC_SECRET_"
"""Who writes a file must not get to send other secrets of the machine to a URL of his."""
_PLACE = re.compile(rf"{_PREFIX}[A-Za-z0-9_]+", re.ASCII)


class _Dumper(yaml.SafeDumper):
    """Writes scripts line by line, so that a diff of two versions can be read."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class _Loader(yaml.SafeLoader):
    """Reads `!env RC_SECRET_NAME` as the secret in that environment variable."""


def _read_place(loader: yaml.SafeLoader, node: yaml.Node) -> GivenSecret:
    name = str(loader.construct_scalar(node)) if isinstance(node, yaml.ScalarNode) else ""
    if not _PLACE.fullmatch(name):
        problem = f"!env takes the name of an environment variable that begins with {_PREFIX}"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return GivenSecret(name, os.environ.get(name) or None)


_Loader.add_constructor("!env", _read_place)


def write_yaml(file: IO[str], data: Any, *, site_url: str) -> None:
    """Write a description into a file."""
    file.write(_HEAD.format(site_url=site_url))
    yaml.dump(data, file, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


def read_yaml(file: IO[str]) -> Any:
    """Return what a file says.

    Raises:
        DescriptionFault: it is no YAML.
    """
    try:
        return yaml.load(file, Loader=_Loader)  # noqa: S506 it is a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = "" if mark is None else f" (line {mark.line + 1}, column {mark.column + 1})"
        raise DescriptionFault(f"is no YAML: {error.problem}{place}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DescriptionFault("is no YAML that can be read") from error
