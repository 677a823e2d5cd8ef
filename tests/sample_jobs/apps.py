from django.apps import AppConfig


class SampleJobsConfig(AppConfig):
    name = "tests.sample_jobs"

    def ready(self) -> None:
        """Arm the crash that a test asked this process for, or whatever it forks."""
        from tests.sample_jobs import crashing

        crashing.arm()
