from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("n/", include("notices.urls")),
    path("z/", include("consents.preferences.urls")),
    path("api/v1/", include("ccgdpr.api")),
    path("admin/", admin.site.urls),
]
