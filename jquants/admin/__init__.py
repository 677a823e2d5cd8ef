from jquants.admin import company, connection, coverage, quote, trading_day

__all__ = ["company", "connection", "coverage", "quote", "trading_day"]
