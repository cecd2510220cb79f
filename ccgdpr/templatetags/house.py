"""``{% load house %}``: the words and marks of ``audit.display`` in templates."""

from django import template

from audit import display

register = template.Library()

register.simple_tag(display.icon, name="icon")
register.simple_tag(display.badge, name="badge")

for _function in (
    display.number,
    display.phone,
    display.masked_phone,
    display.masked_email,
    display.masked_name,
    display.masked_contact,
    display.moment,
    display.day,
):
    register.filter(_function.__name__, _function)
