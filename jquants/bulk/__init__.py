"""The CSV files of J-Quants: which there are, and what is in them (https://jpx-jquants.com/en/spec/bulk-list)."""

from jquants.bulk.files import File, chosen, downloaded, has_files, listed
from jquants.bulk.reader import read

__all__ = ["File", "chosen", "downloaded", "has_files", "listed", "read"]
