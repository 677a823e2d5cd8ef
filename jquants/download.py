"""A file behind an address that J-Quants signed: the whole of it or nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import requests
import urllib3

from jquants.errors import JQuantsError, MalformedError, UnreachableError, UnreadableError

LARGEST = 200 * 2**20  # bytes; the largest filings have a tenth
CHUNK = 2**16  # bytes
TIMEOUT = (10.0, 60.0)  # seconds to connect, and from one byte to the next


class FileTooLargeError(JQuantsError):
    code = "file_too_large"
    summary = "The file is larger than any that is expected; it was not stored"


class Stored(NamedTuple):
    size: int
    sha256: str


def download(
    url: str, target: Path, *, path: str, check_stop: Callable[[], None], largest: int = LARGEST
) -> Stored:
    """Fetch `url` into `target`, which appears when it is complete. Raises JQuantsError.

    Without the API key: the address is its own proof, and for that reason in no error. `path` is what told it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        try:
            digest = hashlib.sha256()
            for chunk in _bounded(_chunks(url, path), largest, path):
                check_stop()
                digest.update(chunk)
                file.write(chunk)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return Stored(size, digest.hexdigest())


def _bounded(chunks: Iterator[bytes], largest: int, path: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > largest:
            raise FileTooLargeError(path=path, detail=f"more than {largest} bytes")
        yield chunk


def _chunks(url: str, path: str) -> Iterator[bytes]:
    try:
        # Without ~/.netrc and redirects: nothing but this address is asked, with nothing but it.
        with requests.get(
            url, stream=True, timeout=TIMEOUT, allow_redirects=False, auth=lambda request: request
        ) as response:
            if response.status_code != 200:
                raise UnreachableError(
                    path=path,
                    status=response.status_code,
                    detail="the file's address does not answer with it",
                )
            yield from response.iter_content(CHUNK)
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError) as error:
        raise UnreadableError(path=path, detail=type(error).__name__) from None
    except (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
    ):
        raise MalformedError(path=path, detail="what it calls the address of a file is none") from None
    except requests.RequestException as error:
        raise UnreachableError(path=path, detail=type(error).__name__) from None
