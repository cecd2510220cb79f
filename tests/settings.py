"""The house's own settings in the environment of a test run. Nothing here reaches production."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_directory = tempfile.mkdtemp(prefix="ccgdpr-tests-")
atexit.register(shutil.rmtree, _directory, ignore_errors=True)

# Set in the environment, so that processes which a test starts live in the same house.
os.environ |= {
    "DATA_DIR": _directory,
    "DEBUG": "0",
    "SECRET_KEY": "tests only: nothing that lasts is ever signed with this sentence",
    "HMAC_KEY": "tests only: no number of a living person is ever keyed with this",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "BEHIND_PROXY": "0",
    "CONTACT_HOURS": "",
    "DOCUMENT_SCANNER": "",
    # A worker that a test starts does what the test orders, at any hour.
    "DAILY_WORK_HOUR": "off",
    "FINDINGS_LETTER_HOUR": "off",
}

from ccgdpr.settings import *  # noqa: E402, F403
from ccgdpr.settings import DATA_DIR, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

# A file, not memory: other processes and the live server's threads must see the same rows.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

# The test client and the live server speak plain HTTP, and pages need no collected files.
SECURE_SSL_REDIRECT = False
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(STATIC_ROOT).mkdir(exist_ok=True)

# Hundreds of logins: the hash is Django's business, not what is tested here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
