from django.urls import path

from consents.api.links import LinksView
from consents.api.objections import ObjectionsView
from consents.api.reading.receipts import ReceiptView
from consents.api.reading.states import ConsentView, SearchView
from consents.api.reading.wordings import WordingsView

urlpatterns = [
    path("links/", LinksView.as_view(), name="api_links"),
    path("objections/", ObjectionsView.as_view(), name="api_objections"),
    path("wordings/", WordingsView.as_view(), name="api_wordings"),
    path("consents/search/", SearchView.as_view(), name="api_consents_search"),
    path("consents/<uuid:uuid>/", ConsentView.as_view(), name="api_consent"),
    path("consents/<uuid:uuid>/receipt/", ReceiptView.as_view(), name="api_receipt"),
]
