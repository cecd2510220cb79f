import pytest
from playwright.sync_api import Page, expect

from tests.openapi.operations import operations

DOCS = "/api/v1/docs/"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.needs("chromium"),
    pytest.mark.django_db(transaction=True),
]


def test_every_operation_is_drawn_and_nothing_is_refused(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(DOCS)
    expect(page.locator(".opblock")).to_have_count(len(operations()))
    assert said == []


def test_an_operation_unfolds_with_what_it_answers(page: Page) -> None:
    page.goto(DOCS)
    page.locator(".opblock-summary-control").first.click()
    expect(page.locator(".responses-table").first).to_contain_text("401")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_is_no_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(DOCS)
    page.locator(".opblock-summary-control").first.click()
    expect(page.locator(".responses-table").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
