"""Lists and pages that the declarations of data sets make."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from jquants import ingest
from jquants.datasets import DISCLOSURES, MAJOR_SHAREHOLDER_REPORTS, STATEMENTS
from jquants.models import Disclosure, MajorShareholderReport, Statement
from tests.jquants.fakes import NOW, TODAY
from tests.jquants.filings import disclosure, holder, shareholders, statement

pytestmark = pytest.mark.django_db
SOURCE = "http://127.0.0.1:8765/v2"


def test_a_long_row_is_read_in_parts(admin_client: Browser) -> None:
    ingest.write(STATEMENTS, [statement()], day=TODAY, base_url=SOURCE, now=NOW)
    page = reverse("admin:jquants_statement_change", args=[Statement.objects.get().pk])

    text = admin_client.get(page).text

    assert all(str(title) in text for title, _names in STATEMENTS.parts)


def test_a_row_that_nobody_can_change_has_no_history(admin_client: Browser) -> None:
    ingest.write(STATEMENTS, [statement()], day=TODAY, base_url=SOURCE, now=NOW)
    page = reverse("admin:jquants_statement_change", args=[Statement.objects.get().pk])

    assert "/history/" not in admin_client.get(page).text


def test_a_disclosure_tells_its_topics_and_files_in_words(admin_client: Browser) -> None:
    ingest.write(DISCLOSURES, [disclosure(DiscItems=["11101", "12205"])], day=TODAY, base_url=SOURCE, now=NOW)
    page = reverse("admin:jquants_disclosure_change", args=[Disclosure.objects.get().pk])

    text = admin_client.get(page).text

    assert "11101, 12205" in text
    assert "full PDF" in text


def test_a_document_leads_to_what_is_listed_in_it(admin_client: Browser) -> None:
    rows = [shareholders("S100AAA1", holder("甲"), holder("乙")), shareholders("S100AAA2", holder("丙"))]
    ingest.write(MAJOR_SHAREHOLDER_REPORTS, rows, day=TODAY, base_url=SOURCE, now=NOW)
    report = MajorShareholderReport.objects.get(document_id="S100AAA1")
    page = reverse("admin:jquants_majorshareholderreport_change", args=[report.pk])
    listed = reverse("admin:jquants_majorshareholder_changelist") + "?document_id=S100AAA1"

    assert f'href="{listed}">2 rows' in admin_client.get(page).text
    holders = admin_client.get(listed).text
    assert "甲" in holders
    assert "丙" not in holders
