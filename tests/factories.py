"""Records as tests need them: each factory makes a whole, valid one. Dates are fixed."""

from datetime import UTC, date, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.choices import Role
from accounts.models import ApiClient, User
from consents.choices import SourceKind
from consents.contacts import keyed_hmac, normalise
from consents.models import (
    ConsentWording,
    ContactPoint,
    DataSubject,
    LeadSource,
    NamedController,
    SourceWording,
)
from feed.models import WebhookEndpoint
from legitimate_interest.choices import Outcome, Position, TestState
from legitimate_interest.models import BalanceImpact, BalanceTest
from notices.models import Notice
from processing.choices import Basis, Campaign, Channel, Nature, Regime
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ActivityTool,
    ActivityTransfer,
    ClientGrant,
    ProcessingActivity,
    Purpose,
    PurposeGrant,
    Recipient,
    RetentionRule,
    RetentionTrigger,
)
from processors.choices import AgreementForm, ToolKind, ToolState
from processors.models import (
    AgreementClause,
    AutomationTool,
    ClauseItem,
    Organisation,
    ProcessingAgreement,
    SubProcessor,
    ToolAcceptance,
    Transfer,
)

LONG_AGO = datetime(2018, 5, 25, tzinfo=UTC)
PASSWORD = "zielony-parasol-7"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@ccgdpr.example")
    full_name = factory.Sequence(lambda n: f"Osoba Testowa {n}")
    role = Role.DPO

    class Params:
        approver = factory.Trait(role=Role.APPROVER)
        supervisor = factory.Trait(role=Role.SUPERVISOR)
        auditor = factory.Trait(role=Role.AUDITOR)

    @classmethod
    def _create(cls, model_class: type[User], *args: object, **fields: object) -> User:
        return User.objects.create_user(password=PASSWORD, **fields)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("slug",)

    slug = "centrum"
    name = factory.LazyAttribute(lambda o: f"{o.slug.title()} sp. z o.o.")
    is_own = factory.LazyAttribute(lambda o: o.slug == "centrum")

    class Params:
        client = factory.Trait(slug="sklep")
        vendor = factory.Trait(slug="lead-baza")


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = ProcessingActivity

    number = factory.Sequence(lambda n: n + 1)
    name_pl = "Marketing bezpośredni"
    name_en = "Direct marketing"
    controller = factory.SubFactory(OrganisationFactory)
    subjects_pl = "klienci"
    subjects_en = "customers"
    data_pl = "dane kontaktowe"
    data_en = "contact data"
    retention_pl = "do wycofania zgody"
    retention_en = "until withdrawal"
    active_from = LONG_AGO


class PurposeFactory(DjangoModelFactory):
    class Meta:
        model = Purpose

    slug = factory.Sequence(lambda n: f"purpose-{n}")
    activity = factory.SubFactory(ActivityFactory)
    name_pl = factory.LazyAttribute(lambda o: f"Cel {o.slug}")
    name_en = factory.LazyAttribute(lambda o: f"Purpose {o.slug}")
    basis = Basis.CONSENT
    campaign = Campaign.OFFER
    nature = Nature.COMMERCIAL
    active_from = LONG_AGO

    class Params:
        service = factory.Trait(
            basis=Basis.CONTRACT, campaign=Campaign.MATTER, nature=Nature.SERVICE
        )
        legitimate = factory.Trait(basis=Basis.LEGITIMATE_INTEREST)


class GrantFactory(DjangoModelFactory):
    class Meta:
        model = PurposeGrant

    user = factory.SubFactory(UserFactory, supervisor=True)
    purpose = factory.SubFactory(PurposeFactory)
    active_from = LONG_AGO


class ApiClientFactory(DjangoModelFactory):
    """A client that may do everything; ``may_read=False`` … take a scope from it."""

    class Meta:
        model = ApiClient

    name = factory.Sequence(lambda n: f"dialer-{n + 1}")
    contact = "Zespół utrzymania"
    may_check = may_record = may_read = may_screen = True


