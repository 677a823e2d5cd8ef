"""Files of a disclosure, on demand: https://jpx-jquants.com/en/spec/td-files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from jquants import session
from jquants.download import download
from jquants.errors import JQuantsError, MalformedError
from jquants.models import DisclosureFile, FileKind
from scheduler.job_types import JobType

if TYPE_CHECKING:
    from scheduler.runner import Run

PATH = "/td/files"
KEYS = {FileKind.FULL: "pdf", FileKind.SUMMARY: "summaryPdf", FileKind.XBRL: "xbrl"}
ENDINGS = {FileKind.FULL: "full.pdf", FileKind.SUMMARY: "summary.pdf", FileKind.XBRL: "xbrl.zip"}


class NoDisclosureError(JQuantsError):
    code = "no_disclosure"
    summary = "No disclosure is named; give its number"


class DisclosureFilesForm(forms.Form):
    disclosure_number = forms.RegexField(
        r"^[0-9]{14}$",
        label=_("Disclosure number"),
        required=False,
        help_text=_("Of a disclosure in the list of TDnet; 14 digits."),
        error_messages={"invalid": _("A disclosure number has 14 digits, such as 20261120123456.")},
    )
    kinds = forms.RegexField(
        r"^[gsx](,[gsx])*$",
        label=_("Kinds of files"),
        required=False,
        help_text=_("g full PDF, s summary PDF, x XBRL, joined by commas; all that there are when empty."),
        error_messages={"invalid": _("Write g, s and x, joined by commas, such as g,x.")},
    )


class DisclosureFiles(JobType):
    """Fetches the files of one disclosure into JQUANTS_FILES_DIR."""

    slug = "disclosure_files"
    label = _("Files of a disclosure")
    description = _("Fetches the PDF and XBRL files of one disclosure on TDnet. Runs only when asked for.")
    parameters = DisclosureFilesForm
    default_parameters: ClassVar[dict[str, Any]] = {}

    def perform(self, run: Run) -> None:
        number = run.parameters.get("disclosure_number")
        if not number:
            raise NoDisclosureError
        kinds = [FileKind(kind) for kind in (run.parameters.get("kinds") or "g,s,x").split(",")]
        with session.open_client(run) as client:
            addresses = _addresses(client.document(PATH, discNo=number, docs=",".join(kinds)))
        offered = {kind: url for kind in kinds if (url := addresses.get(KEYS[kind]))}
        if not offered:
            run.log.warning(
                gettext_noop("J-Quants offers no such file of %(number)s"),
                {"number": number},
                extra={"action": "nothing_to_fetch"},
            )
        for done, (kind, url) in enumerate(offered.items(), 1):
            run.check_stop()
            _store(run, number, kind, url)
            run.progress(done, len(offered), kind.name.lower())


def _addresses(answer: dict[str, Any]) -> dict[str, str | None]:
    files = answer.get("files")
    if not isinstance(files, dict) or not all(isinstance(url, str | None) for url in files.values()):
        raise MalformedError(path=PATH, status=200, detail='"files" is not an object of addresses')
    return files


def _store(run: Run, number: str, kind: FileKind, url: str) -> None:
    name = f"{number}/{number}-{ENDINGS[kind]}"  # of our own making: nothing that came from outside is in it
    stored = download(url, folder() / name, path=PATH, check_stop=run.check_stop)
    DisclosureFile.objects.update_or_create(
        disclosure_number=number,
        kind=kind,
        defaults={"name": name, "size": stored.size, "sha256": stored.sha256, "fetched_at": run.now()},
    )
    run.count(fetched=1)
    run.log.info(
        gettext_noop("%(file)s: %(bytes)s bytes"),
        {"file": name, "bytes": f"{stored.size:,}"},
        extra={"action": "file_stored"},
    )


def folder() -> Path:
    return Path(settings.JQUANTS_FILES_DIR)
