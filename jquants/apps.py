from django.apps import AppConfig


class JQuantsConfig(AppConfig):
    name = "jquants"
    verbose_name = "J-Quants"

    def ready(self) -> None:
        from jquants import calendars
        from jquants.messages import SENTENCES as OF_THE_CLIENT
        from jquants.metrics import rate_limit
        from jquants.plan.sentences import SENTENCES as OF_THE_CHECK
        from jquants.sentences import SENTENCES
        from jquants.tiles import tiles
        from scheduler import dashboard, messages, metrics

        messages.register(OF_THE_CLIENT)
        messages.register(SENTENCES, words=["expected"])
        messages.register(OF_THE_CHECK)
        dashboard.register_tiles(tiles)
        metrics.register(rate_limit)
        calendars.register()
