"""Who holds whom, from filings with EDINET: https://jpx-jquants.com/en/spec/edinet-major-shareholders and neighbours.

A document is a row; what is listed in it are rows of other tables, found by its `document_id` and numbered from 1
in the order of the document. Texts keep their blanks.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jquants.models.columns import clock, day, optional_text, text


class DocumentType(models.TextChoices):
    ANNUAL = "120", _("annual report")
    QUARTERLY = "140", _("quarterly report")
    HALF_YEAR = "160", _("semi-annual report")
    LARGE_HOLDING = "350", _("large holding report")
    LARGE_HOLDING_CORRECTION = "360", _("correction of a large holding report")


class Filing(models.Model):
    """What every document has."""

    submitted_on = day("SubDate", _("submitted on"))
    submitted_at = clock("SubTime", _("submitted at"))
    code = optional_text("Code", _("code"), 5)
    document_id = text("DocId", _("document ID"), 8)
    edinet_code = optional_text("EdinetCode", _("EDINET code"), 6)
    document_type = text("DocTypeCode", _("document type"), 3, DocumentType.choices)

    class Meta:
        abstract = True
        ordering = ["-submitted_on", "-submitted_at", "document_id"]
        constraints = [models.UniqueConstraint(fields=["document_id"], name="%(class)s_document_id")]
        indexes = [
            models.Index(fields=["submitted_on"], name="%(class)s_day"),
            models.Index(fields=["code", "submitted_on"], name="%(class)s_code"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.code}"


class Listed(models.Model):
    """What every row of a document's lists has: which document, whose, of when."""

    submitted_on = day("SubDate", _("submitted on"))
    code = optional_text("Code", _("code"), 5)
    document_id = text("DocId", _("document ID"), 8)

    class Meta:
        abstract = True
        ordering = ["-submitted_on", "document_id", "pk"]
        indexes = [
            models.Index(fields=["submitted_on"], name="%(class)s_day"),
            models.Index(fields=["code", "submitted_on"], name="%(class)s_code"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.code}"


def position() -> models.PositiveIntegerField[int, int]:
    return models.PositiveIntegerField(_("number"))


def unique(table: str, *names: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["document_id", *names], name=f"{table}_key")
