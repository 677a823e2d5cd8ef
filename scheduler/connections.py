"""What long-running processes of the scheduler have in common."""

from django.db import connection


def keep_connection() -> None:
    """Keep this thread's database connection open between uses; it is checked before each and renewed.

    A process that looks every second spends most of its time on connecting otherwise.
    """
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.settings_dict["CONN_HEALTH_CHECKS"] = True
    connection.close()
