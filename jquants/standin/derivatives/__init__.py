"""Futures and options of Osaka on what the made-up market moves."""
