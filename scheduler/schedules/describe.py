"""Schedules in words: always precise, idiomatic for the usual shapes."""

from scheduler.schedules import english, japanese
from scheduler.schedules.fields import CronFields
from scheduler.schedules.trading_text import TradingText


def describe(fields: CronFields, language: str) -> str:
    """Japanese for "ja", "ja-JP", ..., English for everything else."""
    return japanese.sentence(fields) if _is_japanese(language) else english.sentence(fields)


def describe_trading(text: TradingText, language: str) -> str:
    return japanese.trading_sentence(text) if _is_japanese(language) else english.trading_sentence(text)


def _is_japanese(language: str) -> bool:
    return language.startswith("ja")
