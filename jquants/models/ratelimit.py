"""The rate limiter that all processes on one database share (R28), on two tables."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jquants.ratelimit import LEASE, MARGIN, WINDOW, Bucket, buckets_for, pause_end, pause_left

CONTENDED = 0.05  # seconds to wait where others are just taking the last free slots


def fingerprint_of(api_key: str) -> str:
    """Return what a key is known by in the database, which never holds the key itself."""
    return hashlib.sha256(api_key.encode()).hexdigest()


class RateLimitSlotQuerySet(models.QuerySet["RateLimitSlot"]):
    def of(self, fingerprint: str, bucket: Bucket) -> Self:
        """Return the slots of a bucket; those beyond its limit are left from a bigger plan."""
        return self.filter(fingerprint=fingerprint, bucket=bucket.name, number__lt=bucket.limit)

    def claim_free(self, now: datetime) -> int | None:
        """Lock the free slot that rested longest and return its id, None where there is none."""
        free = self.filter(free_at__lte=now).order_by("free_at")
        return free.select_for_update(skip_locked=True).values_list("pk", flat=True).first()


class RateLimitSlot(models.Model):
    """The right to one request a window: a bucket of N requests a minute has N rows."""

    fingerprint = models.CharField(_("key's fingerprint"), max_length=64)
    bucket = models.CharField(_("bucket"), max_length=20)
    number = models.PositiveSmallIntegerField(_("number"))
    free_at = models.DateTimeField(_("free at"))

    objects = RateLimitSlotQuerySet.as_manager()

    class Meta:
        db_table = "jquants_rate_limit_slots"
        verbose_name = _("rate limit slot")
        verbose_name_plural = _("rate limit slots")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint", "bucket", "number"], name="jquants_rate_limit_slots_number"
            ),
        ]
        indexes = [
            models.Index(fields=["fingerprint", "bucket", "free_at"], name="jquants_rate_limit_slots_free"),
        ]

    def __str__(self) -> str:
        return f"{self.bucket} {self.number}"


class RateLimitPause(models.Model):
    """Until when nobody asks with a key, after the last 429."""

    fingerprint = models.CharField(_("key's fingerprint"), max_length=64, unique=True)
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        db_table = "jquants_rate_limit_pauses"
        verbose_name = _("rate limit pause")
        verbose_name_plural = _("rate limit pauses")

    def __str__(self) -> str:
        return f"{self.ends_at:%Y-%m-%d %H:%M:%S}"


class DatabaseRateLimiter:
    """A limiter shared by all that use the same key on the same database; one instance a thread.

    A backfill is kept off the headroom of each bucket, so that live jobs need not wait for it.
    `clock` tells seconds since the epoch: the database outlives every process and machine.
    `reserve` and `pause` refuse to run inside a transaction (RuntimeError): its locks would stop everybody
    until its end, and its rollback would forget requests that were sent.
    """

    def __init__(
        self,
        plan: str,
        api_key: str,
        *,
        is_backfill: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        buckets_for("", plan)
        self._plan = plan
        self._is_backfill = is_backfill
        self._fingerprint = fingerprint_of(api_key)
        self._clock = clock
        self._prepared: set[Bucket] = set()
        self._leased_until = self._now()
        self._leased: list[int] = []

    def reserve(self, path: str) -> float:
        buckets = buckets_for(path, self._plan)
        for bucket in buckets:
            self._prepare(bucket)
        with transaction.atomic(durable=True):
            now = self._now()
            if (wait := self._pause_left(now)) > 0.0:
                return wait
            claimed = [self._mine(bucket).claim_free(now) for bucket in buckets]
            slots = [slot for slot in claimed if slot is not None]
            if len(slots) == len(buckets):
                self._lease(slots, now + timedelta(seconds=LEASE))
                return 0.0
            full = (bucket for bucket, slot in zip(buckets, claimed, strict=True) if slot is None)
            return max(self._until_free(bucket, now) for bucket in full)

    def sent(self, path: str) -> None:
        # A lease that ran out meanwhile is somebody else's now.
        mine = RateLimitSlot.objects.filter(pk__in=self._leased, free_at=self._leased_until)
        mine.update(free_at=self._now() + timedelta(seconds=WINDOW + MARGIN))
        self._leased = []

    def pause(self, seconds: float | None) -> None:
        with transaction.atomic(durable=True):
            end = datetime.fromtimestamp(pause_end(self._pause_end(), self._clock(), seconds), UTC)
            RateLimitPause.objects.update_or_create(fingerprint=self._fingerprint, defaults={"ends_at": end})

    def remaining(self, bucket: Bucket) -> int:
        """Return how many requests of a bucket could be sent right now."""
        return self.remaining_of([bucket])[bucket.name]

    def remaining_of(self, buckets: Sequence[Bucket]) -> dict[str, int]:
        """Return how many requests could be sent right now, by the names of the buckets; two queries."""
        now = self._now()
        if self._pause_left(now) > 0.0:
            return {bucket.name: 0 for bucket in buckets}
        busy = RateLimitSlot.objects.filter(fingerprint=self._fingerprint, free_at__gt=now)
        taken = Counter(
            name
            for name, number in busy.values_list("bucket", "number")
            if any(number < bucket.limit for bucket in buckets if bucket.name == name)
        )
        return {bucket.name: bucket.limit - taken[bucket.name] for bucket in buckets}

    def paused_until(self) -> datetime | None:
        """Return until when nobody asks, after a 429; None where nobody waits."""
        now = self._now()
        left = self._pause_left(now)
        return now + timedelta(seconds=left) if left > 0.0 else None

    def _prepare(self, bucket: Bucket) -> None:
        """Create the slots of a bucket that are not there yet, once an instance."""
        if bucket in self._prepared:
            return
        there = set(self._slots(bucket).values_list("number", flat=True))
        RateLimitSlot.objects.bulk_create(
            [
                RateLimitSlot(
                    fingerprint=self._fingerprint, bucket=bucket.name, number=number, free_at=self._now()
                )
                for number in range(bucket.limit)
                if number not in there
            ],
            ignore_conflicts=True,  # another process prepares the same
        )
        self._prepared.add(bucket)

    def _lease(self, slots: list[int], until: datetime) -> None:
        RateLimitSlot.objects.filter(pk__in=slots).update(free_at=until)
        self._leased, self._leased_until = slots, until

    def _until_free(self, bucket: Bucket, now: datetime) -> float:
        """Return the seconds until a slot of a full bucket may be free.

        A lease longer than any we give was written before the clock was set back: it is cut to one of ours.
        """
        slots, longest = self._mine(bucket), now + timedelta(seconds=LEASE)
        slots.filter(free_at__gt=longest).update(free_at=longest)
        first = slots.order_by("free_at").values_list("free_at", flat=True)[0]
        # Leases end early, with the answer: nobody needs to wait longer than a window to ask again.
        return min(max((first - now).total_seconds(), CONTENDED), WINDOW + MARGIN)

    def _slots(self, bucket: Bucket) -> RateLimitSlotQuerySet:
        return RateLimitSlot.objects.of(self._fingerprint, bucket)

    def _mine(self, bucket: Bucket) -> RateLimitSlotQuerySet:
        """Return the slots of a bucket that this limiter may take."""
        slots = self._slots(bucket)
        return slots.filter(number__gte=bucket.headroom) if self._is_backfill else slots

    def _pause_left(self, now: datetime) -> float:
        return pause_left(self._pause_end(), now.timestamp())

    def _pause_end(self) -> float | None:
        pauses = RateLimitPause.objects.filter(fingerprint=self._fingerprint)
        end = pauses.values_list("ends_at", flat=True).first()
        return None if end is None else end.timestamp()

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
