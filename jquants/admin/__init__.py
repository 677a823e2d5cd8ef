from jquants.admin import company, connection, coverage, disclosure, quote, tables, trading_day

__all__ = ["company", "connection", "coverage", "disclosure", "quote", "tables", "trading_day"]

tables.register()
