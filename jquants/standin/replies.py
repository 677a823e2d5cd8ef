"""An answer on its way to the wire."""

import gzip
import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

JSON_TYPE: Final = "application/json"
GZIP_FROM: Final = 1024  # bytes; smaller bodies are sent as they are
GZIP_LEVEL: Final = 1


class Delivery(Enum):
    WHOLE = "whole"
    CUT = "cut"  # the connection ends in the middle of the body
    TRICKLE = "trickle"  # in pieces, with pauses
    NONE = "none"  # the connection ends before the first byte


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    is_gzipped: bool = False  # body is compressed for transport; expanded for clients that did not ask for it
    stalls: bool = False
    delivery: Delivery = Delivery.WHOLE

    @classmethod
    def json(cls, document: object, status: int = 200) -> "Reply":
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) < GZIP_FROM:
            return cls(status, body)
        return cls(status, gzip.compress(body, GZIP_LEVEL), is_gzipped=True)

    @classmethod
    def message(cls, status: int, message: str) -> "Reply":
        return cls.json({"message": message}, status)

    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.is_gzipped else self.body

    def document(self) -> Any:
        return json.loads(self.plain())
