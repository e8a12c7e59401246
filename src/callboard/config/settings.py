"""Deployment alone: where the database is, which hosts, which keys. Policies live with their packages."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from callboard.lib import environment, safety
from callboard.lib.environment import flag, text
from callboard.lib.postgres.provision import default_data_dir

environment.read_files()
if unsafe := safety.problems(os.environ, key_needed=True):
    raise ImproperlyConfigured(" ".join(unsafe))

POOLED = text("CALLBOARD_PROCESS") == "callboard-web"
"""Over ASGI requests are at work in many threads, and share fewer connections."""
POOL = {"min_size": 1, "max_size": 16, "max_idle": 60.0, "timeout": 5.0, "reconnect_timeout": 2.0}
"""Gives up soon on a database that is gone, since the next request tries again anyway."""


def database(url: str) -> dict[str, Any]:
    """Django's settings for a postgresql:// URL; `host` as a query parameter is a socket's folder."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    options: dict[str, Any] = {"application_name": text("CALLBOARD_PROCESS", "callboard")}
    if POOLED:
        options["pool"] = POOL
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 0 if POOLED else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


PACKAGE = Path(__file__).resolve().parent.parent
DEBUG = flag("CALLBOARD_DEBUG")
SECRET_KEY = text("CALLBOARD_SECRET_KEY") or secrets.token_urlsafe(50)
SECRET_KEY_FALLBACKS = environment.items("CALLBOARD_SECRET_KEY_FALLBACKS")
BASE_URL = text("CALLBOARD_BASE_URL") or safety.LOCAL_URL
TLS = BASE_URL.startswith("https:")
ALLOWED_HOSTS = safety.hosts(os.environ)
CSRF_TRUSTED_ORIGINS = safety.origins(os.environ)
DEMO = flag("CALLBOARD_DEMO")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "callboard.lib.jobs",
    "callboard.people",
    "callboard.sessions",
    "callboard.expectations",
    "callboard.cases",
    "callboard.live",
    "callboard.workflows",
    "callboard.api",
    "callboard.web",
    "callboard.config",
]

MIDDLEWARE = [
    "callboard.web.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "callboard.web.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "callboard.web.access.AccessMiddleware",
]

ROOT_URLCONF = "callboard.config.urls"
ASGI_APPLICATION = "callboard.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]

DATABASES = {
    "default": database(text("CALLBOARD_DATABASE_URL", "postgresql://callboard_app@localhost/callboard")),
}
if text("CALLBOARD_OWNER_DATABASE_URL"):
    DATABASES["owner"] = database(text("CALLBOARD_OWNER_DATABASE_URL"))
INGEST_DATABASE_URL = text("CALLBOARD_INGEST_DATABASE_URL")
ENGINE_DATABASE_URL = text("CALLBOARD_ENGINE_DATABASE_URL")
RECORDINGS: str = text("CALLBOARD_RECORDINGS") or str(default_data_dir() / "recordings")
"""Where recordings are kept: a folder, or s3://bucket/prefix (see lib.store)."""
ERASURES: str = text("CALLBOARD_ERASURES")
"""Where the list of erasures is kept, likewise; empty: with the recordings."""

# Counts attempts to sign in, across processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "callboard_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "callboard_people.User"
AUTHENTICATION_BACKENDS = ["callboard.people.signed_in.SignInBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "callboard.people.adapters.AccountAdapter"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ALLAUTH_TRUSTED_PROXY_COUNT = safety.proxies(os.environ)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MFA_ADAPTER = "callboard.people.adapters.MFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Callboard"
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
EMAIL_BACKEND = text("CALLBOARD_EMAIL_BACKEND") or (
    f"django.core.mail.backends.{'smtp' if text('CALLBOARD_MAIL_HOST') else 'console'}.EmailBackend"
)
EMAIL_HOST = text("CALLBOARD_MAIL_HOST", "localhost")
EMAIL_PORT = environment.number("CALLBOARD_MAIL_PORT", 587)
EMAIL_HOST_USER = text("CALLBOARD_MAIL_USER")
EMAIL_HOST_PASSWORD = text("CALLBOARD_MAIL_PASSWORD")
EMAIL_USE_TLS = flag("CALLBOARD_MAIL_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("CALLBOARD_MAIL_FROM", "Callboard <callboard@localhost>")
SESSION_ENGINE = "callboard.people.login_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_SECURE = TLS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if TLS else 0

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

API_CALLS_PER_MINUTE = environment.number("CALLBOARD_API_RATE", 6_000)
METRICS_TOKEN = text("CALLBOARD_METRICS_TOKEN")

STATIC_URL = "/static/"
STATIC_ROOT = text("CALLBOARD_STATIC_ROOT") or None

JSON_LOGS = text("CALLBOARD_LOG_FORMAT", "line") == "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "callboard.lib.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "words": DEBUG,
        },
        "json": {"()": "callboard.lib.logs.JsonFormatter", "words": DEBUG},
    },
    "filters": {"route": {"()": "callboard.lib.logs.RouteFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if JSON_LOGS else "line",
            "filters": ["route"],
        }
    },
    "loggers": {
        "httpx": {"level": "WARNING"},  # it tells of each call with its address, which may hold a key
        "procrastinate": {"level": "WARNING"},
        "callboard.web.requests": {"level": "INFO" if JSON_LOGS else "WARNING"},
        "django.request": {"level": "ERROR"},  # what is refused is in the line of the request
    },
    "root": {"handlers": ["stderr"], "level": text("CALLBOARD_LOG_LEVEL", "INFO")},
}
