"""What can be wrong with how the stand-in was started. No Django here: sentences are marked for the
extractor of translations by `gettext_noop`, and whoever shows one translates `template`.
"""


def gettext_noop(message: str) -> str:
    return message


class StandinError(Exception):
    """The stand-in cannot start as it was told to; str() is one English sentence."""

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template % values)
        self.template = template
        self.values = values
