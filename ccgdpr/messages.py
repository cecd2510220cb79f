"""Texts of Django and its packages that the Polish catalogue says in its own way.

Theirs put a register's name, which is a nominative, where Polish needs another case ("Wybierz
zgoda do zmiany"), or speak to nobody in particular. A text that stands nowhere in the code would
fall out of the catalogue with the next `make messages`.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

ADMIN = (
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Add %s"),
    _("Change %s"),
    _("View %s"),
    _("Add %(name)s"),
    _("Add another %(verbose_name)s"),
    _("Add another %(model)s"),
    _("Change selected %(model)s"),
    _("View selected %(model)s"),
    _("Change history: %s"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("You may edit it again below."),
    _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?"),
    _("Items must be selected in order to perform actions on them. No items have been changed."),
    _("No action selected."),
    _("Select this object for an action - {}"),
    _("Select all objects on this page for an action"),
    _("Click here to select the objects across all pages"),
    _("Select all %(total_count)s %(module_name)s"),
    _("0 of %(cnt)s selected"),
    _("Save and continue editing"),
    _("Save and add another"),
    _("Hold down “Control”, or “Command” on a Mac, to select more than one."),
    _("Breadcrumbs"),
    _("Home"),
    _("Logged out"),
    _("Thanks for spending some quality time with the web site today."),
    _(
        "Please enter your old password, for security’s sake, and then enter your new password "
        "twice so we can verify you typed it in correctly."
    ),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below."),
)
# Polish writes them small unless they open a sentence.
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
FORMS = (
    _("%(model_name)s with this %(field_label)s already exists."),
    _("%(model_name)s with this %(field_labels)s already exists."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Enter a valid email address."),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _("Enter the same password as before, for verification."),
    _("The password is too similar to the %(verbose_name)s."),
    _("Your old password was entered incorrectly. Please enter it again."),
)
FILES = (
    _("Import finished: {} new, {} updated, {} deleted and {} skipped {}."),
    _(
        "%(exc_name)s encountered while trying to read file. Ensure you have chosen the correct "
        "format for the file."
    ),
    _("No valid data to import. Ensure your file has the correct headers or data for import."),
    _("Export selected %(verbose_name_plural)s"),
    _("Resource"),
    _('Select at least 1 field for "%(resource_name)s" to export'),
    _(
        "The following fields are declared in 'import_id_fields' but are not present in the file "
        "headers: %s"
    ),
    ngettext_lazy("Export %(len)s selected item.", "Export %(len)s selected items."),
    _("This exporter will export the following fields: "),
    _("This importer will import the following fields: "),
    _("Select all"),
    _(
        "Below is a preview of data to be imported. If you are satisfied with the results, click "
        "'Confirm import'"
    ),
    _("Line number"),
    _("Some rows failed to validate"),
    _(
        "Please correct these errors in your data where possible, then reupload it using the form "
        "above."
    ),
    _("Non field specific"),
    _("New"),
    _("Skipped"),
    _("Update"),
    _("Value could not be parsed."),
)
