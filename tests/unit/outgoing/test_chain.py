import contextvars
import threading

import pytest

from rc_integrations_plugin.host.events import ChatEvent, EventName
from rc_integrations_plugin.integrations.deliveries import Posted
from rc_integrations_plugin.outgoing.chain import (
    CURRENT,
    Posting,
    being_posted,
    depth_of_event,
    find_own_posting,
)
from tests.factories import NOON, make_delivery
from tests.unit.outgoing.chat import make_event, make_message


def make_posting(depth: int = 0) -> Posting:
    return Posting(
        integration_id="i1",
        delivery=make_delivery(integration_id="i1", depth=depth),
        depth=depth,
        stage=Posted.ANSWER,
    )


def test_what_people_do_has_no_depth() -> None:
    assert depth_of_event() == 0
    assert find_own_posting(make_event(message=make_message(integration_id="i1"))) is None


@pytest.mark.parametrize("depth", [0, 4])
def test_what_an_answer_leads_to_is_one_deeper(depth: int) -> None:
    with being_posted(make_posting(depth)):
        assert depth_of_event() == depth + 1

    assert depth_of_event() == 0


def test_an_answer_within_an_answer_counts_by_its_own_delivery() -> None:
    with being_posted(make_posting(3)):
        with being_posted(make_posting(0)):
            assert depth_of_event() == 1
        assert depth_of_event() == 4


def test_it_ends_also_with_an_error() -> None:
    with pytest.raises(RuntimeError), being_posted(make_posting()):
        raise RuntimeError

    assert CURRENT.get() is None


@pytest.mark.parametrize(
    ("event", "is_own"),
    [
        pytest.param(make_event(message=make_message(integration_id="i1")), True, id="its message"),
        pytest.param(make_event(message=make_message(integration_id="i2")), False, id="another's"),
        pytest.param(make_event(message=make_message()), False, id="a person's"),
        pytest.param(
            make_event(message=make_message(integration_id="i1", edited_at=NOON)),
            False,
            id="an edit",
        ),
        pytest.param(
            make_event(EventName.FILE_UPLOADED, message=make_message(integration_id="i1")),
            False,
            id="a file",
        ),
        pytest.param(make_event(EventName.ROOM_JOINED), False, id="the bot joins"),
    ],
)
def test_the_message_of_an_answer_is_known(event: ChatEvent, *, is_own: bool) -> None:
    with being_posted(current := make_posting()):
        assert find_own_posting(event) is (current if is_own else None)


def test_another_thread_has_postings_of_its_own() -> None:
    seen: list[int] = []

    with being_posted(make_posting(2)):
        thread = threading.Thread(target=lambda: seen.append(depth_of_event()))
        thread.start()
        thread.join()
        copied = contextvars.copy_context()

    assert seen == [0]
    assert copied.run(depth_of_event) == 3