class ClientGrantFactory(DjangoModelFactory):
    class Meta:
        model = ClientGrant

    client = factory.SubFactory(ApiClientFactory)
    purpose = factory.SubFactory(PurposeFactory)
    active_from = LONG_AGO


class WebhookFactory(DjangoModelFactory):
    """Where a client hears everything; without grants of the client it is told nothing."""

    class Meta:
        model = WebhookEndpoint

    client = factory.SubFactory(ApiClientFactory)
    url = factory.Sequence(lambda n: f"https://hooks.example/{n}")
    hears_recall = True


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = LeadSource

    slug = factory.Sequence(lambda n: f"source-{n}")
    controller = factory.SubFactory(OrganisationFactory)
    kind = SourceKind.OWN_FORM
    name_pl = factory.LazyAttribute(lambda o: f"Źródło {o.slug}")
    name_en = factory.LazyAttribute(lambda o: f"Source {o.slug}")

    class Params:
        purchased = factory.Trait(
            kind=SourceKind.PURCHASED, vendor=factory.SubFactory(OrganisationFactory, vendor=True)
        )


class WordingFactory(DjangoModelFactory):
    class Meta:
        model = ConsentWording

    purpose = factory.SubFactory(PurposeFactory)
    channel = Channel.EMAIL
    language = "pl"
    version = factory.Sequence(lambda n: n + 1)
    title = "E-mail"
    text = "Wyrażam zgodę na otrzymywanie ofert pocztą elektroniczną."
    regime = Regime.PKE398


class NamedControllerFactory(DjangoModelFactory):
    class Meta:
        model = NamedController

    wording = factory.SubFactory(WordingFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class SourceWordingFactory(DjangoModelFactory):
    class Meta:
        model = SourceWording

    source = factory.SubFactory(SourceFactory)
    wording = factory.SubFactory(WordingFactory)
    shown_from = LONG_AGO


class SubjectFactory(DjangoModelFactory):
    class Meta:
        model = DataSubject

    controller = factory.SubFactory(OrganisationFactory)
    first_name = "Jan"
    last_name = "Kowalski"


class PointFactory(DjangoModelFactory):
    """A contact point; ``value`` is normalised as every way in does it."""

    class Meta:
        model = ContactPoint

    controller = factory.SubFactory(OrganisationFactory)
    subject = factory.SubFactory(SubjectFactory, controller=factory.SelfAttribute("..controller"))
    kind = "email"
    value = factory.Sequence(lambda n: f"osoba{n}@poczta.example")
    key = factory.LazyAttribute(lambda o: normalise(o.kind, o.value).key)
    hmac = factory.LazyAttribute(lambda o: keyed_hmac(o.kind, o.key))

    class Params:
        phone = factory.Trait(kind="phone", value=factory.Sequence(lambda n: f"+48601{n:06d}"))


class AgreementFactory(DjangoModelFactory):
    """The centre entrusts data to a vendor: complete and in force, unless told otherwise."""

    class Meta:
        model = ProcessingAgreement
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"UP/{n + 1}")
    controller = factory.SubFactory(OrganisationFactory)
    processor = factory.SubFactory(OrganisationFactory, vendor=True)
    form = AgreementForm.QUALIFIED
    signed_on = date(2025, 1, 2)
    in_force_from = date(2025, 1, 2)
    subject_matter = "obsługa infolinii"
    duration = "czas umowy głównej"
    nature_and_purpose = "przechowywanie nagrań"
    data_types = "dane kontaktowe, głos"
    people = "klienci"
    controller_rights = "§ 3"
    breach_notice_hours = 24

    class Params:
        taken = factory.Trait(
            controller=factory.SubFactory(OrganisationFactory, client=True),
            processor=factory.SubFactory(OrganisationFactory),
        )
        draft = factory.Trait(signed_on=None, in_force_from=None)

    @factory.post_generation
    def complete(self, create: bool, extracted: bool | None, **_options: object) -> None:
        """Every clause that is asked for stands somewhere; ``complete=False`` leaves them out."""
        if create and extracted is not False:
            for item in ClauseItem.objects.filter(active=True):
                AgreementClause(agreement=self, item=item, found_at=f"§ {item.position}").save()


