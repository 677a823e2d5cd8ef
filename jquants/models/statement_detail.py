"""The accounts of a statement, item by item: https://jpx-jquants.com/en/spec/fin-details."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Case, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from jquants.models.columns import clock, day, issue_code, text
from jquants.models.documented import api

NUMBER = r"^[+-]?[0-9]{1,16}(\.[0-9]+)?$"  # as items spell amounts; not every item is one


class StatementDetailQuerySet(models.QuerySet["StatementDetail"]):
    def with_amounts(self, **items: str) -> Self:
        """Annotate amounts by the name of their item: `with_amounts(assets="Assets (IFRS)")`.

        Null where a document lacks the item, or has a text there.
        """
        amount = models.DecimalField(max_digits=20, decimal_places=4)
        found = self
        for name, item in items.items():
            told = f"{name}_text"
            found = found.alias(**{told: KeyTextTransform(item, "items")}).annotate(
                **{name: Case(When(**{f"{told}__regex": NUMBER}, then=Cast(told, amount)))}
            )
        return found


class StatementDetail(models.Model):
    """Balance sheet, profit and loss and cash flows of a document, by the English labels of its taxonomy.

    Which items there are differs by company and accounting standard; companies' own items are left out.
    """

    disclosed_on = day("DiscDate", _("disclosed on"))
    disclosed_at = clock("DiscTime", _("disclosed at"))
    code = issue_code()
    disclosure_number = text("DiscNo", _("disclosure number"), 20)
    document_type = text("DocType", _("document type"), 100)
    items = models.JSONField(_("items"), help_text=api("FS"))

    objects = StatementDetailQuerySet.as_manager()

    class Meta:
        db_table = "statement_details"
        ordering = ["-disclosed_on", "-disclosed_at", "-disclosure_number"]
        verbose_name = _("statement details")
        verbose_name_plural = _("statement details")
        constraints = [
            models.UniqueConstraint(fields=["disclosure_number"], name="statement_details_number"),
        ]
        indexes = [
            models.Index(fields=["disclosed_on"], name="statement_details_by_day"),
            models.Index(fields=["code", "disclosed_on"], name="statement_details_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.disclosed_on} {self.document_type}"

    def amount(self, item: str) -> Decimal | None:
        """Return the amount of an item; None where there is none, or a text."""
        told = str(self.items.get(item, ""))
        return Decimal(told) if re.match(NUMBER, told) else None
