import asyncio
import gc

from rc_integrations_plugin.outgoing.turns import Turns


def test_those_who_want_the_same_take_turns() -> None:
    assert asyncio.run(_most_at_once(["a"] * 6)) == 2


def test_those_who_want_different_things_do_not_wait_for_each_other() -> None:
    assert asyncio.run(_most_at_once(["a", "b", "c", "d"])) == 4


def test_nothing_is_kept_once_nobody_wants_it() -> None:
    turns = Turns(1)

    async def use() -> None:
        async with turns.take("a"):
            assert len(turns._turns) == 1

    asyncio.run(use())
    gc.collect()
    assert len(turns._turns) == 0


async def _most_at_once(keys: list[str]) -> int:
    """Return how many had a turn together."""
    turns = Turns(2)
    having = most = 0

    async def use(key: str) -> None:
        nonlocal having, most
        async with turns.take(key):
            having += 1
            most = max(most, having)
            await asyncio.sleep(0)
            having -= 1

    await asyncio.gather(*map(use, keys))
    return most
