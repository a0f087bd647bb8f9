from typing import Any

import pytest

from rc_integrations_plugin.errors import InvalidRequest
from rc_integrations_plugin.incoming.request import HookRequest, describe_url, read_query


def make_request(
    query: str = "", *, path: str = "/hooks/i/t", body: bytes | None = b"", **headers: str
) -> HookRequest:
    named = [(name.replace("_", "-").title(), value) for name, value in headers.items()]
    url = ("http", path, query)
    return HookRequest.from_http("POST", url, named, body, remote_address="10.0.0.1")


def test_header_names_are_lower_case() -> None:
    request = make_request(X_GitHub_Event="push", Content_Type="application/json")

    assert request.headers == {"x-github-event": "push", "content-type": "application/json"}
    assert request.content_type == "application/json"


def test_a_body_that_was_not_read_has_the_size_that_was_told() -> None:
    assert make_request(body=b"abc").body_bytes == 3
    assert make_request(body=None, Content_Length="5000000").body_bytes == 5_000_000
    assert make_request(body=None).body_bytes == 0
    assert make_request(body=None, Content_Length="\u00b2").body_bytes == 0


@pytest.mark.parametrize("told", ["5000000000", "9" * 30, "9" * 5000], ids=["5 GB", "30", "5000"])
def test_a_told_size_beyond_what_databases_count_is_kept_as_the_largest(told: str) -> None:
    assert make_request(body=None, Content_Length=told).body_bytes == 2**31 - 1


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("", {}),
        ("via=webhook", {"via": "webhook"}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[]=1", {"a": ["1"]}),
        ("a[b]=c", {"a": {"b": "c"}}),
        ("a%5Bb%5D=c%20d+e", {"a": {"b": "c d e"}}),
        ("a[b][c][d][e][f][g]=1", {"a": {"b": {"c": {"d": {"e": {"f": {"[g]": "1"}}}}}}}),
        ("a&b=", {"a": "", "b": ""}),
        ("a=%E9&b=%zz", {"a": "\ufffd", "b": "%zz"}),
    ],
)
def test_a_query_is_read_as_rocket_chat_reads_it(query: str, value: dict[str, Any]) -> None:
    assert read_query(make_request(query)) == value


@pytest.mark.parametrize(
    "query",
    ["&".join(f"k{number}=1" for number in range(1001)), "a[600]=1", "a[99999999999999999999]=1"],
    ids=["many parameters", "large index", "huge index"],
)
def test_a_query_beyond_the_bounds_is_refused(query: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_query(make_request(query))

    assert caught.value.code == "Invalid query parameters"


def test_a_script_sees_the_parts_of_the_url() -> None:
    request = make_request("a=1&b[c]=2", path="/hooks/i/t é%", Host="chat.test:3000")

    described = describe_url(request)

    raw = "http://chat.test:3000/hooks/i/t%20%C3%A9%25?a=1&b[c]=2"
    assert described == {
        "url_raw": raw,
        "url": {
            "hash": "",
            "search": "?a=1&b[c]=2",
            "query": {"a": "1", "b": {"c": "2"}},
            "pathname": "/hooks/i/t%20%C3%A9%25",
            "path": raw,
        },
    }


@pytest.mark.parametrize(
    ("forwarded", "scheme"),
    [
        ("https", "https"),
        ("HTTPS, http", "https"),
        ("http,https", "http"),
        ("", "http"),
        ("null", "http"),
        (" ,https", "http"),
    ],
)
def test_the_first_proxy_tells_the_scheme(forwarded: str, scheme: str) -> None:
    described = describe_url(make_request(X_Forwarded_Proto=forwarded))

    assert described["url_raw"] == f"{scheme}://localhost/hooks/i/t"
