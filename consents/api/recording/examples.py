"""What the description of the API shows beside each endpoint."""

from drf_spectacular.utils import OpenApiExample
from rest_framework import status

from accounts.api.problems import problem

UUID = "6a0f5d6f-8f01-4b52-9a55-0d4c2c5e3d0b"
RECORDED_AT = "2026-11-24T08:42:01.218000Z"
GIVEN = {
    "kind": "given",
    "contact": "jan.kowalski@poczta.example",
    "purpose": "marketing-own",
    "channel": "email",
    "source": "web-form",
    "occurred_at": "2026-11-24T09:42:00+01:00",
    "method": "form",
    "wording": "8c8a3b9e-8f8f-4f6e-9a53-8d5d1f0f6a11",
    "evidence": "Formularz zapis-2026, pole „e-mail” zaznaczone, wysłany 24.11.2026 09:42.",
    "person": {"external_id": "K-1042", "first_name": "Jan", "last_name": "Kowalski"},
}
WITHDRAWN = {
    "kind": "withdrawn",
    "contact": "601 234 567",
    "purpose": "marketing-own",
    "channel": "voice",
    "source": "phone",
    "method": "call",
}
EVENTS = {"events": [GIVEN, WITHDRAWN]}
WRONG = {
    "pointer": "#/contact",
    "code": "phone_invalid",
    "detail": "This is not a phone number.",
}
RESULTS = {
    "results": [
        {"index": 0, "status": "recorded", "uuid": UUID, "recorded_at": RECORDED_AT},
        {"index": 1, "status": "refused", "errors": [WRONG]},
    ]
}
IN_FLIGHT = OpenApiExample(
    "in flight",
    problem(
        status.HTTP_409_CONFLICT,
        "in_flight",
        "The same request is being done right now. Ask again in a second.",
    ),
)
NOTHING_RECORDED = OpenApiExample(
    "nothing recorded",
    problem(
        status.HTTP_422_UNPROCESSABLE_ENTITY,
        "nothing_recorded",
        "Nothing was recorded. Correct what is named under “items”.",
        items=[{"index": 0, "errors": [WRONG]}],
    ),
)
KEY_REUSED = OpenApiExample(
    "key reused",
    problem(
        status.HTTP_422_UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This key stood over another request. Choose a new one.",
    ),
)
OBJECTION = {
    "contact": "601 234 567",
    "kind": "objection",
    "words": "Proszę więcej nie dzwonić z ofertami.",
}
OBJECTED = {"status": "recorded", "uuid": UUID, "recorded_at": RECORDED_AT}
