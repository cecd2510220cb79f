"""The four people who sign in, one for each role."""

from accounts.choices import Role
from accounts.models import User

STAFF = (
    (Role.DPO, "dpo@ccgdpr.example", "Marta Zielińska"),
    (Role.APPROVER, "approver@ccgdpr.example", "Tomasz Baran"),
    (Role.SUPERVISOR, "supervisor@ccgdpr.example", "Ewa Malik"),
    (Role.AUDITOR, "auditor@ccgdpr.example", "Piotr Lis"),
)


def create(password: str) -> dict[str, User]:
    return {role: _person(role, email, name, password) for role, email, name in STAFF}


def _person(role: str, email: str, name: str, password: str) -> User:
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, password, full_name=name, role=role)
