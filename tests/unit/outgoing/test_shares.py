from collections import Counter

from rc_integrations_plugin.outgoing.shares import what_to_ask


def test_an_idle_worker_asks_for_half_of_its_places() -> None:
    ask = what_to_ask({}, places=256, most_of_one=32)

    assert (ask.limit, ask.per_integration, ask.busy) == (128, 32, frozenset())


def test_an_integration_with_its_share_is_left_out() -> None:
    ask = what_to_ask({"a": 32, "b": 31}, places=256, most_of_one=32)

    assert ask.busy == {"a"}


def test_the_fuller_it_is_the_smaller_is_a_share() -> None:
    shares = [
        what_to_ask({"a": held}, places=256, most_of_one=32).per_integration
        for held in (0, 128, 192, 240, 255)
    ]

    assert shares == [32, 32, 16, 4, 1]


def test_without_places_nothing_is_asked_for() -> None:
    assert what_to_ask({"a": 4, "b": 5}, places=8, most_of_one=4).limit == 0


def test_a_worker_with_one_place_uses_it() -> None:
    ask = what_to_ask({}, places=1, most_of_one=32)

    assert (ask.limit, ask.per_integration) == (1, 1)


def test_fifty_integrations_that_hang_leave_places_for_others() -> None:
    """Each has more due than anybody may have; whatever is leased never comes back."""
    held: Counter[str] = Counter()
    for _ in range(100):
        ask = what_to_ask(held, places=256, most_of_one=32)
        for _ in range(ask.limit):
            free = [f"{n}" for n in range(50) if held[f"{n}"] < ask.per_integration]
            if free:
                held[min(free, key=lambda one: held[one])] += 1

    assert 256 - held.total() >= 10
    assert what_to_ask(held, places=256, most_of_one=32).limit >= 1
