"""The made-up market has the size and the oddities of the real one."""

from collections import Counter
from datetime import date

import pytest

from jquants.standin.endpoints import ENDPOINTS
from jquants.standin.market import Issue, Market, market
from jquants.standin.market.issues import FUND, NEVER, REVERSE_SPLIT, RIGHTS_ISSUE, SPLIT
from tests.jquants.standin.conftest import Standin

TODAY = date(2026, 11, 20)
DAY = {"date": "2026-11-13"}
OF_A_DAY = {
    **{path: DAY for path, endpoint in ENDPOINTS.items() if not endpoint.is_file_only},
    "/equities/bars/daily/am": {},
    "/equities/bars/minute": {"code": "7203", **DAY},
    "/equities/earnings-calendar": {},
    "/equities/investor-types": {},
    "/fins/earnings-date": {"code": "7203"},
    "/markets/calendar": {},
    "/markets/short-sale-report": {"disc_date": "2026-11-13"},
    "/indices/bars/daily/topix": {},
    **{
        f"/edinet/{name}": {"code": "7203"}
        for name in ("cross-shareholdings", "large-volume-shareholders", "major-shareholders")
    },
}


@pytest.fixture(scope="module")
def listed(made_up_market: Market) -> list[Issue]:
    return made_up_market.listed(TODAY)


def test_market_is_the_same_for_the_same_seed(made_up_market: Market) -> None:
    one, same, other = made_up_market, Market(1), market(2)
    assert one.issues == same.issues
    assert one.issues != other.issues
    quotes = [m.prices.quote(m.issues["72030"], m.sessions.number(TODAY)) for m in (one, same, other)]
    assert quotes[0] == quotes[1]
    assert quotes[0] != quotes[2]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_about_4400_issues_are_listed(seed: int) -> None:
    assert 4_250 < len(market(seed).listed(TODAY)) < 4_550


def test_codes_are_five_characters_in_order(listed: list[Issue]) -> None:
    codes = [issue.code for issue in listed]
    assert all(len(code) == 5 for code in codes)
    assert codes == sorted(set(codes))


def test_codes_of_new_listings_carry_letters(listed: list[Issue]) -> None:
    with_letters = [issue for issue in listed if not issue.code.isdigit()]
    assert 0.05 < len(with_letters) / len(listed) < 0.09
    assert min(issue.listed for issue in with_letters) >= date(2024, 1, 1).toordinal()


def test_preferred_shares_stand_beside_their_common_stock(listed: list[Issue]) -> None:
    codes = {issue.code for issue in listed}
    preferred = {code for code in codes if code[4] != "0"}
    assert "25935" in preferred
    assert {code[:4] + "0" for code in preferred} <= codes


def test_names_use_full_width_letters_and_some_end_with_blanks(listed: list[Issue]) -> None:
    names = [issue.attributes(TODAY.toordinal())["CoName"] for issue in listed]
    assert sum("Ａ" <= name[0] <= "Ｚ" for name in names) > 500
    assert not any("A" <= letter <= "z" for name in names for letter in name)
    assert any(name.endswith(" ") for name in names)


def test_products_and_markets_are_mixed(listed: list[Issue]) -> None:
    rows = [issue.attributes(TODAY.toordinal()) for issue in listed]
    assert set(Counter(row["ProdCat"] for row in rows)) >= {"011", "013", "014"}
    assert set(Counter(row["Mkt"] for row in rows)) == {"0105", "0109", "0111", "0112", "0113"}
    assert Counter(row["ScaleCat"] for row in rows)["TOPIX Core30"] == 30


def test_segments_change_in_april_2022(made_up_market: Market) -> None:
    toyota = made_up_market.issues["72030"]
    assert toyota.attributes(date(2022, 4, 1).toordinal())["Mkt"] == "0101"
    assert toyota.attributes(date(2022, 4, 4).toordinal())["MktNm"] == "プライム"


def test_names_change_with_time(made_up_market: Market) -> None:
    sony = made_up_market.issues["67580"]
    assert sony.attributes(date(2021, 3, 31).toordinal())["CoName"] == "ソニー"
    assert sony.attributes(date(2021, 4, 1).toordinal())["CoName"] == "ソニーグループ"
    assert sum(len(issue.names) > 1 for issue in made_up_market.issues.values()) > 300


def test_issues_come_and_go_every_year(made_up_market: Market) -> None:
    for year in range(2010, 2027):
        before = {issue.code for issue in made_up_market.listed(date(year - 1, 11, 20))}
        after = {issue.code for issue in made_up_market.listed(date(year, 11, 20))}
        assert 50 < len(after - before) < 160
        assert 40 < len(before - after) < 130


def test_every_kind_of_corporate_action_happens(made_up_market: Market) -> None:
    first, last = date(2016, 11, 20).toordinal(), TODAY.toordinal()
    actions = [a for i in made_up_market.issues.values() for a in i.actions if first < a.day <= last]
    kinds = Counter(action.kind for action in actions)
    assert kinds[SPLIT] > 300
    assert kinds[REVERSE_SPLIT] > 50
    assert kinds[RIGHTS_ISSUE] > 3
    assert all((action.factor > 1) == (action.kind == REVERSE_SPLIT) for action in actions)


def test_well_known_codes_are_there(made_up_market: Market) -> None:
    for code in ("72030", "86970", "13060", "67580", "99840", "94340", "94330"):
        assert made_up_market.issues[code].is_listed(TODAY.toordinal())
    assert made_up_market.issues["13060"].product == FUND


def test_listed_finds_one_issue_only_while_it_is_listed(made_up_market: Market) -> None:
    assert made_up_market.listed(date(2012, 12, 28), "86970") == []
    assert [issue.code for issue in made_up_market.listed(date(2013, 1, 4), "86970")] == ["86970"]
    assert made_up_market.listed(TODAY, "00000") == []


@pytest.mark.parametrize("size", [150, 300, 4_400])
def test_a_smaller_market_has_about_so_many_issues(size: int) -> None:
    assert len(market(1, size).listed(TODAY)) == pytest.approx(size, rel=0.1)


def test_a_smaller_market_is_a_part_of_the_whole(made_up_market: Market) -> None:
    small, larger = market(1, 100), market(1, 300)
    assert small.issues.items() < larger.issues.items() < made_up_market.issues.items()
    assert list(small.issues) == sorted(small.issues)
    session = made_up_market.sessions.number(TODAY)
    assert session == small.sessions.number(TODAY)
    for issue in small.listed(TODAY):
        assert small.prices.quote(issue, session) == made_up_market.prices.quote(issue, session)


def test_the_smallest_market_has_all_that_is_odd(made_up_market: Market) -> None:
    smallest = market(1, 1)
    for oddity in (
        lambda issue: (issue.product, issue.market_before, issue.market, issue.margin),
        lambda issue: (issue.scale, issue.delisted == NEVER),
        lambda issue: issue.actions[0].kind if issue.actions else "",
        lambda issue: issue.quiet,
        lambda issue: (issue.code.isdigit(), issue.code[4] == "0"),
        lambda issue: (len(issue.names) > 1, issue.names[0].japanese.endswith("  ")),
    ):
        kept, whole = ({oddity(issue) for issue in one.issues.values()} for one in (smallest, made_up_market))
        assert kept == whole


def test_every_data_set_has_rows_in_the_smallest_market(standin: Standin) -> None:
    asked = standin(plan="premium", issues=1)
    for path, query in OF_A_DAY.items():
        assert asked.rows(path, **query), path
