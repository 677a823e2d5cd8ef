import pytest

from jquants.standin.paging import Place, seal, unseal
from jquants.standin.refusals import Refusal
from tests.jquants.standin.conftest import Standin

BARS = "/equities/bars/daily"


def test_pages_follow_each_other_and_the_last_has_no_key(standin: Standin) -> None:
    asked = standin(page_size=1_500)
    sizes, keys = [], []
    query = {"date": "20261120"}
    while True:
        document = asked.get(BARS, **query).json()
        sizes.append(len(document["data"]))
        if "pagination_key" not in document:
            break
        keys.append(document["pagination_key"])
        query["pagination_key"] = keys[-1]
    assert len(sizes) == 3
    assert sizes[:2] == [1_500, 1_500]
    assert len(set(keys)) == 2
    assert list(document) == ["data"]


def test_pages_together_are_the_whole(standin: Standin) -> None:
    paged, whole = standin(page_size=700), standin(page_size=10_000)
    assert paged.rows(BARS, code="7203") == whole.rows(BARS, code="7203")


def test_page_that_is_exactly_full_is_the_last(standin: Standin) -> None:
    document = standin(page_size=5).get(BARS, code="7203", from_="20261116", to="20261120").json()
    assert len(document["data"]) == 5
    assert "pagination_key" not in document


def test_cursor_beside_the_key_is_tolerated(standin: Standin) -> None:
    asked = standin(page_size=2_500)
    key = asked.get(BARS, date="20261120").json()["pagination_key"]
    assert asked.get(BARS, date="20261120", pagination_key=key, cursor="eyJ").json()["data"]


def test_key_of_another_query_is_refused(standin: Standin) -> None:
    asked = standin(page_size=2_500)
    key = asked.get(BARS, date="20261120").json()["pagination_key"]
    assert asked.get(BARS, date="20261119", pagination_key=key).status_code == 400
    assert asked.get(BARS, date="20261120", pagination_key="value1.value2.").status_code == 400


@pytest.mark.parametrize("key", ["", "1", "..", "a.1.", "a.９.", "a.99999999999999999999."])
def test_forged_keys_are_refused(key: str) -> None:
    with pytest.raises(Refusal):
        unseal(key, "query")


@pytest.mark.parametrize("place", [Place(12), Place(12, "20261120180000")])
def test_a_sealed_page_is_found_again(place: Place) -> None:
    assert unseal(seal(place, "query"), "query") == place
