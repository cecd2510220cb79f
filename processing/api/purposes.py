"""Which purposes a client of the API sees: those granted to it; of others it learns nothing."""

from rest_framework.exceptions import NotFound

from accounts.models import ApiClient
from processing.models import Purpose, PurposeQuerySet


def granted_purposes(client: ApiClient) -> PurposeQuerySet:
    """The purposes that ``client`` may use now, each with its activity and controller."""
    return Purpose.objects.granted_to_client(client).select_related("activity__controller")


def granted_purpose(client: ApiClient, slug: str) -> Purpose:
    """The purpose ``slug`` that ``client`` may use now.

    Raises NotFound, alike where there is no such purpose and where it is not granted.
    """
    purpose = granted_purposes(client).filter(slug=slug).first()
    if purpose is None:
        raise NotFound
    return purpose
