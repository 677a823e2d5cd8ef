from jquants.admin import company, coverage, quote, trading_day

__all__ = ["company", "coverage", "quote", "trading_day"]
