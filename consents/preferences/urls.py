"""Open to anybody who holds a link: these addresses know no session and no cookie."""

from django.urls import path

from consents.preferences import public

urlpatterns = [
    path("c/<str:token>/", public.confirmation, name="preferences_confirm"),
    path("<str:token>/", public.preferences, name="preferences"),
    path("<str:token>/one-click/", public.one_click, name="preferences_one_click"),
]
