"""What others wrote is shown letter by letter, and nothing is fetched from where it points to."""

from pathlib import Path

import pytest

from tests.browser.foreign_texts import TEXTS
from tests.browser.visitor import at_rest


@pytest.fixture(scope="module")
def url(start_app):
    return start_app(Path(__file__).with_name("foreign_app.py"))


def test_texts_are_shown_letter_by_letter_wherever_markdown_is_read(page, url):
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(url)
    page.get_by_test_id("stExpander").nth(len(TEXTS) - 1).wait_for()
    at_rest(page)
    for number, text in enumerate(TEXTS):
        box = page.locator(f".st-key-text-{number}")
        shown = box.evaluate("box => box.textContent")
        assert shown.count(text) == 11, (text, box.inner_text())
        assert box.locator("a:not([href^='https://localhost']), img, em, del, .katex, li, h1, code").count() == 0, text
    assert TEXTS[0] in page.get_by_test_id("stToast").inner_text()
    assert [address for address in addresses if not address.startswith((url, "data:", "blob:"))] == []
