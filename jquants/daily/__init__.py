"""Fetch a data set that is published a day at a time: the days expected and not yet stored, oldest first."""
