"""Fetch a range of days of any data set: from CSV files where the plan has them, from the API where not."""
