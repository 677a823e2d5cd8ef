"""Pages by cursor: stable while rows arrive (R46)."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """Newest first, 50 a page; `page_size` asks for up to 200."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        """Return the size asked for, capped. Raises ValidationError for what is not a size."""
        asked = request.query_params.get("page_size", str(self.page_size))
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 10 and int(asked)):
            raise ValidationError(
                {"page_size": _("“%(value)s” is not a number from 1.") % {"value": asked[:50]}}
            )
        return min(int(asked), self.max_page_size)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor of the request. Raises ValidationError for one that we never gave out."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise _invalid_cursor() from None
        if cursor is not None and cursor.position is not None and not self.is_position(str(cursor.position)):
            raise _invalid_cursor()
        return cursor

    def is_position(self, text: str) -> bool:
        """Whether `text` is a value of the column we order by: the base class asks the database with anything."""
        return text.isascii() and text.isdecimal() and len(text) < 20


class OldestFirst(NewestFirst):
    """Oldest first, for logs."""

    ordering = "id"
    page_size = 200
    max_page_size = 1000


class ByName(NewestFirst):
    """By name, which is unique."""

    ordering = "name"

    def is_position(self, text: str) -> bool:
        return "\0" not in text


def _invalid_cursor() -> ValidationError:
    return ValidationError(
        {
            "cursor": _(
                "This cursor is not one of ours. Follow “next” and “previous”, or start without a cursor."
            )
        }
    )
