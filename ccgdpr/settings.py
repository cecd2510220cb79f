"""Settings of ccgdpr. Everything an installation may change comes from the environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ccgdpr.environment import (
    command,
    env,
    hour,
    hours,
    networks,
    positive,
    secret,
    site_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

# Safety ------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY", directory=DATA_DIR, debug=DEBUG)
# Keys the suppression list: whoever holds it can test which numbers are on it (security.md, S).
HMAC_KEY = secret("HMAC_KEY", directory=DATA_DIR, debug=DEBUG)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])

SECURE_SSL_REDIRECT = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Not "no-referrer": browsers then post forms with "Origin: null", which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 8 * 60 * 60
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb")
}

# The house ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "ccgdpr.apps.HouseConfig",
    "feed",
    "screening",
    "consents",
    "notices",
    "legitimate_interest",
    "processing",
    "processors",
    "accounts",
    "audit",
    "ccgdpr.apps.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "simple_history",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "audit.middleware.ActMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "ccgdpr.urls"
WSGI_APPLICATION = "ccgdpr.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database ----------------------------------------------------------------------------------------

# How long a writer waits for a lock before it gives up; a job is stale after three times as long.
LOCK_TIMEOUT_SECONDS = 20

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'ccgdpr.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    OPTIONS = {
        "timeout": LOCK_TIMEOUT_SECONDS,
        # DEFERRED answers "database is locked" to a transaction that reads first (security.md 1).
        "transaction_mode": "IMMEDIATE",
        # FULL: NORMAL lost acknowledged commits in a power cut. recursive_triggers: without it
        # INSERT OR REPLACE slips past the append-only guards. 32 MB of pages stay at hand and
        # 64 MB of the log are written back at a time: with 2 MB and 4 MB a large import writes the
        # same pages again and again. What is put by for a moment never reaches the disk.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON;"
            "PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=16384; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    OPTIONS = {
        # A statement over dozens of small look-ups is taken for a large one: compiling it takes ten
        # times as long as running it. Of what is prepared (audit.prepared) the plan is kept: it
        # takes fifty times as long to make as to follow. Nothing else is prepared.
        "options": (
            f"-c lock_timeout={LOCK_TIMEOUT_SECONDS * 1000} -c jit=off"
            " -c plan_cache_mode=force_generic_plan"
        ),
        # A connection made anew for each request takes twenty times as long as a check.
        "pool": {
            "min_size": 1,
            "max_size": positive("DATABASE_CONNECTIONS", default=6),
            "timeout": LOCK_TIMEOUT_SECONDS,
        },
    }
    # Looks at a connection before it is lent: the server may have been restarted.
    DATABASES["default"]["ENGINE"] = "ccgdpr.postgresql"
# Beside those that DATABASE_URL brings, such as ?sslmode=verify-full.
DATABASES["default"].setdefault("OPTIONS", {}).update(OPTIONS)

# People ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# By account and address together, never by account alone: a stranger could lock the DPO out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_HANDLER = "accounts.lockout.Handler"
AXES_COOLOFF_TIME = "accounts.lockout.cooloff"
AXES_USERNAME_CALLABLE = "accounts.lockout.username"
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.client_address"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_DISABLE_ACCESS_LOG = True

# History -----------------------------------------------------------------------------------------

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_EDIT = False
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True

# Import and export: open to any staff user until these codes are set (audit.checks holds them). ---

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True

# The API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.HouseSchema",
    "EXCEPTION_HANDLER": "accounts.api.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ccgdpr",
    "DESCRIPTION": "May this person be contacted? Consents, withdrawals and the feed of changes.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "TAGS": [
        {"name": "checks", "description": "Before anybody is contacted."},
        {"name": "events", "description": "What people said: told here, and heard from here."},
        {"name": "consents", "description": "How a person stands, and the proof of it."},
        {"name": "screenings", "description": "Whole dial lists, screened by the worker."},
        {"name": "links", "description": "Ways out of a mailing."},
        {"name": "registers", "description": "What may be asked about, and what forms show."},
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    # So named that no generator has to make a name up.
    "ENUM_NAME_OVERRIDES": {
        "Article": "notices.choices.Article",
        "Basis": "processing.choices.Basis",
        "ChannelCode": "processing.choices.Channel",
        "ConsentStatus": "consents.choices.ConsentStatus",
        "ContactKind": "processing.choices.ContactKind",
        "DutyCode": "screening.reasons.OBLIGATION",
        "EntryType": "feed.api.serializers.TYPES",
        "EventKind": "consents.choices.EventKind",
        "EvidenceKind": "consents.choices.EvidenceKind",
        "Giver": "consents.choices.Giver",
        "JobState": "audit.choices.JobState",
        "Language": "accounts.choices.Language",
        "Method": "consents.choices.Method",
        "Nature": "processing.choices.Nature",
        "ObjectionKind": "consents.api.recording.serializers.OBJECTED",
        "Outcome": "consents.api.recording.serializers.OUTCOMES",
        "Protects": "processing.choices.Protects",
        "Reason": "screening.reasons.CODES",
        "Regime": "processing.choices.Regime",
        "Standing": "consents.api.recording.serializers.STANDING",
        "StatementKind": "consents.api.recording.serializers.TOLD",
        "StatementMethod": "consents.api.recording.serializers.METHODS",
        "Way": "audit.choices.Way",
    },
}

# Webhooks ----------------------------------------------------------------------------------------

# Private networks to which messages may be sent, such as the one the house's own dialler is in.
# Every other address must be one of the open internet.
WEBHOOK_NETWORKS = networks("WEBHOOK_NETWORKS")

# Language and time -------------------------------------------------------------------------------

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Dates as in "24.11.2026, 09:42": Django writes Polish ones with dashes or words.
FORMAT_MODULE_PATH = "ccgdpr.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Warsaw"

# Files -------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Uploads and job results: never under a URL, handed out by permission-checked views alone.
PRIVATE_ROOT = DATA_DIR / "private"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# Imported files: how much a hostile one may cost (security.md 28), how long an upload is kept (31).
IMPORT_LIMITS = {
    "file_bytes": 512 * 1024 * 1024,
    "row_bytes": 64 * 1024,
    "columns": 400,
    "sheet_rows": 1_048_576,
    "sheet_memory_bytes": 512 * 1024 * 1024,
    "sheet_cpu_seconds": 10,
    "archive_members": 200,
    "unpacked_bytes": 512 * 1024 * 1024,
    "ratio": 100,
}
IMPORT_KEEP_HOURS = 24
FILE_UPLOAD_PERMISSIONS = 0o600

# Signed documents: how large one may be, and how much a hostile one may cost (security.md 32).
DOCUMENT_LIMITS = {
    "bytes": 20 * 1024 * 1024,
    "pages": 2000,
    "memory_bytes": 512 * 1024 * 1024,
    "cpu_seconds": 10,
    "scanner_seconds": 60,
}
# Reads a document on its standard input: 0 is clean, 1 is not, all else is no answer. Empty: none.
DOCUMENT_SCANNER = command("DOCUMENT_SCANNER")

# Background work ---------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# How long what a job made may be downloaded.
RESULT_KEEP_HOURS = positive("RESULT_KEEP_HOURS", default=24)
# An export of more rows is made by the worker, not while somebody waits for the page.
EXPORT_AT_ONCE_ROWS = 50_000
# Local hours from which on the worker orders the day's work: counting findings and hashing
# documents again; and the letter about findings on working days.
DAILY_WORK_HOUR = hour("DAILY_WORK_HOUR", default=3)
FINDINGS_LETTER_HOUR = hour("FINDINGS_LETTER_HOUR", default=None if DEBUG else 7)

# Mail: written to standard output until a server is named. ---------------------------------------

MAIL = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_HOST"] or "localhost", MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="ccgdpr@localhost")
# Where links in letters lead.
SITE_URL = site_url("SITE_URL", hosts=ALLOWED_HOSTS, debug=DEBUG)

# Notices -----------------------------------------------------------------------------------------

# Days after which a material change needs a record of how people were told of it (WP260, 29).
CHANGE_ANNOUNCED_DAYS = positive("CHANGE_ANNOUNCED_DAYS", default=30)

# Contact -----------------------------------------------------------------------------------------

# Hours within which the centre lets people be phoned ("09:00-20:00"); empty: no such obligation.
CONTACT_HOURS = hours("CONTACT_HOURS")
CHECK_VALID_MINUTES = positive("CHECK_VALID_MINUTES", default=15)
# Whether each question of a client is kept: who, for what, how many yes and no; never the contacts.
LOG_CHECKS = env.bool("LOG_CHECKS", default=True)
LIST_VALID_HOURS = positive("LIST_VALID_HOURS", default=4)
# How long it is known who was on a list: recall needs it, and questions about one person.
LIST_MEMBERS_DAYS = positive("LIST_MEMBERS_DAYS", default=90)
if LIST_VALID_HOURS > 24 * LIST_MEMBERS_DAYS:
    raise ImproperlyConfigured(
        "LIST_VALID_HOURS is longer than LIST_MEMBERS_DAYS: a list could be used, but not recalled."
    )
# How long an uploaded dial list waits for its column to be named, or for a failed job to be tried
# again; screened, or stopped by its owner, it is erased at once.
DIAL_LIST_KEEP_HOURS = positive("DIAL_LIST_KEEP_HOURS", default=4)

# The feed of changes -----------------------------------------------------------------------------

# How long whoever follows the changes may be away and miss none.
FEED_KEEP_DAYS = positive("FEED_KEEP_DAYS", default=90)
if FEED_KEEP_DAYS < 30:
    raise ImproperlyConfigured("FEED_KEEP_DAYS must be at least 30: followers rely on it.")
# A follower that has not acknowledged a no after as many minutes lags, which is a finding.
FEED_LAG_MINUTES = positive("FEED_LAG_MINUTES", default=15)

# Logs: paths only, never queries or bodies (security.md 36). --------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"personal_data": {"()": "audit.logs.PersonalDataFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["personal_data"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # gunicorn's own lines name whole addresses: without these they would pass by the filter.
        "gunicorn.access": {"handlers": ["console"], "propagate": False},
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        # A line for every look into the queue, twice a second.
        "django_tasks_db": {"level": "WARNING"},
        # A line for every step of drawing a document.
        "weasyprint": {"level": "WARNING"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "audit.logs.ReporterFilter"
