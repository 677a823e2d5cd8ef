"""Files of a disclosure: asked for, stored whole or not at all, and handed out to those who may see them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from jquants import ingest, session
from jquants.datasets import DISCLOSURES
from jquants.disclosure_files import DisclosureFiles, NoDisclosureError
from jquants.download import FileTooLargeError, download
from jquants.errors import MalformedError, UnreachableError, UnreadableError
from jquants.models import Disclosure, DisclosureFile
from jquants.ratelimit import MemoryRateLimiter
from scheduler.errors import InvalidParameters
from scheduler.models import Job
from tests.jquants.fakes import NOW, TODAY, perform
from tests.jquants.filings import disclosure
from tests.jquants.wire import Reply, Wire, answer

NUMBER = "20261120000001"
PDF = Reply(body=b"%PDF-1.7 a whole file")

pytestmark = pytest.mark.django_db


@pytest.fixture
def wire(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wire]:
    monkeypatch.setattr(session, "DatabaseRateLimiter", lambda plan, key, **_options: MemoryRateLimiter(plan))
    settings.JQUANTS_FILES_DIR = tmp_path
    with Wire() as wire:
        settings.JQUANTS_BASE_URL = wire.base_url
        yield wire


@pytest.fixture
def listed() -> Disclosure:
    ingest.write(DISCLOSURES, [disclosure(NUMBER)], day=TODAY, base_url="http://127.0.0.1:8765/v2", now=NOW)
    return Disclosure.objects.get()


def files(wire: Wire, **kinds: str | None) -> Reply:
    """Return the answer that names the addresses of files, all on the wire itself."""
    return answer(
        {"discNo": NUMBER, "files": {kind: path and wire.base_url + path for kind, path in kinds.items()}}
    )


def in_folder(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_files_are_stored_under_names_of_our_own(wire: Wire, tmp_path: Path) -> None:
    wire.reply(files(wire, pdf="/../etc/passwd?sig=1", summaryPdf="/summary", xbrl=None), PDF)

    run = perform(DisclosureFiles, disclosure_number=NUMBER, kinds="g,s,x")

    assert wire.seen[0].params == {"discNo": NUMBER, "docs": "g,s,x"}
    assert all("x-api-key" not in seen.headers for seen in wire.seen[1:])
    assert in_folder(tmp_path) == [f"{NUMBER}-full.pdf", f"{NUMBER}-summary.pdf"]
    assert (tmp_path / NUMBER / f"{NUMBER}-full.pdf").read_bytes() == PDF.body
    full = DisclosureFile.objects.get(kind="g")
    assert (full.name, full.size) == (f"{NUMBER}/{NUMBER}-full.pdf", len(PDF.body))
    assert full.sha256 == hashlib.sha256(PDF.body).hexdigest()
    assert run.counts["fetched"] == 2


def test_only_the_kinds_asked_for_are_fetched(wire: Wire, tmp_path: Path) -> None:
    wire.reply(files(wire, pdf="/full", summaryPdf="/summary"), PDF)

    perform(DisclosureFiles, disclosure_number=NUMBER, kinds="s")

    assert in_folder(tmp_path) == [f"{NUMBER}-summary.pdf"]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (Reply(status=403), UnreachableError),
        (Reply(body=PDF.body, sent=5), UnreadableError),
        (Reply(silent=True), UnreachableError),
    ],
)
def test_half_a_file_is_none(wire: Wire, tmp_path: Path, broken: Reply, error: type[Exception]) -> None:
    wire.reply(files(wire, pdf="/full?sig=secret"), broken)

    with pytest.raises(error) as caught:
        perform(DisclosureFiles, disclosure_number=NUMBER)

    assert "secret" not in str(caught.value)
    assert in_folder(tmp_path) == []
    assert not DisclosureFile.objects.exists()


def test_a_file_that_is_too_large_is_not_stored(wire: Wire, tmp_path: Path) -> None:
    wire.reply(PDF)

    with pytest.raises(FileTooLargeError):
        download(
            wire.base_url,
            tmp_path / "file",
            path="/td/files",
            check_stop=lambda: None,
            largest=len(PDF.body) - 1,
        )

    assert in_folder(tmp_path) == []


@pytest.mark.parametrize(
    "named", [{}, {"files": "pdf"}, {"files": {"pdf": 1}}, {"files": {"pdf": "no address"}}]
)
def test_an_answer_without_addresses_is_refused(wire: Wire, named: dict[str, Any]) -> None:
    wire.reply(answer({"discNo": NUMBER} | named))

    with pytest.raises(MalformedError):
        perform(DisclosureFiles, disclosure_number=NUMBER)


@pytest.mark.parametrize(
    "given", [{"disclosure_number": "../../etc"}, {"disclosure_number": NUMBER, "kinds": "g,q"}]
)
def test_wrong_numbers_and_kinds_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameters):
        perform(DisclosureFiles, **given)


def test_a_run_without_a_number_says_what_it_lacks() -> None:
    with pytest.raises(NoDisclosureError):
        perform(DisclosureFiles)


def test_the_page_queues_a_run_and_hands_out_what_is_stored(
    wire: Wire, listed: Disclosure, admin_client: Browser
) -> None:
    page = reverse("admin:jquants_disclosure_change", args=[listed.pk])
    assert "None is stored yet" in admin_client.get(page).text

    admin_client.post(reverse("admin:jquants_disclosure_fetch", args=[listed.pk]))
    queued = Job.objects.get(job_type="disclosure_files").executions.get()
    assert queued.parameters["disclosure_number"] == NUMBER

    wire.reply(files(wire, pdf="/full"), PDF)
    perform(DisclosureFiles, disclosure_number=NUMBER)
    address = reverse("admin:jquants_disclosure_file", args=[listed.pk, "g"])
    assert address in admin_client.get(page).text
    response: Any = admin_client.get(address)
    assert b"".join(response.streaming_content) == PDF.body
    assert (
        admin_client.get(reverse("admin:jquants_disclosure_file", args=[listed.pk, "x"])).status_code == 404
    )


def test_files_and_button_are_for_those_who_may(
    wire: Wire, listed: Disclosure, client: Browser, django_user_model: type[User]
) -> None:
    file = reverse("admin:jquants_disclosure_file", args=[listed.pk, "g"])
    fetch = reverse("admin:jquants_disclosure_fetch", args=[listed.pk])
    assert client.get(file).status_code == 302  # to the login
    staff = django_user_model.objects.create_user("taro", password="x", is_staff=True)
    client.force_login(staff)
    assert client.get(file).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="view_disclosure"))
    assert client.get(file).status_code == 404  # allowed, and none is stored
    assert client.post(fetch).status_code == 403
    assert client.get(fetch).status_code == 405
