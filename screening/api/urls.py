from django.urls import path

from screening.api.checks import ChecksView
from screening.api.screenings import ResultView, ScreeningsView, ScreeningView

urlpatterns = [
    path("checks/", ChecksView.as_view(), name="api_checks"),
    path("screenings/", ScreeningsView.as_view(), name="api_screenings"),
    path("screenings/<uuid:uuid>/", ScreeningView.as_view(), name="api_screening"),
    path("screenings/<uuid:uuid>/result/", ResultView.as_view(), name="api_screening_result"),
]
