from django.apps import AppConfig


class JQuantsConfig(AppConfig):
    name = "jquants"
    verbose_name = "J-Quants"

    def ready(self) -> None:
        from jquants.messages import SENTENCES as OF_THE_CLIENT
        from jquants.sentences import SENTENCES
        from jquants.tiles import tiles
        from scheduler import dashboard, messages

        # "timed_out" is a code of the scheduler's own.
        messages.register({code: text for code, text in OF_THE_CLIENT.items() if code != "timed_out"})
        messages.register(SENTENCES)
        dashboard.register_tiles(tiles)
