"""Amounts and counts that are used up over a period, put together from the statements they are spread over.

The whole is stated by a period (``calendar_year``, ``lifetime`` …), what is left by ``remaining``,
what went by ``year_to_date`` or by the count ``used``. They belong together where they are limited
to the same things and count the same. Where statements of one group contradict each other, the
texts that stand beside them (a tier, a kind of provider) tell them apart, if they do; what still
differs beside the same texts is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from priorwire.mapping.benefit_scopes import Numbered, packed, scopes, shown
from priorwire.model.eligibility import Benefit, BenefitScope, Conflict, PatientShare, UsedUp

_MONEY, _USED = "usd", "used"
_REMAINING, _TO_DATE, _LIFETIME, _LIFETIME_REMAINING = "remaining", "year_to_date", "lifetime", "lifetime_remaining"


@dataclass(frozen=True, kw_only=True)
class _Stated:
    """One number of one statement."""

    index: int
    scope: BenefitScope
    counts: str
    period: str | None
    value: Decimal
    told: tuple[str, ...]


def joined(information: str, rows: Sequence[Numbered]) -> tuple[tuple[UsedUp, ...], tuple[Conflict, ...]]:
    """Everything of one kind (``deductible``, ``limitations`` …) that is used up, and what contradicts itself."""
    groups: dict[tuple[BenefitScope, str], _Group] = {}
    for each in _stated(information, rows):
        group = groups.setdefault((each.scope, each.counts), _Group(information, each.scope, each.counts))
        group.add(each)
    _hand_over_used(groups)
    settled = [each for group in groups.values() for each in group.told_apart()]
    items = [item for group in settled for item in group.items()]
    return packed(items), packed([each for group in settled for each in group.conflicts])


def shares(information: str, rows: Sequence[Numbered]) -> tuple[tuple[PatientShare, ...], tuple[Conflict, ...]]:
    """What the patient pays of services by statements of one kind (``co_payment``, ``co_insurance``)."""
    alike: dict[tuple[BenefitScope, str | None], list[Numbered]] = {}
    for index, each in rows:
        if each.information == information and (each.amount is not None or each.percent is not None):
            for scope in scopes(each):
                alike.setdefault((scope, each.period), []).append((index, each))
    found, conflicts = [], []
    for (scope, period), every in alike.items():
        for told, part in _told_apart(every):
            one = _shares(scope, period, told, part)
            found += one
            if len(one) > 1:
                because = tuple(index for index, _ in part)
                values = tuple(_share(each) for each in one)
                conflicts.append(Conflict(about=information, scope=scope, values=values, because=because))
    return packed(found), packed(conflicts)


def _shares(
    scope: BenefitScope, period: str | None, told: tuple[str, ...], rows: Sequence[Numbered]
) -> list[PatientShare]:
    """One for each thing that the statements say."""
    because: dict[tuple[Decimal | None, Decimal | None], tuple[int, ...]] = {}
    for index, each in rows:
        said = each.amount, each.percent
        because[said] = (*because.get(said, ()), index)
    return [
        PatientShare(scope=scope, amount=amount, percent=percent, period=period, told=told, because=indexes)
        for (amount, percent), indexes in because.items()
    ]


def _told_apart(rows: Sequence[Numbered]) -> list[tuple[tuple[str, ...], list[Numbered]]]:
    """All together where they agree; else by the texts beside them."""
    if len({(each.amount, each.percent) for _, each in rows}) == 1:
        return [((), list(rows))]
    parts: dict[tuple[str, ...], list[Numbered]] = {}
    for index, each in rows:
        parts.setdefault(tuple(sorted(set(each.messages))), []).append((index, each))
    common = set.intersection(*(set(told) for told in parts))
    return [(tuple(each for each in told if each not in common), part) for told, part in parts.items()]


def _share(share: PatientShare) -> str:
    return " and ".join(shown(each) for each in (share.amount, share.percent) if each is not None)


def _stated(information: str, rows: Sequence[Numbered]) -> Iterator[_Stated]:
    for index, each in rows:
        if each.information == information:
            for counts, period, value in _numbers(each):
                told = tuple(sorted(set(each.messages)))
                for scope in scopes(each):
                    yield _Stated(index=index, scope=scope, counts=counts, period=period, value=value, told=told)


def _numbers(benefit: Benefit) -> Iterator[tuple[str, str | None, Decimal]]:
    """Every number of a statement: what it counts and by which period."""
    if benefit.amount is not None:
        yield _MONEY, benefit.period, benefit.amount
    seen = set()
    for each in benefit.deliveries:
        if each.value is not None:
            seen.add((each.counts, each.value))
            yield each.counts or "", each.per or each.period or benefit.period, each.value
    counted = benefit.quantity
    # A quantity that the statement itself does not have was taken from its first delivery.
    if counted is not None and (counted.counts, counted.value) not in seen:
        yield counted.counts, benefit.period, counted.value


class _Group:
    """The numbers that are limited to the same things and count the same."""

    def __init__(self, information: str, scope: BenefitScope, counts: str, told: tuple[str, ...] = ()) -> None:
        self.conflicts: list[Conflict] = []
        self._told = told
        self.counts = counts
        self.used: list[_Stated] = []
        self._information = information
        self._scope = scope
        self._bases: dict[str | None, list[_Stated]] = {}
        self._remaining: dict[str, list[_Stated]] = {_REMAINING: [], _LIFETIME_REMAINING: []}

    def add(self, stated: _Stated) -> None:
        """Put a number where its period says that it belongs."""
        if stated.period in self._remaining:
            self._remaining[stated.period].append(stated)
        elif stated.period == _TO_DATE or stated.counts == _USED:
            self.used.append(stated)
        else:
            self._bases.setdefault(stated.period, []).append(stated)

    def told_apart(self) -> list[_Group]:
        """This group; or, where it contradicts itself, one for each text that stands beside its numbers."""
        list(self.items())
        contradicts, self.conflicts = bool(self.conflicts), []
        parts: dict[tuple[str, ...], list[_Stated]] = {}
        for each in self._every() if contradicts else ():
            parts.setdefault(each.told, []).append(each)
        if len(parts) < 2:  # noqa: PLR2004 -- nothing to tell apart by
            return [self]
        common = set.intersection(*(set(told) for told in parts))
        return [self._part(tuple(each for each in told if each not in common), part) for told, part in parts.items()]

    def _every(self) -> Iterator[_Stated]:
        for stated in (*self._bases.values(), *self._remaining.values(), self.used):
            yield from stated

    def _part(self, told: tuple[str, ...], stated: Sequence[_Stated]) -> _Group:
        part = _Group(self._information, self._scope, self.counts, told)
        for each in stated:
            part.add(each)
        return part

    def items(self) -> Iterator[UsedUp]:
        """One item a period of the whole; what is left or used is its own where it is not clear of which."""
        free = {name: list(found) for name, found in self._remaining.items()} | {_USED: list(self.used)}
        yearly = [period for period in self._bases if period != _LIFETIME] or list(self._bases)
        for period, bases in self._bases.items():
            parts = _Parts(period=period, base=bases)
            if period == _LIFETIME:
                parts.remaining, free[_LIFETIME_REMAINING] = free[_LIFETIME_REMAINING], []
            if yearly == [period]:
                parts.remaining += free[_REMAINING]
                parts.used = free[_USED]
                free[_REMAINING], free[_USED] = [], []
            yield self._item(parts)
        if free[_REMAINING] or free[_USED]:
            yield self._item(_Parts(remaining=free[_REMAINING], used=free[_USED]))
        if free[_LIFETIME_REMAINING]:
            yield self._item(_Parts(period=_LIFETIME, remaining=free[_LIFETIME_REMAINING]))

    def _item(self, parts: _Parts) -> UsedUp:
        base, remaining = self._one("base", parts.base), self._one("remaining", parts.remaining)
        used, worked_out = self._one("used", parts.used), False
        if base is not None and remaining is not None:
            met = base - remaining
            # More may have been met than was owed: the payer then says that nothing is left.
            is_over = used is not None and remaining == 0 and used >= base
            if met < 0 or (used is not None and used != met and not is_over):
                self._clash("used", [*parts.base, *parts.remaining, *parts.used])
                used = None
            elif not parts.used:
                used, worked_out = met, True
        return UsedUp(
            scope=self._scope,
            counts=self.counts,
            period=parts.period,
            base=base,
            remaining=remaining,
            used=used,
            used_worked_out=worked_out,
            told=self._told,
            because=_indexes([*parts.base, *parts.remaining, *parts.used]),
        )

    def _one(self, name: str, stated: Sequence[_Stated]) -> Decimal | None:
        """The number that all of them say; `None` where there is none, or where they differ."""
        if len({each.value for each in stated}) > 1:
            self._clash(name, stated)
            return None
        return stated[0].value if stated else None

    def _clash(self, name: str, stated: Sequence[_Stated]) -> None:
        about = f"{self._information}.{name}"
        values = tuple(dict.fromkeys(shown(each.value) for each in stated))
        self.conflicts.append(Conflict(about=about, scope=self._scope, values=values, because=_indexes(stated)))


@dataclass(kw_only=True)
class _Parts:
    """What belongs to one period of a group."""

    period: str | None = None
    base: list[_Stated] = field(default_factory=list)
    remaining: list[_Stated] = field(default_factory=list)
    used: list[_Stated] = field(default_factory=list)


def _hand_over_used(groups: dict[tuple[BenefitScope, str], _Group]) -> None:
    """The count ``used`` does not say what it counts: it belongs to the one count of its scope, where there is one."""
    for (scope, counts), group in list(groups.items()):
        others = [each for (where, what), each in groups.items() if where == scope and what not in (_USED, _MONEY)]
        if counts == _USED and len(others) == 1:
            others[0].used += group.used
            del groups[scope, counts]


def _indexes(stated: Sequence[_Stated]) -> tuple[int, ...]:
    return tuple(sorted({each.index for each in stated}))
