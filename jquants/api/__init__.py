"""The market's data as JSON and CSV."""
