"""Somebody at the admin, in a browser: fills forms by the names of fields, presses what is offered.

Whatever a person cannot see, find or press, the desk cannot either.
"""

from playwright.sync_api import APIResponse, Locator, Page, expect

from accounts.models import User
from tests.factories import PASSWORD

PATIENCE = 15_000  # milliseconds, for a slow machine
expect.set_options(timeout=PATIENCE)
COMPLAINTS = "#content .errornote, #content .errorlist"
CONFIRM = "#content form .submit-row [type=submit]"


class Desk:
    def __init__(self, page: Page, user: User) -> None:
        self.page, self.user = page, user
        page.set_default_timeout(PATIENCE)
        page.goto("/admin/login/")
        self.fill(username=user.email, password=PASSWORD)
        page.locator("#login-form [type=submit]").click()
        self.sees_title("Pulpit")

    # Where one is -------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"/admin/{path}")

    def finds(self, register: str, name: str) -> str:
        """Open the record called ``name`` from its list; returns its address."""
        self.open(f"{register}/")
        with self.page.expect_navigation():
            self.page.locator("#result_list").get_by_role("link", name=name).first.click()
        return self.page.url

    def mends(self, finding: str, about: str = "") -> None:
        """Follow the link beside a finding to where it can be mended."""
        with self.page.expect_navigation():
            self.finding(finding, about).locator("a.button").click()

    def finding(self, text: str, about: str = "") -> Locator:
        """A line on a record's own page; a row below its heading on the screen of all findings."""
        line = self.page.locator(".findings > li").filter(has_text=text)
        heading = self.page.get_by_role("heading", name=text)
        rows = self.page.locator("section.module", has=heading).locator("tr")
        return line.or_(rows.filter(has_text=about))

    # What one does ------------------------------------------------------------------------------

    def fill(self, **values: object) -> None:
        """Choices by their value or by what they are called, boxes by True or False."""
        for name, value in values.items():
            field = self.page.locator(f"#content [name={name}]:not([type=hidden])").first
            if isinstance(value, bool):
                field.set_checked(value)
            elif isinstance(value, dict):
                field.set_input_files(value)
            elif field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(str(value))
            else:
                field.fill(str(value))

    def fill_the_rest(self, fields: str, value: str) -> None:
        """Write ``value`` into those of ``fields`` that are still empty."""
        for field in self.page.locator(f"#content :is({fields}):visible").all():
            if not field.input_value():
                field.fill(value)

    def add(self, register: str, **values: object) -> None:
        self.open(f"{register}/add/")
        self.fill(**values)
        self.save()

    def save(self) -> None:
        self.sends(self.page.locator("[name=_save]"))

    def confirm(self, **values: object) -> None:
        """On the page of a verb: fill in what it asks, and do it."""
        self.fill(**values)
        self.sends(self.page.locator(CONFIRM).first)

    def presses(self, verb: str) -> None:
        """Go to the page of a verb of the record that is open."""
        with self.page.expect_navigation():
            self.page.locator(".object-tools").get_by_role("link", name=verb, exact=True).click()

    def does(self, verb: str, **values: object) -> None:
        """Press a verb of the record that is open, and confirm on its page."""
        self.presses(verb)
        self.confirm(**values)

    def sends(self, button: Locator) -> None:
        """Press the button of a form, and find no complaint on the page that answers."""
        with self.page.expect_navigation():
            button.click()
        expect(self.page.locator(COMPLAINTS)).to_have_count(0)

    def posts(self, path: str) -> APIResponse:
        """Send what no button offers: a form of the open page, by hand, to ``path``."""
        token = self.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        return self.page.request.post(
            path, form={"csrfmiddlewaretoken": token}, headers={"Referer": self.page.url}
        )

    # What one sees ------------------------------------------------------------------------------

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#content")).to_contain_text(text)

    def sees_no_more(self, finding: str) -> None:
        expect(self.finding(finding)).to_have_count(0)

    def is_told(self, text: str) -> None:
        expect(self.page.locator(".messagelist")).to_contain_text(text)

    def sees_finding(self, text: str) -> None:
        expect(self.finding(text)).to_be_visible()

    def sees_title(self, text: str) -> None:
        expect(self.page.locator("h1")).to_contain_text(text)

    def cannot(self, verb: str) -> None:
        expect(self.page.locator(".object-tools").get_by_role("button", name=verb)).to_be_disabled()
