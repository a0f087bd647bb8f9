"""Sample calls of hooks to begin with, as usual services send them; written for this project."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from rc_integrations_plugin.schemas.trials import SampleCall

_FORM = "application/x-www-form-urlencoded"


def _json(body: Any, **headers: str) -> SampleCall:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SampleCall(body=json.dumps(body, indent=2, ensure_ascii=False), headers=named)


_MESSAGE = _json(
    {
        "text": "Example message",
        "emoji": ":ghost:",
        "attachments": [
            {
                "title": "An attachment",
                "title_link": "https://example.com/",
                "text": "With *bold* text",
                "color": "#764FA5",
                "fields": [
                    {"title": "Owner", "value": "John Doe", "short": True},
                    {"title": "Type", "value": "New Contributor", "short": True},
                ],
            }
        ],
    }
)
_PUSH = _json(
    {
        "ref": "refs/heads/main",
        "before": "1f6c2d0",
        "after": "9b1e0aa",
        "compare": "https://github.com/example/shop/compare/1f6c2d0...9b1e0aa",
        "repository": {
            "full_name": "example/shop",
            "html_url": "https://github.com/example/shop",
        },
        "pusher": {"name": "jane"},
        "commits": [
            {
                "id": "9b1e0aa",
                "message": "Fix the basket's total",
                "url": "https://github.com/example/shop/commit/9b1e0aa",
                "author": {"name": "Jane", "username": "jane"},
            }
        ],
    },
    x_github_event="push",
)
_PIPELINE = _json(
    {
        "object_kind": "pipeline",
        "object_attributes": {"id": 31, "ref": "main", "status": "failed", "duration": 63},
        "user": {"name": "Jane", "username": "jane"},
        "project": {"name": "Shop", "web_url": "https://gitlab.example.com/example/shop"},
    },
    x_gitlab_event="Pipeline Hook",
)
_ALERTS = _json(
    {
        "version": "4",
        "status": "firing",
        "receiver": "chat",
        "groupLabels": {"alertname": "DiskFull"},
        "commonLabels": {"alertname": "DiskFull", "severity": "critical"},
        "commonAnnotations": {"summary": "The disk of db1 is nearly full"},
        "externalURL": "https://alerts.example.com",
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "DiskFull", "instance": "db1:9100"},
                "annotations": {"summary": "The disk of db1 is nearly full"},
                "startsAt": "2026-03-01T12:00:00Z",
                "generatorURL": "https://metrics.example.com/graph",
            }
        ],
    }
)
_SLACK = SampleCall(
    body=urlencode({"payload": json.dumps({"text": "Build <https://ci.example.com|42> is done"})}),
    content_type=_FORM,
)
_FIELDS = SampleCall(body=urlencode({"text": "Backup done", "channel": ""}), content_type=_FORM)

SAMPLE_CALLS: Mapping[str, tuple[str, SampleCall]] = MappingProxyType(
    {
        "message": ("A message with an attachment", _MESSAGE),
        "slack": ("A form field payload, as for Slack", _SLACK),
        "form": ("Plain form fields", _FIELDS),
        "github": ("GitHub: a push", _PUSH),
        "gitlab": ("GitLab: a pipeline", _PIPELINE),
        "alertmanager": ("Alertmanager: an alert", _ALERTS),
    }
)
"""What each is called, and the call; the first one is the usual one."""
