from jquants.admin import company, coverage, quote, tables, trading_day

__all__ = ["company", "coverage", "quote", "tables", "trading_day"]

tables.register()
