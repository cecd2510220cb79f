"""Who takes part: the controller, who works for it, and who receives data (Art. 4(7)–(9))."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from consents.receipts.terms import Node, named, texts
from consents.record import Record
from processing.models import Recipient
from processors.models import Organisation


class Parties:
    """The parties of a consent at ``moment``, as the record of activities has them."""

    def __init__(self, record: Record, moment: datetime) -> None:
        self.activity = record.consent.purpose.activity
        self.moment = moment
        self.vendors = {act.event.source.vendor for act in record.acts} - {None}

    @property
    def controller(self) -> Organisation:
        return self.activity.controller

    @cached_property
    def centre(self) -> Organisation:
        """Whose register this is."""
        return Organisation.objects.own().first() or self.controller

    @cached_property
    def processors(self) -> list[Organisation]:
        """Those who work for the controller, the centre among them where it acts for a client."""
        uses = self.activity.processors_used.running(self.moment).select_related("organisation")
        engaged = {use.organisation for use in uses}
        if self.centre != self.controller:
            engaged.add(self.centre)
        return sorted(engaged, key=lambda each: each.slug)

    @cached_property
    def recipients(self) -> list[Recipient]:
        named_ones = self.activity.recipients_named.running(self.moment)
        found = {each.recipient for each in named_ones.select_related("recipient__organisation")}
        return sorted(found, key=lambda each: each.slug)

    @cached_property
    def countries(self) -> list[str]:
        """Where data are kept or go: the centre's own country, and those of transfers."""
        made = self.activity.transfers_made.running(self.moment)
        return sorted({self.centre.country, *made.values_list("transfer__country", flat=True)})

    @property
    def receiving(self) -> list[str]:
        """All who receive data, by name."""
        processors = [named(each) for each in self.processors]
        return [*processors, *(node["@id"] for node in self._recipients())]

    def nodes(self) -> Iterator[Node]:
        """Each party once, with what it is to the person."""
        yield organisation(self.controller, "dpv:DataController")
        for each in self.processors:
            yield organisation(each, "dpv:DataProcessor")
        for vendor in sorted(self.vendors - {self.controller}, key=lambda each: each.slug):
            yield organisation(vendor, "dpv:ThirdParty")
        yield from self._recipients()

    def _recipients(self) -> Iterator[Node]:
        """Those named, and the categories that the record of activities describes."""
        for each in self.recipients:
            yield _recipient(named(each), texts(each, "name"))
        if described := texts(self.activity, "recipients"):
            yield _recipient(f"{named(self.activity)}#recipients", described)


def organisation(party: Organisation, role: str) -> Node:
    return {
        "@id": named(party),
        "@type": ["dpv:Organisation", role],
        "dpv:hasName": party.name,
        "dpv:hasIdentifier": list(_identifiers(party)),
        "schema:contactPoint": _contact(party),
    }


def _identifiers(party: Organisation) -> Iterator[str]:
    if party.nip:
        yield f"NIP {party.nip}"
    if party.krs:
        yield f"KRS {party.krs}"
    yield party.slug


def _contact(party: Organisation) -> Node:
    """Its data protection officer first: whom a person writes to (Art. 38(4))."""
    facts = {
        "schema:email": party.dpo_email or party.email,
        "schema:telephone": party.dpo_phone or party.phone,
    }
    address = _given(
        {"schema:streetAddress": party.address, "schema:addressCountry": party.country}
    )
    return {
        "@type": "schema:ContactPoint",
        **_given(facts),
        "schema:address": {"@type": "schema:PostalAddress", **address},
    }


def _recipient(name: str, called: list[Node]) -> Node:
    return {"@id": name, "@type": "dpv:Recipient", "dpv:hasName": called}


def _given(facts: Node) -> Node:
    return {name: value for name, value in facts.items() if value}


def once(nodes: Iterable[Node]) -> list[Node]:
    """Each thing once: the first node of a name stands."""
    return list({node["@id"]: node for node in reversed(list(nodes))}.values())[::-1]
