"""The web process. It refuses to start on a database whose append-only triggers are missing."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgdpr.settings")

application = get_wsgi_application()

from audit.triggers import assert_triggers  # noqa: E402 (models are ready only now)

assert_triggers()
