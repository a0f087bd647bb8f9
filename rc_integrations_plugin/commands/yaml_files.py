"""YAML as `export` writes it and `plan` and `apply` read it."""

from typing import IO, Any

import yaml

from rc_integrations_plugin.management.descriptions import DescriptionFault

_HEAD = """\
# The integrations of {site_url}, without secrets: they stay on the server.
# `flask integrations plan` compares, `apply` makes them so again; docs/commands.md has more.
"""
_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Writes scripts line by line, so that a diff of two versions can be read."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


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
        return yaml.safe_load(file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = "" if mark is None else f" (line {mark.line + 1}, column {mark.column + 1})"
        raise DescriptionFault(f"is no YAML: {error.problem}{place}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DescriptionFault("is no YAML that can be read") from error
