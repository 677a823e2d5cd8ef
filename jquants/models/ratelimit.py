"""The rate limiter that all processes on one database share (R28), on two tables."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jquants.ratelimit import LEASE, MARGIN, WINDOW, Bucket, buckets_for, pause_end, pause_left
from scheduler.statements import Given, Selection, column

CONTENDED = 0.05  # seconds to wait where others are just taking the last free slots
# Who asks request after request takes some slots at once: a transaction each is a fifth of the time of a fetch.
HOLD = 5.0  # seconds that a slot waits for its request
HELD_SHARE = 20  # one slot of so many may be held so


def fingerprint_of(api_key: str) -> str:
    """Return what a key is known by in the database, which never holds the key itself."""
    return hashlib.sha256(api_key.encode()).hexdigest()


class RateLimitSlotQuerySet(models.QuerySet["RateLimitSlot"]):
    def of(self, fingerprint: str, bucket: Bucket) -> Self:
        """Return the slots of a bucket; those beyond its limit are left from a bigger plan."""
        return self.filter(fingerprint=fingerprint, bucket=bucket.name, number__lt=bucket.limit)

    def claim_free(self, now: datetime, most: int) -> list[int]:
        """Lock the free slots that rested longest and return their ids."""
        free = self.filter(free_at__lte=now).order_by("free_at", "pk")
        return list(free.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])


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


@dataclass
class _Block:
    """Slots leased together, for requests that are let go one after the other."""

    buckets: Sequence[Bucket]
    taken_at: datetime
    # Their `free_at`: where a row has another one, the lease ran out and the slot is not ours.
    until: datetime
    held: list[tuple[int, ...]]  # the slots of each request that is still to be let go
    on_its_way: tuple[int, ...] = ()
    ended: list[int] = field(default_factory=list)  # slots whose request has ended, which no row says yet
    ended_at: datetime | None = None  # when the last of those did

    def serves(self, buckets: Sequence[Bucket], now: datetime) -> bool:
        is_fresh = self.taken_at <= now < self.taken_at + timedelta(seconds=HOLD)
        return bool(self.held) and is_fresh and list(self.buckets) == list(buckets)

    def let_go(self) -> None:
        """One that was on its way and did not end stays leased."""
        self.on_its_way = self.held.pop()

    def end(self, now: datetime) -> None:
        self.ended.extend(self.on_its_way)
        self.on_its_way, self.ended_at = (), now


class DatabaseRateLimiter:
    """A limiter shared by all that use the same key on the same database; one instance a thread.

    A backfill is kept off the headroom of each bucket, so that live jobs need not wait for it. `asks` is how many
    requests are about to be sent.
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
        asks: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        buckets_for("", plan)
        self._plan = plan
        self._is_backfill = is_backfill
        self._fingerprint = fingerprint_of(api_key)
        self._clock = clock
        self._prepared: set[Bucket] = set()
        self._block = _Block((), self._now(), self._now(), [])
        self._size = asks  # requests of the next block

    def reserve(self, path: str) -> float:
        buckets = buckets_for(path, self._plan)
        if self._block.serves(buckets, now := self._now()):
            if (wait := self._pause_left(now)) <= 0.0:
                self._block.let_go()
            return wait
        self._size = self._next_size(buckets)
        for bucket in buckets:
            self._prepare(bucket)
        return self._take(buckets)

    def sent(self, path: str) -> None:
        """Remember the end; the next block or `give_back` tells the others."""
        self._block.end(self._now())

    def give_back(self) -> None:
        """Return what is held for requests that were not asked for, and tell of those that have ended."""
        block = self._block
        held, block.held = block.held, []
        self._leased([slot for slots in held for slot in slots]).update(free_at=self._now())
        if block.ended_at is not None:
            self._leased(block.ended).update(free_at=block.ended_at + timedelta(seconds=WINDOW + MARGIN))
        block.ended, block.ended_at = [], None

    def pause(self, seconds: float | None) -> None:
        with transaction.atomic(durable=True):
            end = datetime.fromtimestamp(pause_end(self._pause_end(), self._clock(), seconds), UTC)
            RateLimitPause.objects.update_or_create(fingerprint=self._fingerprint, defaults={"ends_at": end})

    def remaining(self, bucket: Bucket) -> int:
        """Return how many requests of a bucket could be sent right now."""
        return self.remaining_of([bucket])[bucket.name]

    def remaining_of(self, buckets: Sequence[Bucket]) -> dict[str, int]:
        """Return how many requests could be sent right now, by the names of the buckets; two queries."""
        return self.state_of(buckets)[0]

    def state_of(self, buckets: Sequence[Bucket]) -> tuple[dict[str, int], datetime | None]:
        """Return what `remaining_of` does, and until when nobody asks after a 429; None where nobody waits."""
        now = self._now()
        if (left := self._pause_left(now)) > 0.0:
            return {bucket.name: 0 for bucket in buckets}, now + timedelta(seconds=left)
        busy = RateLimitSlot.objects.filter(fingerprint=self._fingerprint, free_at__gt=now)
        taken = Counter(
            name
            for name, number in busy.values_list("bucket", "number")
            if any(number < bucket.limit for bucket in buckets if bucket.name == name)
        )
        return {bucket.name: bucket.limit - taken[bucket.name] for bucket in buckets}, None

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

    def _next_size(self, buckets: Sequence[Bucket]) -> int:
        """Return how many slots to take, within the share that may be held.

        At first as many as are asked for; then twice as many as before where all of those were needed, else one.
        """
        most = min(bucket.limit for bucket in buckets) // HELD_SHARE
        if not self._block.buckets:
            wanted = self._size
        else:
            was_needed = list(self._block.buckets) == buckets and not self._block.held
            wanted = self._size * 2 if was_needed else 1
        return max(1, min(wanted, most))

    def _take(self, buckets: Sequence[Bucket]) -> float:
        """Lease a block and let its first request go, or return the seconds to wait."""
        with transaction.atomic(durable=True):
            self.give_back()
            now = self._now()
            if (wait := self._pause_left(now)) > 0.0:
                return wait
            claimed = [self._mine(bucket).claim_free(now, self._size) for bucket in buckets]
            if all(claimed):
                self._lease(buckets, list(zip(*claimed, strict=False)), now)
                return 0.0
            full = (bucket for bucket, slots in zip(buckets, claimed, strict=True) if not slots)
            return max(self._until_free(bucket, now) for bucket in full)

    def _lease(self, buckets: Sequence[Bucket], held: list[tuple[int, ...]], now: datetime) -> None:
        until = now + timedelta(seconds=LEASE if len(held) == 1 else LEASE + HOLD)
        slots = [slot for slots in held for slot in slots]
        RateLimitSlot.objects.filter(pk__in=slots).update(free_at=until)
        self._block = _Block(buckets, now, until, held)
        self._block.let_go()

    def _leased(self, slots: list[int]) -> models.QuerySet[RateLimitSlot]:
        """Return those of `slots` whose lease did not run out: another one is somebody else's."""
        return RateLimitSlot.objects.filter(pk__in=slots, free_at=self._block.until)

    def _until_free(self, bucket: Bucket, now: datetime) -> float:
        """Return the seconds until a slot of a full bucket may be free.

        A lease longer than any we give was written before the clock was set back: it is cut to that of one request,
        since nobody lets a request go by a lease from the future.
        """
        slots, longest = self._mine(bucket), now + timedelta(seconds=LEASE + HOLD)
        slots.filter(free_at__gt=longest).update(free_at=now + timedelta(seconds=LEASE))
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
        rows = _pause().rows(fingerprint=self._fingerprint)
        return rows[0][0].timestamp() if rows else None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


@cache
def _pause() -> Selection:
    """Return the statement that tells when a pause ends: it is asked before each request."""
    given = Given("fingerprint", column(RateLimitPause, "fingerprint"))
    return Selection(RateLimitPause.objects.filter(fingerprint=given).values_list("ends_at"))
