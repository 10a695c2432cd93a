"""All settings in one place: read from the environment once, typed; docs/settings.md names each."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from undersigned.ledger.note import is_origin
from undersigned.lib.env import Misconfigured, env_bool, env_command, env_int, env_path, env_rate, env_seconds, env_str
from undersigned.lib.keys import KeyRing

PACKAGE = Path(__file__).resolve().parent.parent

# --- Where things are -------------------------------------------------------------------------------------------------
DATA = env_path("UNDERSIGNED_DATA", Path("data")).resolve()
KEYS = KeyRing(env_path("UNDERSIGNED_KEYS", DATA / "keys").resolve())
# Not resolved: the public root is itself a link, to the generation that is shown.
PUBLIC_ROOT = env_path("UNDERSIGNED_PUBLIC", DATA / "public").absolute()  # a link, which must not be followed here
KITS = DATA / "kits"  # what is ready for the press; private until the bakery takes it out
LOGS = PUBLIC_ROOT.parent / "logs"  # beside the generations, which lead to those of released letters
PURGE_COMMAND = env_command("UNDERSIGNED_PURGE_COMMAND")
OFFLINE = env_bool("UNDERSIGNED_OFFLINE", True)
SITE_URL = env_str("UNDERSIGNED_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env_str("UNDERSIGNED_SITE_NAME", "Undersigned")
SOURCE_URL = env_str("UNDERSIGNED_SOURCE_URL", "")
KAKAO_KEY = env_str("UNDERSIGNED_KAKAO_KEY", "")
LOG_NAME = env_str("UNDERSIGNED_LOG_NAME", "undersigned.example")
if not is_origin(LOG_NAME):  # it is part of every log's name, which can never change
    raise Misconfigured(
        "UNDERSIGNED_LOG_NAME", "a name such as letters.example.org, without https:// and without a port"
    )
ALLOWED_HOSTS = env_str("UNDERSIGNED_HOSTS", urlsplit(SITE_URL).hostname or "127.0.0.1").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]


# --- The door ---------------------------------------------------------------------------------------------------------
PROXIES = env_int("UNDERSIGNED_PROXIES", 0)
DESK = env_str("UNDERSIGNED_DESK", "")
MONITOR = env_str("UNDERSIGNED_MONITOR", "")
FREE_SIGN_ONS = env_rate("UNDERSIGNED_FREE_SIGN_ONS", "60/10m")
MOST_REQUESTS = env_rate("UNDERSIGNED_MOST_REQUESTS", "3000/10m")
SLOW_PACE = env_rate("UNDERSIGNED_SLOW_PACE", "120/1m")
SLOW_WAIT = timedelta(seconds=env_seconds("UNDERSIGNED_SLOW_WAIT", 600))


# --- Records ----------------------------------------------------------------------------------------------------------
def _database(url: str) -> dict[str, object]:
    """Django's settings for `sqlite:PATH` or `postgresql://USER:PASSWORD@HOST:PORT/NAME`."""
    if url.startswith("sqlite:"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: what was acknowledged survives a power cut. secure_delete: what was erased is overwritten.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise Misconfigured("UNDERSIGNED_DATABASE", "sqlite:PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME")
    socket = re.search(r"(?:^|&)host=([^&]+)", parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(socket[1]) if socket else (parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": _database(env_str("UNDERSIGNED_DATABASE", f"sqlite:{DATA / 'undersigned.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Sign-ons ---------------------------------------------------------------------------------------------------------
REMINDERS = tuple(
    timedelta(seconds=env_seconds(name, default))
    for name, default in (("UNDERSIGNED_REMINDER_FIRST", 2 * 86400), ("UNDERSIGNED_REMINDER_SECOND", 5 * 86400))
)
LAPSE = timedelta(seconds=env_seconds("UNDERSIGNED_LAPSE", 14 * 86400))
LINK_LIFETIME = timedelta(seconds=env_seconds("UNDERSIGNED_LINK_LIFETIME", 14 * 86400))
HIDDEN_BATCH = env_int("UNDERSIGNED_HIDDEN_BATCH", 10)

# --- Stories ----------------------------------------------------------------------------------------------------------
READS_CAP = env_int("UNDERSIGNED_READS_CAP", 3000)

# --- The kit for the press --------------------------------------------------------------------------------------------
KIT_PACE = timedelta(seconds=env_seconds("UNDERSIGNED_KIT_PACE", 900))

# --- Mail -------------------------------------------------------------------------------------------------------------
MAIL_FOLDER = env_str("UNDERSIGNED_MAIL_FOLDER", "")
MAIL_HOST = env_str("UNDERSIGNED_MAIL_HOST", "")
MAIL_PORT = env_int("UNDERSIGNED_MAIL_PORT", 587)
MAIL_USER = env_str("UNDERSIGNED_MAIL_USER", "")
MAIL_PASSWORD = env_str("UNDERSIGNED_MAIL_PASSWORD", "")
MAIL_SECURITY = env_str("UNDERSIGNED_MAIL_SECURITY", "starttls")
MAIL_SENDER = env_str("UNDERSIGNED_MAIL_SENDER", "post@undersigned.example")
MAIL_CONNECTIONS = env_int("UNDERSIGNED_MAIL_CONNECTIONS", 4, least=1)
MAIL_PACE = timedelta(seconds=env_seconds("UNDERSIGNED_MAIL_PACE", 1))

# --- Django -----------------------------------------------------------------------------------------------------------
SECRET_KEY = env_str("UNDERSIGNED_SECRET_KEY", "") or KEYS.site_key_or_throwaway("django").hex()
DEBUG = False
ROOT_URLCONF = "undersigned.config.urls"
AUTH_USER_MODEL = "desk.User"
USE_TZ = True
TIME_ZONE = "UTC"
SITE_ID = 1
FORMS_URLFIELD_ASSUME_HTTPS = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "undersigned.desk",  # before allauth, whose templates it puts into the look of the desk
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "undersigned.ledger",
    "undersigned.post",
    "undersigned.letters",
    "undersigned.signing",
    "undersigned.newsletter",
    "undersigned.releases",
    "undersigned.stories",
    "undersigned.kit",
    "undersigned.pages",
]

MIDDLEWARE = [
    "undersigned.desk.middleware.OwnLanguage",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "undersigned.desk.middleware.DeskDoor",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("ko", "한국어"), ("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "undersigned.config.formats"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "undersigned.desk.accounts.DeskAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
LOGIN_REDIRECT_URL = "/desk/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
# An operator makes the accounts, so an address needs no mail of ours before it may have a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
ACCOUNT_SESSION_REMEMBER = True  # as long as UNDERSIGNED_SESSION says, with no box to tick
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith("http://")
SECOND_FACTOR_REQUIRED = env_bool("UNDERSIGNED_SECOND_FACTOR_REQUIRED", False)

# Counts failed sign-ins, nothing else. In memory: the desk runs in one process; several would each count their own.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# The door, which tells the one address that failed sign-ins are counted by, and whether TLS was spoken.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

_secure = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_AGE = env_seconds("UNDERSIGNED_SESSION", 8 * 3600)
SECURE_HSTS_SECONDS = 31536000 if _secure else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# The desk's own files; what the public sees is baked. Under /desk/, so that no letter's address can meet them.
STATIC_URL = "/desk/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# A picture as it was sent in may tell where it was taken: it stays in memory, and is on no disk of ours.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20_000_001  # one byte over what `lib.pictures` takes, so that it can say so

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "undersigned.config.logs.WithoutData",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"standard error": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["standard error"], "level": env_str("UNDERSIGNED_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": []},  # its own would write its words
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "_granian": {"level": "ERROR"},
    },
}
