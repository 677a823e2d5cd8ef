"""The one place that names the admin's theme: every ModelAdmin of the project derives from here."""

from unfold.admin import ModelAdmin, TabularInline

__all__ = ["ModelAdmin", "TabularInline"]
