"""Getting data out: which tables there are, which rows of them, and their values, fast and in constant memory."""

from jquants.reading.rows import read
from jquants.reading.selection import InvalidSelection, Selection, select
from jquants.reading.tables import Table, all_tables, find_table

__all__ = ["InvalidSelection", "Selection", "Table", "all_tables", "find_table", "read", "select"]
