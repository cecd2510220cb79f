"""A receiver can tell that a message is ours; a copy of the database cannot make one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from feed.models import Delivery
from feed.webhooks import signing
from tests.factories import WebhookFactory

pytestmark = pytest.mark.django_db
BODY = '{"type":"test"}'


@pytest.fixture
def endpoint():
    return WebhookFactory()


def signed(endpoint, moment=None) -> dict[str, str]:
    delivery = Delivery.objects.create(endpoint=endpoint, kind="test")
    return signing.headers(delivery, BODY, moment or timezone.now())


def test_a_receiver_verifies_a_message_with_its_secret(endpoint):
    secret = signing.secret_of(endpoint)
    assert secret.startswith("whsec_")
    assert Webhook(secret).verify(BODY, signed(endpoint)) == {"type": "test"}


def test_a_changed_message_is_not_verified(endpoint):
    hook = Webhook(signing.secret_of(endpoint))
    with pytest.raises(WebhookVerificationError):
        hook.verify(BODY.replace("test", "tset"), signed(endpoint))


def test_an_old_message_is_not_verified(endpoint):
    hook = Webhook(signing.secret_of(endpoint))
    with pytest.raises(WebhookVerificationError):
        hook.verify(BODY, signed(endpoint, timezone.now() - timedelta(minutes=6)))


def test_each_webhook_has_a_secret_of_its_own(endpoint):
    assert signing.secret_of(endpoint) != signing.secret_of(WebhookFactory())


def test_a_secret_stands_on_the_key_of_the_installation(endpoint, settings):
    before = signing.secret_of(endpoint)
    settings.HMAC_KEY = "k" * 40
    assert signing.secret_of(endpoint) != before


def test_the_old_secret_signs_beside_the_new_one_for_a_day(endpoint):
    old = Webhook(signing.secret_of(endpoint))
    endpoint.change_secret()
    new = Webhook(signing.secret_of(endpoint))
    headers = signed(endpoint)
    assert old.verify(BODY, headers) == new.verify(BODY, headers) == {"type": "test"}


def test_after_a_day_the_new_secret_signs_alone(endpoint):
    old = signing.secret_of(endpoint)
    endpoint.change_secret()
    later = signed(endpoint, endpoint.secret_since + timedelta(hours=24))
    assert len(later["webhook-signature"].split()) == 1
    assert signing.secret_of(endpoint) != old


def test_a_secret_is_shown_once(endpoint):
    endpoint.note_shown()
    with pytest.raises(ValidationError):
        endpoint.note_shown()


def test_a_changed_secret_can_be_shown_again(endpoint):
    endpoint.note_shown()
    endpoint.change_secret()
    assert not endpoint.was_shown
