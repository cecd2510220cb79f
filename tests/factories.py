"""Records as tests need them: each factory makes a whole, valid one. Dates are fixed."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from accounts.choices import Role
from accounts.models import User
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
from processing.choices import Basis, Campaign, Channel, Nature, Regime
from processing.models import (
    ActivityProcessor,
    ActivityRecipient,
    ProcessingActivity,
    Purpose,
    PurposeGrant,
    Recipient,
    RetentionRule,
    RetentionTrigger,
)
from processors.choices import AgreementForm
from processors.models import (
    AgreementClause,
    ClauseItem,
    Organisation,
    ProcessingAgreement,
    SubProcessor,
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
