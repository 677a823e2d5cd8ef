"""Settings of the site. The only place that reads the environment; .env.example explains each variable."""

import shutil
import sys
from pathlib import Path
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from moo_markets.api_settings import REST_FRAMEWORK, REST_KNOX, SPECTACULAR_SETTINGS  # noqa: F401 - settings
from moo_markets.environment import Environment
from moo_markets.secret_key import secret_key
from moo_markets.unfold import UNFOLD  # noqa: F401 - a setting

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.read_env(BASE_DIR / ".env")  # by absolute path: cron starts us in "/"

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key(env.str("SECRET_KEY", default=""), debug=DEBUG, env_file=BASE_DIR / ".env")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_crontab",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "scheduler",
    "jquants",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "moo_markets.urls"
WSGI_APPLICATION = "moo_markets.wsgi.application"
APPEND_SLASH = True

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
    },
]

# --- Database -------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL without IMMEDIATE fails more often than neither: a read that turns into a write cannot wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    } | DATABASES["default"].get("OPTIONS", {})
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Language, time, files ------------------------------------------------------------------------

LANGUAGE_CODE = env.one_of("LANGUAGE_CODE", ["ja", "en"], default="ja")
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["moo_markets.formats"]
USE_I18N = True
TIME_ZONE = env.one_of("TIME_ZONE", available_timezones(), default="Asia/Tokyo")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")()
# Without `collectstatic` (development, demo) files are served from where the apps keep them.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not Path(STATIC_ROOT).is_dir()

# --- Security -------------------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.count("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Asked from inside, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
METRICS_ALLOW = env.networks("METRICS_ALLOW", default=["127.0.0.1", "::1"])  # who may scrape without a login
LOGIN_URL = "admin:login"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Scheduler ------------------------------------------------------------------------------------

EXECUTOR = env.one_of("EXECUTOR", ["embedded", "celery"], default="embedded")
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://localhost:6379/0")
SCHEDULER_WORKERS = env.int("SCHEDULER_WORKERS", default=2)  # executions at a time, a scheduler process
SCHEDULER_MAX_CONCURRENT = env.limits("SCHEDULER_MAX_CONCURRENT")  # by job type, on all workers; 0 = no limit
SCHEDULER_POLL_SECONDS = env.seconds("SCHEDULER_POLL_SECONDS", default=1.0, least=0.01)
SCHEDULER_GRACE_SECONDS = env.seconds("SCHEDULER_GRACE_SECONDS", default=60)
SCHEDULER_HEARTBEAT_SECONDS = env.seconds("SCHEDULER_HEARTBEAT_SECONDS", default=10.0, least=0.1)
SCHEDULER_ORPHAN_SECONDS = env.seconds("SCHEDULER_ORPHAN_SECONDS", default=60.0)
SCHEDULER_DRAIN_SECONDS = env.seconds("SCHEDULER_DRAIN_SECONDS", default=30.0)
SCHEDULER_KILL_AFTER_SECONDS = env.seconds("SCHEDULER_KILL_AFTER_SECONDS", default=30.0)
SCHEDULER_KEEP_DAYS = env.count("SCHEDULER_KEEP_DAYS", default=90)  # of executions; a job may say otherwise
SCHEDULER_KEEP_FAILED_DAYS = env.count("SCHEDULER_KEEP_FAILED_DAYS", default=365)
SCHEDULER_KEEP_LOG_DAYS = env.count("SCHEDULER_KEEP_LOG_DAYS", default=30)
SCHEDULER_KEEP_RUNS = env.count("SCHEDULER_KEEP_RUNS", default=100)  # the newest of each job, however old

SCHEDULER_SECRET_SETTINGS = ["SECRET_KEY", "JQUANTS_API_KEY"]  # masked wherever a run leaves text

# One constant line: schedules live in the database, and the claim of a row is the lock.
CRONJOBS = [("* * * * *", "scheduler.cron.tick")]
CRONTAB_EXECUTABLE = shutil.which("crontab") or "/usr/bin/crontab"
CRONTAB_PYTHON_EXECUTABLE = sys.executable
CRONTAB_DJANGO_MANAGE_PATH = str(BASE_DIR / "manage.py")

# --- J-Quants -------------------------------------------------------------------------------------

JQUANTS_API_KEY = env.str("JQUANTS_API_KEY", default="")
JQUANTS_BASE_URL = env.str("JQUANTS_BASE_URL", default="https://api.jquants.com/v2").rstrip("/")
JQUANTS_PLAN = env.one_of("JQUANTS_PLAN", ["auto", "free", "light", "standard", "premium"], default="auto")
JQUANTS_ADDONS = env.some_of("JQUANTS_ADDONS", ["auto", "minute", "tdnet"], default=["auto"])
JQUANTS_FILES_DIR = BASE_DIR / env.str("JQUANTS_FILES_DIR", default="var/files")

# --- Logging --------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "scheduler.masking.MaskingFormatter",
            "format": "{asctime} {levelname} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": env.one_of("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO")}
        for name in ("scheduler", "jquants")
    },
}
