"""The page that describes the API, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

WIDE = "document.documentElement.scrollWidth - window.innerWidth"
# all operations and all schemas have the same markup, and axe takes its time for each element
SOME = "document.querySelectorAll('article').forEach((one, at) => at % 12 && one.remove())"
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_axe_finds_nothing_in_the_description_of_the_api(
    page: Page, faults: Callable[[], list[str]], width: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})

    page.goto("/api/v1/integrations.docs")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate(WIDE) <= 0
    page.evaluate(SOME)

    assert faults() == []
