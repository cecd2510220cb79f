from django.urls import path

from notices import public

# Under /n/, open to everybody.
urlpatterns = [
    path("<slug:slug>/", public.page, name="notice"),
    path("<slug:slug>.txt", public.text, name="notice_text"),
]
