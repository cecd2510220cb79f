"""The DPO keeps webhooks, sees a secret once, and sends again what was given up."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.choices import AccessAction
from audit.models import AccessEvent
from feed.choices import DeliveryState
from feed.models import Delivery, WebhookEndpoint
from feed.webhooks import signing
from tests.factories import ApiClientFactory, UserFactory, WebhookFactory
from tests.screening.lists import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:feed_webhookendpoint_changelist")
ADD = reverse("admin:feed_webhookendpoint_add")
MESSAGES = reverse("admin:feed_delivery_changelist")
CAUSE = {"cause": "correction", "reason_text": ""}


@pytest.fixture
def dpo() -> Client:
    return signed_in()


@pytest.fixture
def endpoint() -> WebhookEndpoint:
    return WebhookFactory()


def page(endpoint: WebhookEndpoint) -> str:
    return reverse("admin:feed_webhookendpoint_change", args=[endpoint.pk])


def verb(name: str, endpoint: WebhookEndpoint) -> str:
    return reverse(f"admin:feed_webhookendpoint_{name}", args=[endpoint.pk])


def dead(endpoint: WebhookEndpoint) -> Delivery:
    return Delivery.objects.create(
        endpoint=endpoint,
        kind="withdrawal",
        first_seq=1,
        last_seq=1,
        state=DeliveryState.DEAD,
        attempts=11,
        failure="answer",
        http_status=503,
        ended_at=timezone.now(),
    )


def text(response) -> str:
    return response.content.decode()


def test_the_dpo_adds_a_webhook(dpo):
    client = ApiClientFactory()
    dpo.post(
        ADD,
        {
            "client": client.pk,
            "url": "https://dialler.example/consents",
            "hears_withdrawal": "on",
            "cause": "",
            "reason_text": "",
        },
    )
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.client, endpoint.url) == (client, "https://dialler.example/consents")


def test_an_address_of_the_house_itself_is_refused_at_its_field(dpo):
    asked = {"client": ApiClientFactory().pk, "url": "https://[::ffff:127.0.0.1]/"}
    response = dpo.post(ADD, {**asked, "hears_withdrawal": "on"})
    assert "url" in response.context["adminform"].form.errors
    assert not WebhookEndpoint.objects.exists()


def test_a_client_that_may_not_read_gets_no_webhook(dpo):
    client = ApiClientFactory(may_read=False)
    asked = {"client": client.pk, "url": "https://dialler.example/", "hears_withdrawal": "on"}
    dpo.post(ADD, asked)
    assert not WebhookEndpoint.objects.exists()


def test_the_secret_is_shown_once(dpo, endpoint):
    secret = signing.secret_of(endpoint)
    assert secret in text(dpo.post(verb("show-secret", endpoint)))
    again = dpo.post(verb("show-secret", endpoint))
    assert secret not in text(again)
    assert "shown already" in text(again)


def test_the_secret_is_asked_for_by_post_and_never_kept_by_a_browser(dpo, endpoint):
    secret = signing.secret_of(endpoint)
    assert secret not in text(dpo.get(verb("show-secret", endpoint)))
    assert secret not in text(dpo.get(page(endpoint)))
    assert "no-store" in dpo.post(verb("show-secret", endpoint))["Cache-Control"]


def test_whoever_saw_a_secret_stands_in_the_access_log(dpo, endpoint):
    dpo.post(verb("show-secret", endpoint))
    event = AccessEvent.objects.get(action=AccessAction.REVEAL, closes=None)
    assert event.subject == f"feed.webhookendpoint:{endpoint.uuid}"
    assert signing.secret_of(endpoint) not in str(vars(event))


def test_a_changed_secret_is_shown_at_once(dpo, endpoint):
    old = signing.secret_of(endpoint)
    response = dpo.post(verb("change-secret", endpoint), CAUSE)
    endpoint.refresh_from_db()
    assert signing.secret_of(endpoint) in text(response)
    assert old not in text(response)
    assert endpoint.was_shown


def test_no_secret_enters_the_history(dpo, endpoint):
    dpo.post(verb("change-secret", endpoint), CAUSE)
    endpoint.refresh_from_db()
    assert signing.secret_of(endpoint) not in str(list(endpoint.history.values()))


def test_a_test_message_is_queued(dpo, endpoint):
    dpo.post(verb("send-test", endpoint))
    assert Delivery.objects.get().kind == "test"


def test_dead_letters_are_sent_again_from_the_webhook(dpo, endpoint):
    first, second = dead(endpoint), dead(endpoint)
    dpo.post(verb("resend", endpoint))
    assert set(Delivery.objects.waiting()) == {first, second}


def test_an_empty_list_says_what_brings_the_first_message(dpo):
    assert "brings the first" in text(dpo.get(MESSAGES))


def test_an_empty_view_does_not_claim_that_there_are_no_messages(dpo, endpoint):
    dead(endpoint)
    answer = text(dpo.get(MESSAGES, {"state": "sent"}))
    assert "brings the first" not in answer
    assert "Nothing matches." in answer


def test_one_dead_letter_is_sent_again(dpo, endpoint):
    first, second = dead(endpoint), dead(endpoint)
    dpo.post(reverse("admin:feed_delivery_resend", args=[second.pk]))
    assert Delivery.objects.waiting().get() == second
    assert Delivery.objects.dead().get() == first


def test_a_message_that_arrived_is_not_sent_again(dpo, endpoint):
    arrived = dead(endpoint)
    Delivery.objects.update(state=DeliveryState.SENT)
    dpo.post(reverse("admin:feed_delivery_resend", args=[arrived.pk]))
    assert not Delivery.objects.waiting().exists()


def test_what_waits_is_tried_now(dpo, endpoint):
    delivery = dead(endpoint)
    later = timezone.now() + timedelta(hours=9)
    Delivery.objects.update(state=DeliveryState.WAITING, ended_at=None, next_at=later)
    dpo.post(verb("hurry", endpoint))
    delivery.refresh_from_db()
    assert delivery.next_at <= timezone.now()


def test_a_webhook_is_stopped_with_a_reason_and_used_again(dpo, endpoint):
    dpo.post(verb("deactivate", endpoint), CAUSE)
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert "correction" in endpoint.history.latest().history_change_reason
    dpo.post(verb("reactivate", endpoint), CAUSE)
    endpoint.refresh_from_db()
    assert endpoint.is_active


def test_whose_grants_bound_it_never_changes(dpo, endpoint):
    other = ApiClientFactory()
    asked = {"url": endpoint.url, "hears_objection": "on", "client": other.pk, **CAUSE}
    dpo.post(page(endpoint), {**asked, "seen_version": ""})
    endpoint.refresh_from_db()
    assert endpoint.client != other


def test_messages_are_listed_by_number_with_what_failed(dpo, endpoint):
    dead(endpoint)
    said = text(dpo.get(reverse("admin:feed_delivery_changelist") + "?state=dead"))
    assert "Withdrawals #1" in said
    assert "HTTP 503" in said


def test_the_auditor_sees_and_changes_nothing(endpoint):
    auditor = signed_in(auditor=True)
    assert auditor.get(page(endpoint)).status_code == 200
    for name in ("show-secret", "change-secret", "send-test", "deactivate"):
        assert auditor.post(verb(name, endpoint)).status_code == 403
    assert auditor.post(verb("resend", endpoint)).status_code == 403
    assert not Delivery.objects.exists()


def test_a_supervisor_sees_no_webhook(endpoint):
    supervisor = signed_in(supervisor=True)
    assert supervisor.get(LIST).status_code == 403
    assert supervisor.get(page(endpoint)).status_code == 403


def test_nobody_deletes_a_message(endpoint):
    root = Client()
    root.force_login(UserFactory(is_superuser=True))
    url = reverse("admin:feed_delivery_delete", args=[dead(endpoint).pk])
    assert root.post(url, {"post": "yes"}).status_code == 403
    assert Delivery.objects.exists()
