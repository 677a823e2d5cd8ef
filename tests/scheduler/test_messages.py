"""Sentences by code, from several apps."""

import pytest

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
