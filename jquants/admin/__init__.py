from jquants.admin import company, coverage, disclosure, quote, tables, trading_day

__all__ = ["company", "coverage", "disclosure", "quote", "tables", "trading_day"]

tables.register()
