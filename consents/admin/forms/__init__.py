"""What the verbs on people, consents and restrictions ask for."""

from consents.admin.forms.asking import (
    ALL,
    LocalMoment,
    WordingChoice,
    restrictive,
    usable,
    words_field,
)
from consents.admin.forms.consents import (
    ConfirmForm,
    InvalidateForm,
    RecordAgainForm,
    RecordForPersonForm,
    RecordTypedForm,
    RefuseForm,
    WithdrawForm,
    standing_events,
)
from consents.admin.forms.informing import InformForm, InformManyForm, InformSourceForm
from consents.admin.forms.people import CorrectForm, ReassignForm, RevealForm
from consents.admin.forms.stops import (
    LiftForm,
    LiftSuppressionForm,
    ObjectForm,
    ObjectForPersonForm,
    ObjectThroughForm,
    SuppressForm,
)
from consents.admin.forms.wordings import NewVersionForm, ReviewForm

__all__ = [
    "ALL",
    "ConfirmForm",
    "CorrectForm",
    "InformForm",
    "InformManyForm",
    "InformSourceForm",
    "InvalidateForm",
    "LiftForm",
    "LiftSuppressionForm",
    "LocalMoment",
    "NewVersionForm",
    "ObjectForPersonForm",
    "ObjectForm",
    "ObjectThroughForm",
    "ReassignForm",
    "RecordAgainForm",
    "RecordForPersonForm",
    "RecordTypedForm",
    "RefuseForm",
    "RevealForm",
    "ReviewForm",
    "SuppressForm",
    "WithdrawForm",
    "WordingChoice",
    "restrictive",
    "standing_events",
    "usable",
    "words_field",
]
