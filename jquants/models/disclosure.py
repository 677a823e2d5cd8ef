"""What companies disclose on TDnet: https://jpx-jquants.com/en/spec/td-list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models.columns import clock, day, optional_text, text
from jquants.models.documented import api


class FileKind(models.TextChoices):
    FULL = "g", _("full PDF")
    SUMMARY = "s", _("summary PDF")
    XBRL = "x", "XBRL"


class Disclosure(models.Model):
    """A document that was disclosed. One that replaces a wrong file has a number of its own."""

    disclosed_on = day("DiscDate", _("disclosed on"))
    disclosed_at = clock("DiscTime", _("disclosed at"))
    code = text("Code", _("code"), 5)
    company_name = text("Name", _("name"), 200)
    title = text("Title", _("title"), 1000)
    disclosure_number = text("DiscNo", _("disclosure number"), 14)
    status = optional_text("DiscStatus", _("status"), 20)
    revision = models.PositiveSmallIntegerField(_("revision"), null=True, help_text=api("RevNo"))
    topics = models.JSONField(_("topics"), help_text=api("DiscItems"))
    kinds = models.JSONField(_("kinds of files"), help_text=api("Docs"))

    class Meta:
        db_table = "disclosures"
        ordering = ["-disclosed_on", "-disclosed_at", "-disclosure_number"]
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        constraints = [
            models.UniqueConstraint(fields=["disclosure_number"], name="disclosures_disclosure_number"),
        ]
        indexes = [
            models.Index(fields=["disclosed_on"], name="disclosures_by_day"),
            models.Index(fields=["code", "disclosed_on"], name="disclosures_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure_number} {self.title}"


class DisclosureFile(models.Model):
    """A file of a disclosure that is stored under JQUANTS_FILES_DIR."""

    disclosure_number = models.CharField(_("disclosure number"), max_length=14)
    kind = models.CharField(_("kind of file"), max_length=1, choices=FileKind.choices)
    name = models.CharField(_("name"), max_length=100, help_text=_("Below the folder of the files."))
    size = models.PositiveBigIntegerField(_("size"), help_text=_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    fetched_at = models.DateTimeField(_("fetched at"))

    class Meta:
        db_table = "disclosure_files"
        ordering = ["disclosure_number", "kind"]
        verbose_name = _("file of a disclosure")
        verbose_name_plural = _("files of disclosures")
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure_number", "kind"], name="disclosure_files_number_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=FileKind.values), name="disclosure_files_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
