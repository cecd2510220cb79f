"""People who sign in (Art. 32(4): who acts under the controller's authority)."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, Role
from audit.act import acting
from audit.models import AuditedModel, AuditedQuerySet


class UserQuerySet(AuditedQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Built from the audited queryset: Django's own UserManager would drop its guards."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        user.follow_role()
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AuditedModel, AbstractBaseUser, PermissionsMixin):
    """A person of the house, signed in by e-mail; deactivated, never deleted."""

    withheld_fields: ClassVar[tuple[str, ...]] = ("password",)
    untracked_fields: ClassVar[tuple[str, ...]] = ("last_login",)
    derived_many_to_many: ClassVar[tuple[str, ...]] = ("groups", "user_permissions")

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role, blank=True)
    language = models.CharField(
        _("language of letters"),
        max_length=2,
        choices=Language,
        default=Language.POLISH,
        help_text=_("In which the house writes to this person. Screens have a switch."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    # Somebody else knows it: until it is changed, whatever is done could have been done by them.
    password_is_given = models.BooleanField(
        _("password set by somebody else"), default=False, editable=False
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta(AuditedModel.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("full_name", "id")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                name="user_role_known",
                condition=Q(role__in=["", *Role.values]),
                violation_error_message=_("Choose one of the roles."),
            ),
            models.CheckConstraint(
                name="user_language_known", condition=Q(language__in=Language.values)
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or f"#{self.pk}"

    @property
    def is_staff(self) -> bool:
        """Everybody of the house works in the admin; what they see there follows from the role."""
        return self.is_active

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ", 1)[0]

    @transaction.atomic
    def assign_role(self, role: str, *, by: "User | None", reason: str = "") -> None:
        """Give ``role``; ``by`` is another person, or None on the command line.

        Raises ValidationError where somebody gives a role to themselves.
        """
        if by is not None and by.pk == self.pk:
            raise ValidationError(_("A role is given by somebody else, never to oneself."))
        self.role = role
        self.full_clean(exclude=["password"])
        with acting(**({"reason": reason} if reason else {})):
            self.save(update_fields=["role"])
        self.follow_role()

    @transaction.atomic
    def deactivate(self, *, by: "User | None") -> None:
        """Close the house to the user, who stays on record. Raises ValidationError for oneself."""
        if by is not None and by.pk == self.pk:
            raise ValidationError(_("Somebody else has to deactivate you."))
        self.is_active = False
        self.full_clean(exclude=["password"])
        self.save(update_fields=["is_active"])

    @transaction.atomic
    def reactivate(self) -> None:
        """Open the house to the user again, in the role they had."""
        self.is_active = True
        self.full_clean(exclude=["password"])
        self.save(update_fields=["is_active"])

    def be_given_password(self, raw: str) -> None:
        """Set a password that somebody else chose: the next sign-in asks for another one."""
        self._set_password(raw, is_given=True)

    def choose_password(self, raw: str) -> None:
        """Set the person's own choice."""
        self._set_password(raw, is_given=False)

    def _set_password(self, raw: str, *, is_given: bool) -> None:
        self.set_password(raw)
        self.password_is_given = is_given
        self.save(update_fields=["password", "password_is_given"])

    def follow_role(self) -> None:
        """Put the user into the one group of the role: derived, hence no history of its own."""
        self.groups.set(Group.objects.filter(name=self.role) if self.role else [])
