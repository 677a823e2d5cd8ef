"""Imported once by the process that workers' children are forked from, so that a child starts warm."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moo_markets.settings")
django.setup()
