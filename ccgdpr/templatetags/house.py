"""``{% load house %}``: the words and marks of ``audit.display`` in templates."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from audit import display, naming

register = template.Library()

register.simple_tag(display.icon, name="icon")
register.simple_tag(display.badge, name="badge")
register.filter("named", naming.name_of)

for _function in (
    display.number,
    display.phone,
    display.masked_phone,
    display.masked_email,
    display.masked_name,
    display.masked_contact,
    display.moment,
    display.brief_moment,
    display.day,
):
    register.filter(_function.__name__, _function)


@register.filter
def headed(cells: Iterable[str], headers: Iterable[dict[str, Any]]) -> Iterator[SafeString]:
    """The cells of a row, each with the head of its column, for screens too narrow to show one."""
    for cell, header in zip(cells, headers, strict=False):
        head = conditional_escape(capfirst(header["text"]))
        is_value = cell.startswith('<td class="field-')
        yield mark_safe(cell.replace("<td", f'<td data-head="{head}"', 1) if is_value else cell)  # noqa: S308


class Chip(NamedTuple):
    title: str
    value: str
    url: str


@register.simple_tag
def active_filters(changelist: Any) -> list[Chip]:
    """Filters in effect on a change list, each with the address that removes it."""
    return list(_chips(changelist))


def _chips(changelist: Any) -> Iterator[Chip]:
    for spec in changelist.filter_specs:
        choices = list(spec.choices(changelist))
        for choice in choices[1:]:
            if choice.get("selected"):
                # The first choice of every stock filter is the one that shows all.
                yield Chip(spec.title, choice["display"], choices[0]["query_string"])
