"""What a page would post, untouched."""

from collections.abc import Iterator
from typing import Any


def as_posted(page: Any) -> dict[str, Any]:
    """The values of the record's form and of the rows under it."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {name: value for form in forms for name, value in _values(form)}


def _values(form: Any) -> Iterator[tuple[str, Any]]:
    for bound in form:
        value = bound.value()
        if hasattr(bound.field.widget, "decompress"):
            parts = bound.field.widget.decompress(value)
            yield from ((f"{bound.html_name}_{n}", part or "") for n, part in enumerate(parts))
        elif value is not None and value is not False:
            yield bound.html_name, value
