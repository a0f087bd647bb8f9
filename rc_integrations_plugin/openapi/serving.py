"""How the description is served: it is the same for everybody, until the server is upgraded."""

import json
from functools import lru_cache

from flask import Response, request

PLACES = 8
"""So many prefixes of paths may a server have; what is made for each is kept."""
_SECONDS = 3600


@lru_cache(maxsize=PLACES)
def description_text(root: str) -> str:
    """Return the description of the API of a server whose paths begin with `root`, as JSON."""
    # slow to import, and needed where somebody reads it, not for each command
    from rc_integrations_plugin.openapi.description import describe_api  # noqa: PLC0415

    return json.dumps(describe_api(root))


def kept_by_browsers(response: Response, *, without_asking: bool) -> Response:
    """Return an answer that browsers keep, or the one that says that theirs is good.

    Args:
        response: to a GET.
        without_asking: whether they may show it for an hour without asking again.
    """
    response.add_etag()
    # the chat server may set a cookie with it, which no cache for many people may keep
    response.cache_control.private = True
    if without_asking:
        response.cache_control.max_age = _SECONDS
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response
