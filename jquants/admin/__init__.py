from jquants.admin import company, connection, coverage, quote, tables, trading_day

__all__ = ["company", "connection", "coverage", "quote", "tables", "trading_day"]

tables.register()
