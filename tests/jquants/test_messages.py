"""What the client logs has its Japanese, though the client knows no Django."""

import re
from pathlib import Path

from django.utils.translation import gettext, override

from jquants import client, messages


def test_lines_that_the_client_logs_are_those_that_are_translated() -> None:
    source = Path(client.__file__).read_text()
    logged = re.findall(r'logger\.\w+\(\s*"([^"]+)"', source)

    assert sorted(logged) == sorted(messages.LOGGED)
    with override("ja"):
        assert not [text for text in logged if gettext(text) == text]
