"""What the description of the API shows beside each endpoint."""

CONTACT = "+48601234567"
CONSENT = {
    "uuid": "0d4c2c5e-3d0b-4b52-9a55-6a0f5d6f8f01",
    "controller": "centrum",
    "purpose": "marketing-own",
    "channel": "sms",
    "state": "given",
    "since": "2026-10-05T09:14:07Z",
    "valid_until": None,
    "changed_at": "2026-10-05T09:14:08Z",
}
TEXT = {
    "uuid": "8c8a3b9e-8f8f-4f6e-9a53-8d5d1f0f6a11",
    "language": "pl",
    "version": 3,
    "title": "SMS",
    "text": "Wyrażam zgodę na otrzymywanie ofert Centrum sp. z o.o. SMS-em.",
    "sha256": "4a1f2a1cf0a9b3c3e0f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3",
}
WORDINGS = {
    "next": None,
    "results": [
        {
            **TEXT,
            "purpose": "marketing-own",
            "channel": "sms",
            "regime": "pke398",
            "bundled": False,
            "valid_months": None,
            "controllers": [{"slug": "centrum", "name": "Centrum sp. z o.o."}],
            "sources": [
                {
                    "slug": "web-form",
                    "shown_from": "2026-10-01T00:00:00Z",
                    "shown_until": None,
                    "confirmation_asked": False,
                }
            ],
        }
    ],
    "notices": [{"slug": "klienci", "version": 3, "url": "https://rodo.example/n/klienci/"}],
}
SEARCH = {"contact": "601 234 567", "purpose": "marketing-own"}
FOUND = {"as_of": "2026-11-24T09:42:00Z", "results": [CONSENT]}
RECORD = {
    "consent": CONSENT,
    "person": "0760c9ba-5a3c-4c39-8f8b-0a1b2c3d4e5f",
    "contact": {
        "uuid": "2f1e0d9c-8b7a-4695-8473-625140302010",
        "kind": "phone",
        "value": CONTACT,
        "retired_at": None,
    },
    "wording": TEXT,
    "events": [
        {
            "uuid": "6a0f5d6f-8f01-4b52-9a55-0d4c2c5e3d0b",
            "kind": "given",
            "occurred_at": "2026-10-05T09:14:07Z",
            "recorded_at": "2026-10-05T09:14:08Z",
            "own_time": True,
            "about": None,
            "giver": "user",
            "method": "form",
            "source": "web-form",
            "wording": TEXT["uuid"],
            "needs_confirmation": False,
            "valid_until": None,
            "way": "api",
            "evidence": {
                "kind": "form",
                "sha256": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
                "line": None,
            },
        }
    ],
}
RECEIPT = {
    "@context": {"dpv": "https://w3id.org/dpv#", "dct": "http://purl.org/dc/terms/"},
    "@id": "urn:uuid:a6f58318-72e6-56a2-bfd7-f36d795e30cd",
    "@type": "dpv:ConsentReceipt",
    "dct:identifier": "a6f58318-72e6-56a2-bfd7-f36d795e30cd",
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr",
    "dct:created": "2026-10-05T09:14:08+00:00",
    "dpv:hasRecordOfActivity": {
        "@id": f"urn:uuid:{CONSENT['uuid']}",
        "@type": "dpv:ConsentRecord",
        "dpv:hasConsentStatus": [
            {
                "@type": ["dpv:ConsentGiven", "dpv:ExpressedConsent"],
                "dpv:isIndicatedAtTime": "2026-10-05T09:14:07+00:00",
            }
        ],
    },
}
