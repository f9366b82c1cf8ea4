"""The test set A–J of the counting rules, by name."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from services.finance.domain.facts import Cohort, Facts, Intake, Outcome, Place, Slot, Standing
from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters, year_of
from services.finance.domain.totals import count, figures, quarter_hours_of
from shared.vocabulary import Category, Delivery, HalfDay, OrganizedBy


def an_intake(
    delivery: Delivery = Delivery.OFFLINE, ends_on: date = date(2023, 5, 12), organized_by: OrganizedBy = OrganizedBy.CITY
) -> tuple[Intake, Cohort]:
    intake = Intake(uuid4(), Category.PUBLIC_SCHOOL, delivery, organized_by, ends_on, closed=True)
    return intake, Cohort(uuid4(), intake.id, billable_days=5)


def a_place(cohort: Cohort, person_id: UUID, **what: object) -> Place:
    return Place(uuid4(), person_id, cohort.id, cohort.intake_id, "131002", **what)  # type: ignore[arg-type]


def days(place: Place, first: date, half_days: int, delivery: Delivery = Delivery.OFFLINE, attended: bool = True) -> list[Slot]:
    """Four class hours each half-day, from `first` on."""
    halves = [HalfDay.MORNING, HalfDay.AFTERNOON]
    return [
        Slot(
            uuid4(),
            place.enrollment_id,
            delivery,
            first + timedelta(days=number // 2),
            halves[number % 2] if delivery is Delivery.OFFLINE else None,
            attended,
            16 if attended else 0,
        )
        for number in range(half_days)
    ]


def facts(
    held: Sequence[tuple[Intake, Cohort]], places: Sequence[Place], slots: Sequence[Slot], merges: Sequence[tuple[UUID, UUID]] = ()
) -> Facts:
    return Facts({intake.id: intake for intake, _ in held}, {cohort.id: cohort for _, cohort in held}, places, slots, merges=merges)


def totals(known: Facts, filters: Filters | None = None) -> Figures:
    return figures(count(known), filters or Filters())


def test_A_offline_in_one_intake_and_online_in_another_is_two_participations_of_one_person():
    person = uuid4()
    first, fifth = an_intake(), an_intake(Delivery.ONLINE)
    offline, online = a_place(first[1], person), a_place(fifth[1], person)
    seen = totals(
        facts(
            [first, fifth], [offline, online], [*days(offline, date(2023, 5, 8), 10), *days(online, date(2023, 5, 8), 8, Delivery.ONLINE)]
        )
    )
    assert (seen.participations, seen.offline, seen.online, seen.people) == (2, 1, 1, 1)
    assert (seen.intakes, seen.cohorts) == (2, 2)


def test_B_enrolled_but_never_came_is_no_participation_and_no_person():
    held = an_intake()
    place = a_place(held[1], uuid4())
    seen = totals(facts([held], [place], days(place, date(2023, 5, 8), 10, attended=False)))
    assert (seen.participations, seen.people) == (0, 0)
    assert (seen.intakes, seen.cohorts) == (0, 0), "nobody came, so it was not really held"
    assert (seen.confirmed, seen.checked_in) == (1, 0)


def test_C_three_of_five_days_then_withdrawn_is_one_participation_completed_by_none():
    held = an_intake()
    place = a_place(held[1], uuid4(), checked_in=True, outcome=Outcome.WITHDRAWN, standing=Standing.LEFT)
    seen = totals(facts([held], [place], days(place, date(2023, 5, 8), 6)))
    assert (seen.participations, seen.people, seen.completed) == (1, 1, 0)
    assert seen.person_days == 3
    assert seen.completion_rate == 0


def test_D_one_half_day_is_one_participation_and_half_a_day():
    held = an_intake()
    place = a_place(held[1], uuid4())
    seen = totals(facts([held], [place], days(place, date(2023, 5, 8), 1)))
    assert seen.participations == 1
    assert float(seen.person_days) == 0.5


def test_E_and_F_when_F_substitutes_E_before_check_in_only_F_counts():
    held = an_intake()
    e = a_place(held[1], uuid4(), standing=Standing.SUBSTITUTED)
    f = a_place(held[1], uuid4(), checked_in=True)
    # A sheet that still bears E's name makes E no participant.
    seen = totals(facts([held], [e, f], [*days(e, date(2023, 5, 8), 10), *days(f, date(2023, 5, 8), 10)]))
    assert (seen.participations, seen.people, seen.confirmed, seen.checked_in) == (1, 1, 1, 1)
    assert seen.person_days == 5


def test_G_merged_with_a_duplicate_leaves_participations_and_takes_one_person_away():
    first, second = an_intake(), an_intake()
    g, duplicate = uuid4(), uuid4()
    places = [a_place(first[1], g), a_place(second[1], duplicate)]
    slots = [slot for place in places for slot in days(place, date(2023, 5, 8), 10)]
    before = totals(facts([first, second], places, slots))
    after = totals(facts([first, second], places, slots, merges=[(g, duplicate)]))
    assert (before.participations, before.people) == (2, 2)
    assert (after.participations, after.people) == (2, 1)


def test_H_offline_class_and_online_replay_in_one_intake_is_one_participation_offline():
    held = an_intake()
    person = uuid4()
    place = a_place(held[1], person)
    slots = [*days(place, date(2023, 5, 8), 10), *days(place, date(2023, 5, 15), 4, Delivery.ONLINE)]
    seen = totals(facts([held], [place], slots))
    assert (seen.participations, seen.offline, seen.online) == (1, 1, 0)


def test_I_a_provincial_class_counts_for_the_person_and_not_for_the_city():
    held = an_intake(organized_by=OrganizedBy.PROVINCE)
    place = a_place(held[1], uuid4(), checked_in=True)
    known = facts([held], [place], days(place, date(2023, 5, 8), 10))
    assert totals(known) == Figures()
    assert quarter_hours_of(count(known), place.person_id) == 160


def test_J_a_class_over_new_year_is_an_intake_of_the_later_year_with_hours_in_both():
    held = an_intake(ends_on=date(2023, 1, 3))
    place = a_place(held[1], uuid4())
    known = facts([held], [place], days(place, date(2022, 12, 30), 10))
    earlier, later = (totals(known, Filters(period=year_of(year))) for year in (2022, 2023))
    assert (earlier.intakes, later.intakes) == (0, 1)
    assert (earlier.participations, later.participations) == (0, 1)
    assert (earlier.person_hours, later.person_hours) == (16, 24)
