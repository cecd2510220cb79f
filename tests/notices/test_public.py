"""What anybody reads without signing in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from notices import services
from notices.reading import difference, html_of
from tests.notices import making

pytestmark = pytest.mark.django_db


def url(version: making.NoticeVersion, query: str = "") -> str:
    return f"/n/{version.notice.slug}/{query}"


def test_a_stranger_reads_the_version_in_force() -> None:
    version = making.published()
    response = Client().get(url(version))
    assert response.status_code == 200
    assert "Kto jest administratorem Pani/Pana danych" in response.text


def test_no_cookie_is_set_and_none_is_asked_for() -> None:
    response = Client().get(url(making.published()))
    assert not response.cookies
    assert "Cookie" not in response["Vary"]


@pytest.mark.parametrize("make", [making.drafted, making.submitted, making.approved])
def test_what_is_not_published_is_not_there(make: object) -> None:
    version = make()  # type: ignore[operator]
    assert Client().get(url(version)).status_code == 404
    assert Client().get(url(version, "?version=1")).status_code == 404


@pytest.mark.parametrize("query", ["?version=9", "?version=x", "?compare=9"])
def test_a_version_that_never_was_is_not_there(query: str) -> None:
    assert Client().get(url(making.published(), query)).status_code == 404


@pytest.mark.parametrize(
    ("query", "accepted", "heading"),
    [
        ("", "", "Kto jest"),
        ("", "en-GB,en;q=0.9", "Who is"),
        ("", "de,en;q=0.5", "Who is"),
        ("?lang=pl", "en", "Kto jest"),
        ("?lang=en", "pl", "Who is"),
        ("?lang=de", "", "Kto jest"),
    ],
)
def test_the_language_is_the_one_asked_for(query: str, accepted: str, heading: str) -> None:
    response = Client().get(url(making.published(), query), headers={"accept-language": accepted})
    assert heading in response.text


def test_an_earlier_version_stays_readable_and_says_that_it_is_over() -> None:
    first = making.published()
    making.published(making.complete_purpose(), notice=first.notice, effective_from=timezone.now())
    response = Client().get(url(first, "?version=1&lang=en"))
    assert "no longer applies" in response.text
    assert first.sha256 in response.text


def test_an_archived_notice_shows_its_last_version() -> None:
    version = making.published()
    services.archive(version)
    assert "no longer applies" in Client().get(url(version, "?lang=en")).text


def test_an_announced_version_is_shown_only_when_asked_for() -> None:
    first = making.published()
    later = timezone.now() + timedelta(days=30)
    making.published(making.complete_purpose(), notice=first.notice, effective_from=later)
    assert "is announced" not in Client().get(url(first, "?lang=en")).text
    assert "is announced" in Client().get(url(first, "?lang=en&version=2")).text


def test_two_versions_are_compared_word_by_word() -> None:
    first = making.published(making.complete_purpose(name_pl="Oferty"))
    making.published(
        making.complete_purpose(name_pl="Badania"),
        notice=first.notice,
        effective_from=timezone.now(),
    )
    page = Client().get(url(first, "?version=2&compare=1")).text
    assert "<del>Oferty</del>" in page
    assert "<ins>Badania</ins>" in page


def test_the_fragment_has_no_page_around_it_and_any_site_may_fetch_it() -> None:
    response = Client().get(url(making.published(), "?fragment=1"))
    assert response.text.startswith("<article")
    assert "<html" not in response.text
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_page_itself_is_fetched_by_no_other_site() -> None:
    assert "Access-Control-Allow-Origin" not in Client().get(url(making.published()))


def test_the_text_is_exactly_what_was_published() -> None:
    version = making.published()
    response = Client().get(f"/n/{version.notice.slug}.txt?lang=en")
    assert response.text == version.text_en
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_nothing_is_framed_and_nothing_foreign_is_loaded() -> None:
    response = Client().get(url(making.published()))
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"


def test_a_reader_who_has_it_already_gets_it_not_again() -> None:
    version = making.published()
    first = Client().get(url(version))
    again = Client().get(url(version), headers={"if-none-match": first["ETag"]})
    assert "public" in first["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(method: str) -> None:
    assert getattr(Client(), method)(url(making.published())).status_code == 405


def test_it_takes_three_queries_for_any_number_of_versions(
    django_assert_max_num_queries: object,
) -> None:
    first = making.published()
    for days in (1, 2, 3):
        begins = making.LAST_YEAR + timedelta(days=days)
        making.published(making.complete_purpose(), notice=first.notice, effective_from=begins)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        Client().get(url(first))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<p onclick="x()">y</p>',
        "![x](https://elsewhere.example/x.png)",
        '<iframe src="https://elsewhere.example"></iframe>',
        '<span style="color:red">y</span>',
    ],
)
def test_markdown_brings_in_nothing_but_text(hostile: str) -> None:
    html = html_of(f"Tekst\n\n{hostile}")
    assert not any(
        sign in html for sign in ("<script", 'href="javascript', "<img", "<iframe", "<span", "<p o")
    )


def test_lists_headings_and_links_are_kept() -> None:
    html = html_of("# A\n\n- **b** [c](https://centrum.example)")
    assert "<h1>A</h1>" in html
    assert '<a href="https://centrum.example" rel="noopener noreferrer">c</a>' in html


def test_a_comparison_shows_text_without_signs() -> None:
    (heading, item) = difference("## Cele\n\n- **Oferty** stałe", "## Cele\n\n- **Oferty** nowe")
    assert (heading.what, heading.kind, str(heading.html)) == ("same", "heading", "Cele")
    assert str(item.html) == "Oferty <del>stałe</del><ins>nowe</ins>"


def test_a_comparison_says_what_came_and_what_went() -> None:
    found = difference("Ala ma kota.\n\nStary akapit o psie.", "Ala ma kota.\n\nZupełnie nowe.")
    assert [paragraph.what for paragraph in found] == ["same", "added", "removed"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen_in_both_themes(page: Page, width: int, scheme: str) -> None:
    version = making.published()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(url(version))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.context.cookies() == []
    assert said == []
