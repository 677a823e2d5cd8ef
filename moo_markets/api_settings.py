"""Settings of the JSON API and of its documentation."""

from datetime import timedelta

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "scheduler.api.authentication.TokenAuthentication",  # first: it is what a 401 asks for
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["scheduler.api.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "scheduler.api.negotiation.NamedFormats",
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_SCHEMA_CLASS": "scheduler.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "scheduler.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

REST_KNOX = {
    "TOKEN_TTL": timedelta(days=365),
}

SPECTACULAR_SETTINGS = {
    "TITLE": "moo_markets",
    "DESCRIPTION": "Steer the scheduler, and read what is stored of the market. Errors are problem documents (RFC 9457).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/(scheduler|market)",
    "PREPROCESSING_HOOKS": ["scheduler.api.schema.without_trailing_slashes"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "scheduler.models.Status",
        "TriggerEnum": "scheduler.models.Trigger",
        "SkipReasonEnum": "scheduler.models.SkipReason",
    },
    # From the wheel of drf-spectacular-sidecar: no page asks a foreign host.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
