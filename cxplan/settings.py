"""Every setting of every shape, read from the environment and nowhere else.

Safe by default: what is missing or odd stops the start with a sentence that says what to set. `docs/hosting.md`
explains each variable; `make up` sets them all for the try-it shape.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import django_stubs_ext
import sentry_sdk
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv, validate

from cxplan.kit import told

BASE_DIR = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 50
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

django_stubs_ext.monkeypatch()  # lets classes of Django that are generic to the type checker be written so

env = FileAwareEnv(strip_whitespace=True)  # SECRET_KEY_FILE and the like name a file that holds the value


def secret_key(*, debug: bool) -> str:
    key = env.str("SECRET_KEY", "")
    if not key and not debug:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set SECRET_KEY or SECRET_KEY_FILE, or use `make up`, which makes its own."
        )
    if not debug and len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"SECRET_KEY must be random and have at least {SHORTEST_KEY} characters.")
    return key or "only-for-debugging"


def served_securely(site_url: str, name: str = "SITE_URL") -> bool:
    """Whether the site is served over TLS; plain HTTP is let through on the loopback interface alone."""
    parts = urlsplit(site_url)
    if parts.scheme == "https" and parts.hostname:
        return True
    if parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}:
        return False
    raise ImproperlyConfigured(f"{name} must be https://… or a loopback http://… address, not {site_url!r}.")


def refuse_what_is_unsafe() -> None:
    """What may never stand on a host, however it got into the environment."""
    if DEBUG and SECURE:
        raise ImproperlyConfigured("DEBUG shows the house's inside to everybody: never with an https SITE_URL.")
    if any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("ALLOWED_HOSTS must name each host: with a wildcard, mails could lead elsewhere.")
    if any(urlsplit(origin).scheme != "https" or "*" in origin for origin in CSRF_TRUSTED_ORIGINS) and SECURE:
        raise ImproperlyConfigured("CSRF_TRUSTED_ORIGINS must be https://… addresses without a wildcard.")


def database(*, pool_size: int) -> dict[str, Any]:
    """DATABASE_URL as Django wants it, pooled: ASGI runs each request in a thread of its own."""
    if not env.str("DATABASE_URL").startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL must be a postgresql:// address.")
    config = dict(env.dj_db_url("DATABASE_URL", conn_health_checks=True))
    if pool_size:
        pool = {"min_size": 0, "max_size": pool_size, "timeout": 10}
        config["OPTIONS"] = {**config.get("OPTIONS", {}), "pool": pool}
    return config


def oidc() -> dict[str, Any]:
    """The organisation's own sign-in as allauth wants it; nothing where OIDC_SERVER_URL is not set."""
    server = env.str("OIDC_SERVER_URL", "")
    if not server:
        return {}
    values = {name: env.str(f"OIDC_{name}", "") for name in ("NAME", "CLIENT_ID", "CLIENT_SECRET")}
    if missing := [f"OIDC_{name}" for name, value in values.items() if not value]:
        raise ImproperlyConfigured(f"OIDC_SERVER_URL is set, so {', '.join(missing)} must be too.")
    served_securely(server, "OIDC_SERVER_URL")
    app = {
        "provider_id": "own",
        "name": values["NAME"],
        "client_id": values["CLIENT_ID"],
        "secret": values["CLIENT_SECRET"],
        "settings": {"server_url": server, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def with_redis_database(url: str, number: int) -> str:
    """The same Redis server, another of its numbered databases."""
    address, _, query = url.partition("?")
    return f"{address}?{urlencode({**dict(parse_qsl(query)), 'db': number})}"


def broker_address(redis_url: str) -> str:
    """REDIS_URL as kombu wants it: it knows Unix sockets by another scheme and name than redis-py."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
SECRET_KEY = secret_key(debug=DEBUG)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

# Where people reach the site
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SECURE = served_securely(SITE_URL)
ALLOWED_HOSTS = [
    urlsplit(SITE_URL).hostname or "",
    *env.list("ALLOWED_HOSTS", []),
    *(() if SECURE else LOOPBACK),
]
CSRF_TRUSTED_ORIGINS = [SITE_URL, *env.list("CSRF_TRUSTED_ORIGINS", [])]
INTERNAL_IPS: list[str] = []
refuse_what_is_unsafe()

SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
SECURE_REFERRER_POLICY = "same-origin"
PROXY_COUNT = env.int("PROXY_COUNT", 0)  # how many proxies of ours stand in front and set X-Forwarded-…
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "cxplan.kit.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME, THEME_COOKIE_NAME = (
    f"__Host-{name}" if SECURE else name for name in ("session", "csrf", "language", "theme")
)
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # since the last day that somebody was there,
SESSION_ENDS_AFTER = 30 * 24 * 3600  # and no longer than this since they signed in

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains and
    "security.W021",  # preloading are the domain owner's to promise: HSTS_INCLUDE_SUBDOMAINS, HSTS_PRELOAD
    "staticfiles.W004",  # build/assets/ is made by `manage.py build_assets`, which needs these settings to run
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

INSTALLED_APPS = [
    "cxplan",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "cxplan.apps.SiteFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "csp",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "cxplan.kit",
    "cxplan.live",
    "cxplan.workspaces",
    "cxplan.workshops",
    "journeys",
    "roadmap",
]

MIDDLEWARE = [
    "cxplan.kit.middleware.referred",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cxplan.kit.middleware.readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "cxplan.kit.middleware.bounded",
    "django.middleware.common.CommonMiddleware",
    "cxplan.kit.middleware.from_here",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cxplan.kit.middleware.kept_private",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "cxplan.workspaces.middleware.own_language",
    "cxplan.workspaces.middleware.Refusals",
    "cxplan.workspaces.middleware.bounded_sessions",
    "cxplan.workspaces.middleware.ClosedDoor",
    "cxplan.workspaces.middleware.SharedAccounts",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cxplan.kit.middleware.fragments",
    "cxplan.workspaces.middleware.SecondSteps",
]

ROOT_URLCONF = "cxplan.urls"
WSGI_APPLICATION = "cxplan.wsgi.application"
ASGI_APPLICATION = "cxplan.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cxplan.kit.context.page",
                "cxplan.workspaces.access.here",
                "roadmap.access.here",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "cxplan.kit.templatetags.ui",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets of our own stand in templates/ui/

# Data
DATABASES = {"default": database(pool_size=env.int("DATABASE_POOL_SIZE", 10))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_INSTALL_ON_MIGRATE = True
PGTRIGGER_MIGRATIONS = False

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", with_redis_database(REDIS_URL, 1)),
        "KEY_PREFIX": "cxplan",
    },
}

LARGEST_BODY = 15 * 1024 * 1024  # of a request, files and all; deploy/Caddyfile lets a little more through
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# People
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT  # whose rate limits count visitors by address
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "cxplan.workspaces.adapter.Doorkeeper"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # accounts made by hand or by invitation have proved theirs (UserManager)
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/account/"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one waits until it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {
    "invitation": "30/m/ip",
    "invite": "60/h/user",
    "guess_code": "10/m/ip,100/m/key",
    "send_notes": "3/h/key,200/h/ip",  # a whole room behind one address sends them at its close
}
OPEN_SIGN_UP = env.bool("OPEN_SIGN_UP", False)  # else the first alone, then by invitation

MFA_ADAPTER = "cxplan.workspaces.adapter.SecondStep"
MFA_FORMS = {"add_webauthn": "cxplan.workspaces.forms.account.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody is in without a confirmed address; a further one may wait
MFA_TOTP_ISSUER = "cxplan"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

SOCIALACCOUNT_ADAPTER = "cxplan.workspaces.adapter.Introduction"
SOCIALACCOUNT_PROVIDERS = oidc()
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # an address that the provider calls verified opens the account that has it,
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # and from then on the provider's own id does
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form would be stopped by form-action on its way to the provider

EMAIL = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL.get("EMAIL_HOST") or ""
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"cxplan@{urlsplit(SITE_URL).hostname}")

# Language and time
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "cxplan.kit.formats"
LANGUAGES = [("fi", "suomi"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Background work: late acknowledgement, so that a killed worker loses no job (docs/decisions/0001)
CELERY_BROKER_URL = broker_address(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,  # more than the hard time limit
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_PRIORITY = 6  # 0 comes first: the sweep, and what it found, overtake a long queue
CELERY_TASK_SOFT_TIME_LIMIT = 120  # the largest plan takes 23 s of an idle core (roadmap/exports/limits.py)
CELERY_TASK_TIME_LIMIT = 150
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_LOST_WAIT = 1  # seconds for the result of a killed child; its message is then handed out again
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 500_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ROUTES = {"cxplan.*.tasks.mail_*": {"queue": "mail"}}  # the worker that may reach a mail server
CELERY_BEAT_SCHEDULE = {
    # Every hour, so that a machine that sleeps at night does it too
    "let go": {"task": "roadmap.tasks.let_go", "schedule": 3600, "options": {"expires": 3600}},
    "trim events": {"task": "cxplan.live.tasks.trim_events", "schedule": 3600, "options": {"expires": 3600}},
    "sweep exports": {"task": "roadmap.tasks.sweep_exports", "schedule": 5, "options": {"expires": 5, "priority": 0}},
    "mail what waits": {"task": "cxplan.workspaces.tasks.mail_waiting", "schedule": 60, "options": {"expires": 60}},
    "keep deadlines": {"task": "cxplan.workshops.tasks.keep_deadlines", "schedule": 60, "options": {"expires": 60}},
}

# What is told to those who keep the house
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if shared := env.str("PROMETHEUS_MULTIPROC_DIR", ""):
    Path(shared).mkdir(parents=True, exist_ok=True)
if SENTRY_DSN := env.str("SENTRY_DSN", ""):
    sentry_sdk.init(
        SENTRY_DSN,
        environment=urlsplit(SITE_URL).hostname,
        send_default_pii=False,
        include_local_variables=False,  # they hold what people wrote
        max_request_body_size="never",
        before_send=told.without_words,
    )

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"reference": {"()": "cxplan.kit.logs.Reference"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {reference}: {message}", "style": "{"},
        "json": {"()": "cxplan.kit.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["reference"],
            "formatter": env.str("LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"])),
        },
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
