"""The types of an app that cannot be imported, because of a library that is not there."""

import a_library_that_is_not_there  # type: ignore[import-not-found]  # noqa: F401

from scheduler.job_types import JobType


class Unimportable(JobType):
    slug = "unimportable"
    label = "Unimportable"
