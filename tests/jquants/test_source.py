import pytest

from jquants import source
from jquants.models import DataSource
from jquants.source import MixedSourcesError
from scheduler import messages
from tests.jquants.fakes import NOW

REAL = "https://api.jquants.com/v2"
STANDIN = "http://127.0.0.1:8765/v2"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("base_url", "kind"),
    [
        (REAL, "jquants"),
        ("https://API.jquants.com/v2", "jquants"),
        (STANDIN, "standin"),
        ("https://api.jquants.com.evil.example/v2", "standin"),
        ("http://localhost/api.jquants.com", "standin"),
    ],
)
def test_kind_is_told_by_the_host(base_url: str, kind: str) -> None:
    assert source.kind_of(base_url) == kind


def test_fresh_database_takes_either_kind_and_shows_no_banner() -> None:
    source.check(REAL)
    source.check(STANDIN)

    assert not source.is_standin()


@pytest.mark.parametrize(("first", "other"), [(REAL, STANDIN), (STANDIN, REAL)])
def test_database_refuses_the_other_kind(first: str, other: str) -> None:
    source.claim(first, NOW)

    with pytest.raises(MixedSourcesError) as caught:
        source.claim(other, NOW)
    with pytest.raises(MixedSourcesError):
        source.check(other)

    assert caught.value.retryable is False
    assert source.is_standin() is (first == STANDIN)


def test_claim_keeps_the_first_use() -> None:
    source.claim(STANDIN, NOW)
    source.claim("http://127.0.0.1:9999/v2", NOW)

    assert DataSource.objects.get().base_url == STANDIN


def test_refusal_names_both_sources_in_the_reader_s_language() -> None:
    source.claim(STANDIN, NOW)
    with pytest.raises(MixedSourcesError) as caught:
        source.check(REAL)

    text = messages.render(caught.value.code, caught.value.params)

    assert STANDIN in text
    assert REAL in text
    assert "make demo" in text
    assert "it holds data of" not in text