class SubProcessorFactory(DjangoModelFactory):
    class Meta:
        model = SubProcessor

    agreement = factory.SubFactory(AgreementFactory)
    organisation = factory.SubFactory(OrganisationFactory, slug="chmura")
    subject = "hosting"
    authorised_on = date(2025, 1, 2)
    since = date(2025, 1, 2)


class TransferFactory(DjangoModelFactory):
    """A transfer to the USA under standard clauses, assessed."""

    class Meta:
        model = Transfer

    organisation = factory.SubFactory(OrganisationFactory, slug="us-cloud")
    country = "US"
    mechanism = "scc"
    scc_module = "2"
    tia_on = date(2025, 1, 2)
    since = date(2025, 1, 2)


class RecipientFactory(DjangoModelFactory):
    class Meta:
        model = Recipient
        django_get_or_create = ("slug",)

    slug = "kurierzy"
    name_pl = factory.LazyAttribute(lambda o: o.slug.title())
    name_en = factory.LazyAttribute(lambda o: f"{o.slug.title()} (EN)")


class ActivityRecipientFactory(DjangoModelFactory):
    class Meta:
        model = ActivityRecipient

    activity = factory.SubFactory(ActivityFactory)
    recipient = factory.SubFactory(RecipientFactory)
    since = LONG_AGO


class ActivityProcessorFactory(DjangoModelFactory):
    class Meta:
        model = ActivityProcessor

    activity = factory.SubFactory(ActivityFactory)
    organisation = factory.SubFactory(OrganisationFactory, vendor=True)
    since = LONG_AGO


class ActivityTransferFactory(DjangoModelFactory):
    class Meta:
        model = ActivityTransfer

    activity = factory.SubFactory(ActivityFactory)
    transfer = factory.SubFactory(TransferFactory)
    since = LONG_AGO


class RetentionRuleFactory(DjangoModelFactory):
    """Recordings, six months from the call."""

    class Meta:
        model = RetentionRule

    activity = factory.SubFactory(ActivityFactory)
    what_pl = "nagrania rozmów"
    what_en = "recordings of calls"
    period = 6
    unit = "month"
    trigger = factory.LazyFunction(lambda: RetentionTrigger.objects.get(slug="call"))
    since = LONG_AGO


class ToolFactory(DjangoModelFactory):
    """A CRM as it was proposed; ``verified`` waits for nothing but the approver."""

    class Meta:
        model = AutomationTool

    slug = factory.Sequence(lambda n: f"tool-{n + 1}")
    name = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").title())
    kind = ToolKind.CRM
    vendor = factory.SubFactory(OrganisationFactory, vendor=True)
    disclosure_pl = "Dane są w systemie CRM dostawcy."
    disclosure_en = "The data are kept in the vendor's CRM."
    proposed_at = LONG_AGO

    class Params:
        answered = factory.Trait(
            agreement_needed=False,
            agreement_reason="Narzędzie stoi na własnych serwerach.",
            agreement_decided_by=factory.SubFactory(UserFactory),
            agreement_decided_at=LONG_AGO,
            answered_for=factory.SelfAttribute("vendor"),
        )
        verified = factory.Trait(
            answered=True,
            state=ToolState.VERIFIED,
            verified_at=LONG_AGO,
            verified_by=factory.SubFactory(UserFactory),
            verified_vendor=factory.SelfAttribute("vendor"),
        )
        in_use = factory.Trait(
            verified=True,
            state=ToolState.IN_USE,
            approved_by=factory.SubFactory(UserFactory, approver=True),
            in_use_from=LONG_AGO,
        )
        retired = factory.Trait(
            in_use=True,
            state=ToolState.RETIRED,
            retired_at=datetime(2025, 1, 2, tzinfo=UTC),
            retired_by=factory.SubFactory(UserFactory, approver=True),
        )
        # A voicebot with everything that the AI Act asks it to say.
        bot = factory.Trait(
            kind=ToolKind.VOICEBOT,
            uses_ai=True,
            ai_sentence_pl="Rozmawia Pani/Pan z automatem opartym na sztucznej inteligencji.",
            ai_sentence_en="You are talking to a machine that uses artificial intelligence.",
            ai_vendor_clause="§ 7",
        )


