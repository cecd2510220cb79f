"""What the supervisor may use."""

from accounts.choices import Role
from accounts.models import User
from ccgdpr.demo.making import make, warsaw
from processing.models import Purpose, PurposeGrant

GRANTED = ("marketing-own", "newsletter", "satisfaction-survey")


def create(team: dict[str, User]) -> None:
    for purpose in Purpose.objects.filter(slug__in=GRANTED):
        key = {"user": team[Role.SUPERVISOR], "purpose": purpose}
        make(PurposeGrant, key, active_from=warsaw(2023, 9, 1))
