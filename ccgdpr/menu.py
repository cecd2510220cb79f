"""The menu by job: groups as a person thinks of them, each role seeing what it may open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consents.choices import ImportState
from consents.models import ConsentImport
from legitimate_interest.models import BalanceTest
from notices.choices import VersionState
from notices.models import NoticeVersion
from processors.models import AutomationTool
from screening.models import Handover


@dataclass(frozen=True)
class Entry:
    """One line of the menu, open to whoever has one of ``permissions`` (empty: everybody)."""

    label: str | Promise
    url_name: str
    permissions: tuple[str, ...] = ()
    count: Callable[[], int] | None = None
    count_for: Callable[[User], int] | None = None

    def is_open_to(self, user: User) -> bool:
        return not self.permissions or any(user.has_perm(name) for name in self.permissions)

    def waiting(self, user: User) -> int:
        """What waits there: for anybody, or for ``user`` alone."""
        if self.count_for:
            return self.count_for(user)
        return self.count() if self.count else 0


@dataclass(frozen=True)
class Line:
    """An entry as the menu of one page shows it."""

    label: str | Promise
    url: str
    is_current: bool
    count: int


@dataclass(frozen=True)
class Group:
    label: str | Promise
    entries: tuple[Entry, ...]


def changelist(label: str | Promise, model: str, **options: object) -> Entry:
    """An entry for the list of ``app.model``, open to those who may view it."""
    app, _dot, name = model.partition(".")
    url_name = f"admin:{app}_{name}_changelist"
    return Entry(label, url_name, (f"{app}.view_{name}",), **options)


def may_view(user: User, model: type[Model]) -> bool:
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _questions_waiting() -> int:
    return Handover.objects.waiting().count()


def _imports_to_confirm() -> int:
    return ConsentImport.objects.filter(state=ImportState.STAGED).count()


def _tools_waiting() -> int:
    return AutomationTool.objects.waiting().count()


def _notices_to_approve() -> int:
    return NoticeVersion.objects.filter(state=VersionState.SUBMITTED).count()


def _tests_waiting_for(user: User) -> int:
    return BalanceTest.objects.waiting_for(user).count()


CHECK = Entry(
    # Translators: "Czy wolno się skontaktować?"
    _("May they be contacted?"),
    "admin:screening_check",
    ("screening.check_contact",),
)
LISTS = Entry(_("Contact lists"), "admin:screening_list", ("screening.export_consent_list",))
# Translators: "Weryfikacja bazy"
DIALLING = Entry(
    _("Screening of a dial list"), "admin:screening_dialling", ("screening.screen_dial_list",)
)
HEARD = Entry(
    # Translators: "Odnotuj wycofanie lub sprzeciw"
    _("Record a withdrawal or objection"),
    "admin:consents_heard",
    ("consents.record_no",),
)
RECORD = ("processing.view_processingactivity",)
MY_JOBS = "admin:audit_my_jobs"
TRAIL = Entry(_("History of changes"), "admin:audit_trail", ("audit.view_trail",))

MENU: tuple[Group, ...] = (
    # Translators: "Moje zadania"
    Group("", (Entry(_("Dashboard"), "admin:index"), CHECK, Entry(_("My jobs"), MY_JOBS))),
    Group(_("Contact"), (LISTS, DIALLING, HEARD)),
    Group(
        _("Consents"),
        (
            changelist(_("People"), "consents.datasubject"),
            changelist(_("Contact points"), "consents.contactpoint"),
            changelist(_("Consents"), "consents.consent"),
            changelist(_("Consent wordings"), "consents.consentwording"),
            changelist(_("Objections and restrictions"), "consents.restriction"),
            changelist(_("Suppression list"), "consents.suppression"),
            changelist(_("Lead sources"), "consents.leadsource"),
            # Translators: "Obowiązek informacyjny (art. 14)"
            changelist(_("Duty to inform (Art. 14)"), "consents.acquisition"),
            Entry(
                _("Import"),
                "admin:consents_import",
                ("consents.add_consentimport",),
                _imports_to_confirm,
            ),
        ),
    ),
    Group(
        _("Registers"),
        (
            changelist(_("Processing activities"), "processing.processingactivity"),
            # Translators: "RCP (art. 30 ust. 1)"
            Entry(_("RCP (Art. 30(1))"), "admin:processing_rcp", RECORD),
            # Translators: "RKCP (art. 30 ust. 2)"
            Entry(_("RKCP (Art. 30(2))"), "admin:processing_rkcp", RECORD),
            changelist(_("Purposes"), "processing.purpose"),
            # Translators: "Reguły przechowywania"
            changelist(_("Retention rules"), "processing.retentionrule"),
            # Translators: "Administratorzy i podmioty przetwarzające"
            changelist(_("Controllers and processors"), "processors.organisation"),
            # Translators: "Umowy powierzenia"
            changelist(_("Processing agreements"), "processors.processingagreement"),
            # Translators: "Podprocesorzy"
            changelist(_("Sub-processors"), "processors.subprocessor"),
            # Translators: "Przekazania do państw trzecich"
            changelist(_("Transfers to third countries"), "processors.transfer"),
            # Translators: "Narzędzia"
            changelist(_("Tools"), "processors.automationtool", count=_tools_waiting),
        ),
    ),
    Group(
        # Translators: "Oceny i klauzule"
        _("Assessments and notices"),
        (
            # Translators: "Testy równowagi"
            changelist(
                _("Balance tests"), "legitimate_interest.balancetest", count_for=_tests_waiting_for
            ),
            # Translators: "Klauzule informacyjne"
            changelist(_("Privacy notices"), "notices.notice", count=_notices_to_approve),
        ),
    ),
    Group(
        _("Oversight"),
        (
            Entry(
                # Translators: "Niezgodności"
                _("Findings"),
                "admin:findings",
                (
                    "consents.view_consentwording",
                    "processing.view_purpose",
                    "processors.view_organisation",
                ),
            ),
            # Translators: "Pytania kierowników"
            changelist(_("Supervisors' questions"), "screening.handover", count=_questions_waiting),
            Entry(
                # Translators: "Zbliżające się terminy"
                _("What ends"),
                "admin:coming",
                (
                    "processors.view_processingagreement",
                    "legitimate_interest.view_balancetest",
                    "consents.view_consent",
                ),
            ),
            TRAIL,
            # Translators: "Listy wydane"
            changelist(_("Lists handed out"), "screening.contactlist"),
            # Translators: "Dziennik decyzji"
            changelist(_("Decision log"), "screening.decision"),
            changelist(_("Access and export log"), "audit.accessevent"),
            changelist(_("Imported files"), "consents.consentimport"),
            changelist(_("Jobs"), "audit.job"),
            changelist(_("Users"), "accounts.user"),
            changelist(_("Purpose grants"), "processing.purposegrant"),
            # Translators: "Klienci API"
            changelist(_("API clients"), "accounts.apiclient"),
            # Translators: "Odbiorcy strumienia zmian"
            changelist(_("Followers of the feed"), "feed.follower"),
            # Translators: "Powiadomienia systemów"
            changelist(_("Webhooks"), "feed.webhookendpoint"),
        ),
    ),
    Group(
        # Translators: "Słowniki"
        _("Reference data"),
        (
            changelist(_("Channel rules"), "processing.channelrule"),
            # Translators: "Odbiorcy danych"
            changelist(_("Recipients of data"), "processing.recipient"),
            # Translators: "Początek okresu przechowywania"
            changelist(_("Beginnings of retention"), "processing.retentiontrigger"),
            # Translators: "Postanowienia umów"
            changelist(_("Clauses of agreements"), "processors.clauseitem"),
            # Translators: "Decyzje o adekwatności"
            changelist(_("Adequacy decisions"), "processors.adequacydecision"),
            # Translators: "Pytania testu równowagi"
            changelist(_("Questions of balance tests"), "legitimate_interest.balancequestion"),
            # Translators: "Elementy klauzul"
            changelist(_("Elements of notices"), "notices.noticeelement"),
        ),
    ),
)


def menu_for(request: HttpRequest) -> list[tuple[str | Promise, list[Line]]]:
    """Groups with the lines that the signed-in user may open; groups without any are left out."""
    groups = [(group.label, list(_lines(group, request))) for group in MENU]
    return [(label, lines) for label, lines in groups if lines]


def _lines(group: Group, request: HttpRequest) -> Iterator[Line]:
    for entry in group.entries:
        if entry.is_open_to(request.user):
            url = reverse(entry.url_name)
            count = entry.waiting(request.user)
            yield Line(entry.label, url, _is_current(url, request.path), count)


def _is_current(url: str, path: str) -> bool:
    return path == url if url == reverse("admin:index") else path.startswith(url)
