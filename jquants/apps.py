from django.apps import AppConfig


class JQuantsConfig(AppConfig):
    name = "jquants"
    verbose_name = "J-Quants"
