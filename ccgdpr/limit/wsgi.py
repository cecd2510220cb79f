from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "ccgdpr.limit.urls"
application = get_wsgi_application()
