"""What the J-Quants key of this site may read: told by the settings, or found out by asking."""
