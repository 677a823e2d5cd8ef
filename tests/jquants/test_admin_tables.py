"""The lists that every table of a data set gets, and the sidebar that leads to them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from jquants import datasets, document_types, ingest
from jquants.datasets import ALL, Dataset
from jquants.models import MarginAlert, Statement, StatementDetail
from jquants.names import INDICES, SECTORS_33
from moo_markets.unfold import navigation
from scheduler.admin.base import BoundedPaginator
from tests.jquants import filings, samples
from tests.jquants.fakes import NOW, Row, issue

MODELS = [
    layout.model for dataset in ALL for layout in (dataset, *dataset.related) if layout.slug != "daily_quotes"
]

pytestmark = pytest.mark.django_db


def write(dataset: Dataset, *rows: Row) -> None:
    ingest.write(dataset, rows, base_url="http://127.0.0.1:1/v2", now=NOW)


def shown(client: Client, model: str, **query: str) -> str:
    response = client.get(reverse(f"admin:jquants_{model}_changelist"), query)
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, model: str, **query: str) -> list[Any]:
    response = client.get(reverse(f"admin:jquants_{model}_changelist"), query)
    return list(response.context["cl"].result_list)


def cell(page: str, column: str) -> str:
    """Return the text of the first cell of a column of figures."""
    found = re.search(rf'<td class="field-{column}_figure [^>]*>\s*([^<]*?)\s*</td>', page)
    assert found
    return found[1]


def row_page(client: Client, model: Any) -> str:
    url = reverse(f"admin:jquants_{model._meta.model_name}_change", args=[model.objects.get().pk])
    return client.get(url).content.decode()


@pytest.mark.parametrize(
    ("limit", "language", "told"),
    [
        (10_000, "en", "1 margin alert"),
        (10_000, "ja", "日々公表信用取引残高 1件"),
        (1, "en", "1 margin alerts or more"),
        (1, "ja", "日々公表信用取引残高 1件以上"),
    ],
)
def test_lists_say_how_many_rows_there_are(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, limit: int, language: str, told: str
) -> None:
    monkeypatch.setattr(BoundedPaginator, "LIMIT", limit)
    write(datasets.MARGIN_ALERTS, samples.ALERT)
    url = reverse("admin:jquants_marginalert_changelist")
    page = admin_client.get(url, headers={"Accept-Language": language}).content.decode()

    assert told in {line.strip() for line in page.splitlines()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_table_has_a_list(admin_client: Client, model: Any) -> None:
    assert shown(admin_client, model._meta.model_name)


def test_rows_of_issues_show_their_names_and_marks(admin_client: Client) -> None:
    write(datasets.LISTED_COMPANIES, issue("13260", "2024-02-08", CoName="ＳＰＤＲゴールド"))
    write(datasets.MARGIN_ALERTS, samples.ALERT | {"SLRatio": "*"})

    page = shown(admin_client, "marginalert", q="ゴールド 2024-02-08")

    assert "ＳＰＤＲゴールド" in page
    assert cell(page, "short_to_long_ratio") == "*"
    assert "ＳＰＤＲゴールド" in row_page(admin_client, MarginAlert)


def test_figures_are_grouped_and_ratios_are_percent(admin_client: Client) -> None:
    write(datasets.STATEMENTS, filings.statement(Sales="60824000000", EqAR="0.474"))

    assert cell(shown(admin_client, "statement"), "net_sales") == "60,824,000,000"

    page = row_page(admin_client, Statement)
    assert "60,824,000,000" in page
    assert "47.4%" in page


def test_items_of_a_statement_are_a_table_and_its_kind_is_in_words(admin_client: Client) -> None:
    items = {"Security code, DEI": "72030", "net sales": "1234567", "Assets": "-2000.50", "Note": "1,5 <b>"}
    write(datasets.STATEMENT_DETAILS, filings.details(**items))

    page = row_page(admin_client, StatementDetail)

    found = re.findall(r'<tr><th scope="row">(.*?)</th><td class="(.*?)">(.*?)</td></tr>', page)
    assert [line for line in found if line[0] in ("Security code, DEI", "net sales", "Assets", "Note")] == [
        ("Assets", "moo-figure", "-2,000.5"),
        ("net sales", "moo-figure", "1,234,567"),
        ("Note", "", "1,5 &lt;b&gt;"),
        ("Security code, DEI", "", "72030"),
    ]
    assert "results of the 3rd quarter (consolidated, " in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "1QFinancialStatements_NonConsolidated_JP",
            "results of the 1st quarter (non-consolidated, Japanese standards)",
        ),
        ("EarnForecastRevision", "revision of the earnings forecast"),
        ("FYFinancialStatements_Consolidated_New", "annual results (consolidated, New)"),
        ("Unheard", "Unheard"),
    ],
)
def test_kinds_of_documents_are_described(code: str, words: str) -> None:
    assert document_types.described(code) == words


def test_an_empty_list_says_whether_a_search_made_it_so(admin_client: Client) -> None:
    page = shown(admin_client, "valuation")
    assert "Nothing here yet" in page
    assert "See whether your plan has it" in page

    page = shown(admin_client, "valuation", q="7203")
    assert "No results found" in page
    assert "See whether" not in page
    assert "Reset filters" in page


def test_results_are_counted_only_where_a_search_found_them(admin_client: Client) -> None:
    write(datasets.STATEMENTS, filings.statement())

    assert "1 result" not in shown(admin_client, "statement")
    assert "1 result" in shown(admin_client, "statement", q="2026-11-20")


def test_indices_are_found_by_code_and_name_and_shown_with_it(admin_client: Client) -> None:
    day = date(2023, 12, 1)
    ingest.write(
        datasets.INDEX_BARS,
        [samples.INDEX, samples.INDEX | {"Code": "0075"}],
        day=day,
        base_url="http://127.0.0.1:1/v2",
        now=NOW,
    )

    assert [bar.code for bar in rows(admin_client, "indexbar", q="core30")] == ["0028"]
    assert [bar.code for bar in rows(admin_client, "indexbar", q="0075 2023-12-01")] == ["0075"]
    assert "0075 TSE REIT Index" in shown(admin_client, "indexbar")


def test_names_follow_the_language() -> None:
    with translation.override("ja"):
        assert (str(INDICES["0040"]), str(SECTORS_33["9999"])) == ("東証業種別 水産・農林業", "その他")
    with translation.override("en"):
        assert str(INDICES["6000"]) == "TOPIX (Total Return)"


def test_lists_take_as_many_queries_for_many_rows_as_for_one(admin_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(admin_client, "sessionquote")
        return len(captured)

    write(datasets.DAILY_QUOTES, samples.PREMIUM_BAR)
    of_one = queries()
    write(
        datasets.DAILY_QUOTES,
        *(samples.PREMIUM_BAR | {"Code": f"{code}0", "Date": "2023-03-27"} for code in range(1300, 1330)),
    )

    assert queries() == of_one


def test_the_sidebar_folds_the_tables_of_each_family(admin_user: Any) -> None:
    request = RequestFactory().get("/admin/")
    request.user = admin_user

    groups = {str(group.get("title", "")): group for group in navigation(request)}

    assert list(groups)[:5] == ["", "Scheduler", "Data", "Stocks", "Financial statements"]
    assert [item["title"] for item in groups["Indices"]["items"]] == ["Index bars", "TOPIX"]
    assert groups["Stocks"]["collapsible"]
    assert not groups["Scheduler"].get("collapsible")
    linked = [item["link"] for group in groups.values() for item in group["items"]]
    assert len(linked) == len(set(linked))
    for model in MODELS:
        assert reverse(f"admin:jquants_{model._meta.model_name}_changelist") in linked
        assert admin.site.is_registered(model)
