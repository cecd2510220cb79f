from django.urls import path

from notices.api.views import NoticeView

urlpatterns = [path("notices/<slug:slug>/", NoticeView.as_view(), name="api_notice")]
