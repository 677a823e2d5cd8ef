"""The texts of the admin's theme that this site translates itself; nothing runs here.

django-unfold ships no Japanese, and Django's own covers only part of what it shows. `make messages` finds the
texts of the theme's pages below, word for word as they stand in the theme, so that they stay in the catalogue.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

TEXTS = (
    # login and logout
    gettext_noop("Welcome back to"),
    gettext_noop("Forgotten your password or username?"),
    gettext_noop("Toggle password visibility"),
    gettext_noop("You have been successfully logged out from the administration"),
    gettext_noop("Return to site"),
    # the frame of every page
    gettext_noop("Go back"),
    gettext_noop("Light"),
    gettext_noop("Dark"),
    gettext_noop("System"),
    gettext_noop("All applications"),
    # search
    gettext_noop("Type to search"),
    gettext_noop("Search apps and models..."),
    gettext_noop("Recent searches"),
    gettext_noop("No recent searches"),
    gettext_noop("No results matching your query"),
    gettext_noop("Loading more results..."),
    ngettext_lazy(
        "\n                Found %(counter)s result in %(time)s seconds\n            ",
        "\n                Found %(counter)s results in %(time)s seconds\n            ",
        "counter",
    ),
    # lists
    gettext_noop("Select record"),
    gettext_noop("Select all rows"),
    gettext_noop("Expand row"),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop("Run"),
    gettext_noop("More actions"),
    gettext_noop("Filters"),
    gettext_noop("Apply Filters"),
    gettext_noop("Reset filters"),
    gettext_noop("No data"),
    gettext_noop("Previous"),
    gettext_noop("Next"),
    gettext_noop("True"),
    gettext_noop("False"),
    # forms
    gettext_noop("General"),
    gettext_noop("Select value"),
    gettext_noop("Submit"),
    gettext_noop("This item will be deleted."),
    gettext_noop("Click to cancel"),
    gettext_noop("After you've created a user, you’ll be able to edit more user options."),
    gettext_noop(
        "Raw passwords are not stored, so there is no way to see this user’s password, but you can change the "
        'password using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
)
