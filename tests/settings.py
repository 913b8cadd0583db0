"""The settings of the tests: the product's own, with what must be quick or must stay in the process replaced."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("DATABASE_URL", "postgresql://cxplan@localhost/cxplan")
os.environ.setdefault("REDIS_URL", "redis://localhost:6379/0")
os.environ.setdefault("DATABASE_POOL_SIZE", "0")
os.environ["DEBUG"] = os.environ["DEMO"] = "0"

from cxplan.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Empty: every test client would look through all the files, and fail where a browser's stack collects them meanwhile
STATIC_ROOT = BASE_DIR / "build" / "static-of-tests"
# Each worker has a database of its own, and so keeps what it computes of it apart
CACHES["default"]["KEY_PREFIX"] = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