class ActivityToolFactory(DjangoModelFactory):
    class Meta:
        model = ActivityTool

    activity = factory.SubFactory(ActivityFactory)
    tool = factory.SubFactory(ToolFactory)
    since = LONG_AGO


class AcceptanceFactory(DjangoModelFactory):
    class Meta:
        model = ToolAcceptance

    tool = factory.SubFactory(ToolFactory)
    client = factory.SubFactory(OrganisationFactory, client=True)
    accepted_on = date(2025, 1, 2)
    accepted_by = "Dyrektor Sprzedaży"


def _days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


class BalanceTestFactory(DjangoModelFactory):
    """A draft without answers; the traits make it stand where it stands without going there."""

    class Meta:
        model = BalanceTest

    purpose = factory.SubFactory(PurposeFactory, legitimate=True)
    version = factory.Sequence(lambda n: n + 1)
    author = factory.SubFactory(UserFactory)
    beneficiary = "controller"
    interest_pl = "Informowanie klientów o podobnych usługach."
    interest_en = "Telling customers of similar services."
    relationship = "customer"
    data_sources = "umowy"
    opt_out_offered = True
    opt_out_how = "jednym telefonem"
    outcome = Outcome.RELY
    justification = "Niewielki wpływ, łatwy sprzeciw."

    class Params:
        submitted = factory.Trait(
            state=TestState.SUBMITTED, submitted_at=factory.LazyFunction(lambda: _days_ago(40))
        )
        advised = factory.Trait(
            submitted=True,
            dpo_position=Position.FAVOURABLE,
            dpo_opinion="Bez uwag.",
            dpo_opinion_by=factory.SubFactory(UserFactory),
            dpo_opinion_at=factory.LazyFunction(lambda: _days_ago(35)),
        )
        approved = factory.Trait(
            advised=True,
            state=TestState.APPROVED,
            approver=factory.SubFactory(UserFactory, approver=True),
            approved_at=factory.LazyFunction(lambda: _days_ago(30)),
            valid_from=factory.SelfAttribute("approved_at"),
            review_on=factory.LazyAttribute(lambda o: o.valid_from.date() + timedelta(days=300)),
        )
        rejected = factory.Trait(
            advised=True,
            state=TestState.REJECTED,
            approver=factory.SubFactory(UserFactory, approver=True),
            rejected_at=factory.LazyFunction(lambda: _days_ago(30)),
            rejection_reason="Brak dowodów oczekiwań.",
        )


class BalanceImpactFactory(DjangoModelFactory):
    class Meta:
        model = BalanceImpact

    test = factory.SubFactory(BalanceTestFactory)
    description = "Ktoś czuje się nagabywany."
    likelihood = 3
    severity = 2
    safeguards = "Jeden list na kwartał."
    likelihood_after = 2
    severity_after = 1


class NoticeFactory(DjangoModelFactory):
    """A notice of the centre under Art. 13, without any version."""

    class Meta:
        model = Notice

    slug = factory.Sequence(lambda n: f"klauzula-{n + 1}")
    controller = factory.SubFactory(OrganisationFactory)
    article = "13"
    name_pl = "Klauzula informacyjna"
    name_en = "Privacy notice"
    audience_pl = "Dla klientów."
    audience_en = "For customers."

    class Params:
        from_others = factory.Trait(article="14")
