"""Bodies that were made to do harm: a clear answer, nothing posted, and the server goes on."""

import gzip
import json
import random
import time
from typing import Any

import pytest

from tests.hooks import FORM, JSON, Stage

MULTIPART = "multipart/form-data; boundary=x"


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param(b"[" * 1_000_000, JSON, 400, id="deep brackets"),
        pytest.param(b'{"a":' * 150_000, JSON, 400, id="deep objects"),
        pytest.param(b'{"text":%b}' % (b"9" * 500_000), JSON, 400, id="a number without end"),
        pytest.param(b'{"text":1e308}', JSON, 200, id="the largest number"),
        pytest.param(b'{"text":-1e999}', JSON, 400, id="minus infinity"),
        pytest.param(b'{"text":"\\u0000"}', JSON, 400, id="NUL"),
        pytest.param(b'{"text":"\\ud83d"}', JSON, 400, id="half a character"),
        pytest.param(b'{"text":"\xed\xa0\x80"}', JSON, 200, id="half a character in bytes"),
        pytest.param(b'{"text":{"a":1}}', JSON, 400, id="an object as text"),
        pytest.param(b'{"attachments":{"a":1}}', JSON, 400, id="an object as attachments"),
        pytest.param(b'{"text":"x","tmid":7}', JSON, 400, id="a number as thread"),
        pytest.param(b'{"text":"x","alias":[]}', JSON, 400, id="a list as alias"),
        pytest.param(b'{"text":"%b"}' % (b"x" * 500_000), JSON, 400, id="a long text"),
        pytest.param(b"&".join([b"a=1"] * 200_000), FORM, 400, id="many fields"),
        pytest.param(b"%" * 900_000, FORM, 400, id="per cent signs"),
        pytest.param(b"payload=" + b"%7B" * 200_000, FORM, 400, id="deep payload"),
        pytest.param(b"--x\r\n" * 150_000, MULTIPART, 400, id="many boundaries"),
        pytest.param(b"\r\n" * 400_000, MULTIPART, 400, id="line breaks"),
        pytest.param(b'{"text":"x"}', JSON + ";charset=punycode", 200, id="a slow charset"),
        pytest.param(b'{"text":"x"}', JSON + ";" + "a=b;" * 5_000, 200, id="many type options"),
    ],
)
def test_a_hostile_body_is_answered_soon_and_clearly(
    stage: Stage, body: bytes, content_type: str, status: int
) -> None:
    hook = stage.hook()
    started = time.process_time()

    answer = hook.send(body, content_type)

    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["success"] is (status == 200)
    assert time.process_time() - started < 2
    assert len(hook.call().body) <= stage.services.settings.history_body_bytes
    assert len(stage.messages()) == (status == 200)


def test_a_bomb_of_gzip_is_refused(stage: Stage) -> None:
    hook = stage.hook()
    bomb = gzip.compress(b'{"text":"' + b" " * 200_000_000, compresslevel=1)
    assert len(bomb) < 1_000_000

    answer = hook.send(bomb, JSON, headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 413
    assert stage.messages() == []


@pytest.mark.parametrize(
    "field", ["attachments", "customFields", "channel", "blocks", "separateResponse", "unknown"]
)
def test_depth_within_the_bound_never_breaks_anything(stage: Stage, field: str) -> None:
    hook = stage.hook()

    answers = [hook.post(**{"text": "x", field: deep(levels)}) for levels in (20, 99, 120)]

    assert {answer.status_code for answer in answers} <= {200, 400}


def test_a_body_that_promises_more_than_it_holds_posts_nothing(stage: Stage) -> None:
    hook = stage.hook()

    answer = hook.send(b'{"text":"x"}', JSON, environ_overrides={"CONTENT_LENGTH": "500"})

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["success"] is False
    assert stage.messages() == []


@pytest.mark.parametrize("told", ["-1", "x", "1e3", "99999999999999999999", "\u00b2"])
def test_a_wrong_content_length_is_no_fault_of_ours(stage: Stage, told: str) -> None:
    hook = stage.hook()

    answer = hook.send(b'{"text":"x"}', JSON, environ_overrides={"CONTENT_LENGTH": told})

    assert answer.status_code in {200, 400, 413}
    assert stage.messages() == []


@pytest.mark.parametrize("seed", range(5))
def test_random_values_in_known_fields_never_break_anything(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- the same values each time
    atoms: list[Any] = [
        None,
        True,
        0,
        -1,
        1e300,
        "",
        "x",
        "\0",
        "#general",
        "@bob",
        [],
        {},
        "é" * 999,
    ]
    fields = ["text", "msg", "channel", "roomId", "alias", "username", "avatar", "icon_url"]
    fields += ["emoji", "icon_emoji", "attachments", "blocks", "tmid", "parseUrls", "groupable"]
    fields += ["customFields", "separateResponse", "bot", "payload", "_id", "u", "ts"]
    inner = [
        "title",
        "text",
        "fields",
        "actions",
        "color",
        "ts",
        "image_url",
        "attachments",
        "value",
    ]

    def value(levels: int = 3) -> Any:
        kind = chance.random()
        if kind < 0.5 or not levels:
            return chance.choice(atoms)
        if kind < 0.75:
            return [value(levels - 1) for _ in range(chance.randint(0, 3))]
        return {chance.choice(inner): value(levels - 1) for _ in range(chance.randint(0, 3))}

    hook = stage.hook(override_destination=True)
    statuses = set()
    for _ in range(100):
        body = {name: value() for name in chance.sample(fields, chance.randint(1, 6))}
        statuses.add(hook.send(json.dumps(body), JSON).status_code)

    assert statuses <= {200, 400}
    assert all(message["msg"] or message["attachments"] for message in stage.messages())
