"""Sentences by code, from several apps."""

import pytest
from django.utils.translation import override

from scheduler import messages


def test_code_that_has_a_sentence_is_refused_to_another_app() -> None:
    with pytest.raises(ValueError, match="timed_out"):
        messages.register({"a_new_code": "New.", "timed_out": "J-Quants did not answer."})
    assert messages.render("a_new_code", {}) == ""


def test_registering_the_same_sentences_again_changes_nothing() -> None:
    sentences = {"of_this_test": "It is %(what)s."}
    messages.register(sentences)
    messages.register(sentences)
    assert messages.render("of_this_test", {"what": "told"}) == "It is told."


def test_sentences_within_a_sentence_are_told_in_the_language_of_the_reader() -> None:
    messages.register({"of_these_tests": "So: %(why)s"})
    why = [messages.nested("timed_out", {"seconds": 5}), messages.nested("no_such_code", {}), "Really."]

    for language, told in (("en", "longer than its limit of 5 seconds."), ("ja", "制限時間の5秒を超え")):
        with override(language):
            sentence = messages.render("of_these_tests", {"why": why})
        assert sentence.startswith("So: ")
        assert told in sentence
        assert sentence.endswith(" Really.")
