"""Rosters as they come in: read, judged, written, all or the valid rows (R2-R8)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, select

from services.enrollment.domain import errors
from services.enrollment.operations import cohorts, intakes, quotas, rosters
from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY, ENROLLMENTS, PEOPLE, QUOTA_CELLS, ROSTERS
from shared.domain import Malformed, NotFound
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Category, Delivery, Role
from tests.conftest import actor
from tests.enrollment.places import A, B, County, resident_id
from tests.enrollment.sheets import COLUMNS, as_sent, csv, person, table, xlsx


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open(seats=10, cells={A: 6, B: 4})
    return county


def people(*numbers, **changes):
    return [person(number, resident_id(number), **{"name": f"王{chr(0x4E00 + number % 5000)}", **changes}) for number in numbers]


def send(county, content, mode="strict", *, preview=False, cohort_id=None, file_name="roster.xlsx", by=None):
    content = content if isinstance(content, bytes) else xlsx(as_sent(content))
    options = {"content": content, "file_name": file_name, "mode": mode, "preview": preview, "secrets": county.secrets}
    return county.service.work(rosters.import_roster, cohort_id or county.cohort_id, by=by, **options)


def found(result):
    return [(problem.cell, problem.code) for problem in result.problems]


def counts(result):
    return (result.unchanged, result.updated, result.added)


def rows_of(county, statement):
    return county.service.look(lambda connection: connection.execute(statement).all())


def taken(county):
    cells = {row.county_code: row.used for row in rows_of(county, select(QUOTA_CELLS).where(QUOTA_CELLS.c.cohort_id == county.cohort_id))}
    return rows_of(county, select(COHORTS.c.taken).where(COHORTS.c.id == county.cohort_id))[0].taken, cells


def new_cohort(county, number, cells, **intake):
    intake_id = county.open_intake(number, **intake)
    cohort_id = county.service.work(intakes.open_cohort, intake_id, seats=sum(cells.values()))
    county.service.work(quotas.set_grid, cohort_id, cells=cells)
    return cohort_id


def test_a_roster_with_title_blank_rows_and_footer_goes_in_as_it_comes(county):
    sheet = as_sent([*people(1, 2, 3), *people(4, county="三河市", school="三河市示例第二小学")], blank_after=(1, 2))
    result = send(county, xlsx(sheet, merge=["A1:N1"]))
    assert (found(result), counts(result), result.written) == ([], (0, 0, 4), True)
    assert taken(county) == (4, {A: 3, B: 1})


def test_columns_in_another_order_without_a_title_are_the_same_roster(county):
    result = send(county, xlsx(table(people(1, 2), columns=tuple(reversed(COLUMNS)))))
    assert (found(result), counts(result)) == ([], (0, 0, 2))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_goes_in_with_rare_characters(county, encoding):
    result = send(county, csv(table(people(1, name="李𬭼㛃")), encoding), file_name="名单.csv")
    assert (found(result), counts(result)) == ([], (0, 0, 1))
    assert [row.name for row in rows_of(county, select(PEOPLE.c.name))] == ["李𬭼㛃"]


def test_a_place_keeps_post_school_and_county_and_its_history_begins(county):
    send(county, people(1, post="党委书记、校长", lodging="否", remarks="清真餐"))
    (place,) = rows_of(county, select(ENROLLMENTS))
    assert (place.post, place.school_name, place.county_code, place.county_name) == ("secretary", "霸州市示例第一小学", A, "霸州市")
    assert (place.status, place.cell_code, place.lodging, place.remarks) == ("enrolled", A, False, "清真餐")
    assert place.category is Category.PUBLIC_SCHOOL
    assert [row.change for row in rows_of(county, select(ENROLLMENT_HISTORY))] == ["nominated"]


def test_the_id_number_follows_into_sex_and_birthday_and_is_stored_only_encrypted(county):
    number = resident_id(7)
    send(county, people(7))
    (row,) = rows_of(county, select(PEOPLE))
    assert (row.sex, row.birth_date) == ("男", date(1970, 1, 8))
    assert county.secrets.decrypt_text(row.id_cipher) == number
    assert county.secrets.decrypt_text(row.phone_cipher) == "13100000007"
    county.service.database.close()
    files = [path.read_bytes() for path in county.service.app.extensions["linghang"].settings.data_folder.rglob("*") if path.is_file()]
    assert files
    assert not any(number.encode() in content or b"13100000007" in content for content in files)


def test_the_same_file_twice_adds_nothing(county):
    first, second = send(county, people(1, 2, 3)), send(county, people(1, 2, 3))
    assert (counts(first), counts(second)) == ((0, 0, 3), (3, 0, 0))
    assert taken(county) == (3, {A: 3, B: 0})


def test_a_later_roster_brings_phone_post_and_lodging_up_to_date_and_adds_who_is_new(county):
    send(county, people(1, 2, 3, 4))
    later = [
        *people(1),
        *people(2, phone="13900000002"),
        *people(3, post="校长"),
        *people(4, lodging="否"),
        *people(5),
    ]
    result = send(county, later)
    assert (counts(result), result.written) == ((1, 3, 1), True)
    assert counts(send(county, later)) == (5, 0, 0)
    phones = [county.secrets.decrypt_text(row.phone_cipher) for row in rows_of(county, select(PEOPLE.c.phone_cipher))]
    assert sorted(phones) == ["13100000001", "13100000003", "13100000004", "13100000005", "13900000002"]
    assert taken(county)[0] == 5


def test_what_a_later_roster_leaves_empty_stays_as_it_is_known(county):
    send(county, people(1, remarks="清真餐"))
    assert counts(send(county, people(1, phone=None, lodging=None, nation=None, status=None))) == (1, 0, 0)


def test_strict_writes_nobody_when_one_row_is_wrong_and_lenient_the_others(county):
    roster = [*people(1, 2), *people(3, school="没有这所学校")]
    strict = send(county, roster)
    assert (strict.written, strict.wrong, counts(strict)) == (False, 1, (0, 0, 2))
    assert rows_of(county, select(PEOPLE.c.id)) == rows_of(county, select(ENROLLMENTS.c.id)) == []
    assert taken(county)[0] == 0
    lenient = send(county, roster, "lenient")
    assert (lenient.written, counts(lenient)) == (True, (0, 0, 2))
    assert taken(county)[0] == 2


def test_a_preview_writes_nobody_and_can_be_written_later(county):
    looked = send(county, people(1, 2), preview=True)
    assert (looked.written, counts(looked), taken(county)[0]) == (False, (0, 0, 2), 0)
    written = county.service.work(rosters.write_previewed, looked.roster_id, mode="strict", secrets=county.secrets)
    assert (written.roster_id, written.written, counts(written), taken(county)[0]) == (looked.roster_id, True, (0, 0, 2), 2)
    again = county.service.work(rosters.write_previewed, looked.roster_id, mode="strict", secrets=county.secrets)
    assert (counts(again), taken(county)[0]) == ((2, 0, 0), 2)


def test_a_preview_is_judged_again_when_it_is_written(county):
    looked = send(county, people(*range(1, 7)), preview=True)
    assert found(looked) == []
    send(county, people(7, 8))
    written = county.service.work(rosters.write_previewed, looked.roster_id, mode="strict", secrets=county.secrets)
    assert (written.written, [code for _, code in found(written)]) == (False, ["quota_exceeded", "quota_exceeded"])
    assert taken(county)[0] == 2


def test_the_file_is_kept_encrypted(county):
    content = xlsx(as_sent(people(1)))
    send(county, content, file_name="C:\\Users\\clerk\\霸州市.xlsx")
    (kept,) = rows_of(county, select(ROSTERS))
    assert (kept.file_name, county.secrets.decrypt(kept.content_cipher), kept.written) == ("霸州市.xlsx", content, True)
    assert content[:50] not in kept.content_cipher


def test_every_problem_of_every_row_is_told_at_once_with_its_cell(county):
    damaged = resident_id(8)[:-1] + ("1" if resident_id(8)[-1] != "1" else "2")
    roster = [
        *people(1, name=" 王\u3000芳 "),
        *people(2, name="阿卜杜•热合曼"),
        *people(3, id=float(resident_id(3)[:17] + "0")),
        person(8, resident_id(8), id=damaged, phone="12345"),
        *people(4, name="李娜(女,回族)"),
        *people(5, school="霸州市示例第九小学", post="门卫"),
        *people(1, name="王芳"),
    ]
    result = send(county, roster, "lenient")
    assert set(found(result)) == {
        ("K6", "id_is_a_number"),
        ("K7", "id_checksum"),
        ("L7", "phone_wrong"),
        ("E8", "name_suffix"),
        ("E8", "sex_disagrees"),
        ("G8", "ethnicity_from_suffix"),
        ("C9", "school_unknown_but_like"),
        ("J9", "post_unknown"),
        ("K10", "id_twice"),
    }
    assert (result.rows, result.wrong, counts(result)) == (7, 5, (0, 0, 2))
    assert {row.name for row in rows_of(county, select(PEOPLE.c.name))} == {"王芳", "阿卜杜·热合曼"}


def test_rows_beyond_the_quota_are_told_the_quota_and_what_is_used(county):
    result = send(county, people(*range(1, 9)), "lenient")
    beyond = [(problem.cell, problem.code, problem.facts["quota"], problem.facts["used"]) for problem in result.problems]
    assert beyond == [("B10", "quota_exceeded", 6, 6), ("B11", "quota_exceeded", 6, 6)]
    assert taken(county) == (6, {A: 6, B: 0})


def test_in_round_two_a_roster_takes_from_the_citys_pool(county):
    send(county, people(1, 2))
    county.service.work(quotas.close_round_one, county.cohort_id)
    result = send(county, people(*range(1, 10)))
    assert (result.written, counts(result)) == (True, (2, 0, 7))
    assert taken(county) == (9, {A: 2, B: 0, "000000": 7})


def test_a_person_already_in_another_cohort_of_the_intake_is_an_error(county):
    send(county, people(1))
    second = county.service.work(intakes.open_cohort, county.intake_id, seats=5)
    county.service.work(quotas.set_grid, second, cells={A: 5})
    assert found(send(county, people(1, 2), cohort_id=second)) == [("K4", "in_another_cohort")]


@pytest.mark.parametrize(
    ("delivery", "starts_on", "codes"),
    [
        (Delivery.OFFLINE, date(2023, 5, 12), ["dates_overlap_offline"]),
        (Delivery.ONLINE, date(2023, 5, 12), ["dates_overlap_online"]),
        (Delivery.OFFLINE, date(2023, 5, 13), []),
    ],
)
def test_days_in_common_with_another_offline_cohort_are_an_error_with_an_online_one_a_warning(county, delivery, starts_on, codes):
    send(county, people(1))
    other = new_cohort(county, 2, {A: 5}, delivery=delivery, starts_on=starts_on)
    result = send(county, people(1), cohort_id=other)
    assert [code for _, code in found(result)] == codes
    assert result.written is ("dates_overlap_offline" not in codes)


def test_an_id_known_under_another_name_is_to_be_checked_and_nothing_is_overwritten(county):
    send(county, people(1, name="王小明"))
    result = send(county, people(1, name="李小红", phone="13911111111"), "lenient")
    assert found(result) == [("E4", "known_under_another_name")]
    (row,) = rows_of(county, select(PEOPLE))
    assert (row.name, county.secrets.decrypt_text(row.phone_cipher)) == ("王小明", "13100000001")


def test_a_namesake_from_the_same_school_is_only_a_warning(county):
    send(county, people(1, name="王小明"))
    result = send(county, people(2, name="王小明"))
    assert (found(result), result.written) == ([("E4", "namesake")], True)
    assert found(send(county, people(3, name="王小明", school="霸州市示例第二小学"))) == []
    both = send(county, people(4, 5, name="王小红"))
    assert (found(both), both.written) == ([("E4", "namesake"), ("E5", "namesake")], True)


def test_a_post_of_another_category_is_a_row_error(county):
    result = send(county, [*people(1, post="思政课教师"), *people(2, school="霸州市示例民办小学", school_type="民办")])
    assert found(result) == [("J4", "wrong_category"), ("J5", "wrong_category")]


def test_a_school_of_another_county_is_told(county):
    assert found(send(county, people(1, school="三河市示例第一小学"))) == [("C4", "school_in_other_county")]


def test_who_has_left_is_not_enrolled_again_by_the_same_roster(county):
    send(county, people(1))
    (place,) = rows_of(county, select(ENROLLMENTS.c.id))
    county.withdraw(place.id)
    result = send(county, people(1))
    assert (found(result), counts(result), taken(county)[0]) == ([("K4", "left_this_cohort")], (1, 0, 0), 0)


def test_two_numbers_of_a_person_merged_are_one_person(county):
    from services.enrollment.operations.duplicates import merge_people

    send(county, people(1, name="王小明"))
    other = new_cohort(county, 2, {A: 5}, starts_on=date(2023, 9, 4))
    send(county, people(2, name="王晓明"), cohort_id=other)
    ids = {row.name: row.id for row in rows_of(county, select(PEOPLE))}
    county.service.work(merge_people, ids["王小明"], merged=ids["王晓明"], reason="同一人")
    third = new_cohort(county, 3, {A: 5}, starts_on=date(2024, 3, 4))
    result = send(county, [*people(1, name="王小明"), *people(2, name="王晓明")], "lenient", cohort_id=third)
    assert (found(result), counts(result)) == ([("K5", "id_twice")], (0, 0, 1))


def test_a_contact_sends_only_own_people(county):
    both = [*people(1), *people(2, county="三河市", school="三河市示例第一小学")]
    result = send(county, both, "lenient", by=actor(Role.COUNTY_CONTACT, county_code=B))
    assert (found(result), counts(result)) == ([("B4", "not_your_county")], (0, 0, 1))
    school = actor(Role.SCHOOL_CONTACT, school_id=county.schools[f"{A}0001"])
    result = send(county, [*people(1), *people(3, school="霸州市示例第二小学")], "lenient", by=school)
    assert (found(result), counts(result)) == ([("C5", "not_your_school")], (0, 0, 1))


@pytest.mark.parametrize("role", [Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.FINANCE, Role.TRAINEE])
def test_nobody_without_a_unit_sends_a_roster(county, role):
    with pytest.raises(NotFound):
        send(county, people(1), by=actor(role))


def test_only_the_sender_and_the_organizer_write_a_preview(county):
    sender = actor(Role.COUNTY_CONTACT, county_code=A, account_id="clerk of A")
    looked = send(county, people(1), preview=True, by=sender)
    other = actor(Role.COUNTY_CONTACT, county_code=B, account_id="clerk of B")
    with pytest.raises(NotFound):
        county.service.work(rosters.write_previewed, looked.roster_id, mode="strict", secrets=county.secrets, by=other)
    county.service.work(rosters.write_previewed, looked.roster_id, mode="strict", secrets=county.secrets, by=sender)
    assert taken(county)[0] == 1


def test_a_confirmed_cohort_takes_no_roster(county):
    send(county, people(1))
    county.service.work(cohorts.confirm_cohort, county.cohort_id)
    with pytest.raises(errors.CohortNotOpen):
        send(county, people(2))


def test_a_cohort_without_a_grid_takes_no_roster(county):
    bare = county.service.work(intakes.open_cohort, county.intake_id, seats=5)
    with pytest.raises(errors.QuotaMissing):
        send(county, people(1), cohort_id=bare)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (xlsx([["这里", "什么", "都没有"]]), "headings_missing"),
        (xlsx(table(people(1), columns=("姓名", "单位全称", "职务", "手机"))), "column_missing"),
        (xlsx(as_sent([])), "roster_empty"),
        (b"PK\x03\x04 broken", "workbook_broken"),
        (b"%PDF-1.7", "workbook_unknown"),
    ],
)
def test_what_is_no_roster_is_refused_whole_and_leaves_nothing(county, content, code):
    with pytest.raises(Malformed) as refusal:
        send(county, content)
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert rows_of(county, select(ROSTERS.c.id)) == []


def test_over_long_text_is_an_error_at_its_cell(county):
    result = send(county, [*people(1, remarks="长" * 201), *people(2, name="王" * 51), *people(3, school="校" * 101)])
    assert {("N4", "text_too_long"), ("E5", "name_length"), ("C6", "text_too_long")} <= set(found(result))
    assert not result.written


def test_an_id_number_in_a_wrong_column_is_not_repeated_in_the_answer_nor_in_the_records(county):
    number = resident_id(1)
    result = send(county, people(1, post=number, school=number, lodging=number, born=number))
    (kept,) = rows_of(county, select(ROSTERS.c.outcome))
    assert result.problems
    assert number[:14] not in str(result) + kept.outcome


def test_the_audit_log_counts_and_names_nobody(county):
    send(county, people(1, name="王小明"))
    facts = [row.facts for row in rows_of(county, select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "roster.imported"))]
    assert len(facts) == 1
    assert '"added": 1' in facts[0]
    assert "王小明" not in facts[0]
    assert resident_id(1) not in facts[0]


@contextmanager
def counted(engine):
    statements = []

    def note(connection, cursor, statement, parameters, context, executemany):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_roster(county):
    cohort = new_cohort(county, 2, {A: 3000}, starts_on=date(2023, 9, 4))
    statements = []
    for size in (5, 300):
        with counted(county.service.database.engine) as heard:
            result = send(county, people(*range(size * 10, size * 11)), cohort_id=cohort)
        assert result.written
        statements.append(len(heard))
    assert statements[0] == statements[1] < 30


def test_concurrent_rosters_beyond_a_quota_fill_it_exactly_and_the_rest_get_row_errors(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    county.open(seats=10, cells={A: 6, B: 4})

    def clerk(place):
        return send(county, people(*range(place * 10, place * 10 + 4)), "lenient")

    with ThreadPoolExecutor(5) as threads:
        results = list(threads.map(clerk, range(1, 6)))
    assert sum(result.added for result in results) == 6
    assert sum(result.wrong for result in results) == 14
    assert {problem.code for result in results for problem in result.problems if not problem.warning} == {"quota_exceeded"}
    assert taken(county) == (6, {A: 6, B: 0})


def test_the_same_new_people_in_two_cohorts_of_one_intake_at_once_have_one_place_each(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    first = county.open(seats=20, cells={A: 20})
    second = county.service.work(intakes.open_cohort, county.intake_id, seats=20)
    county.service.work(quotas.set_grid, second, cells={A: 20})
    crowd = people(*range(1, 13))
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda cohort_id: send(county, crowd, "lenient", cohort_id=cohort_id), [first, second, first, second]))
    assert sum(result.added for result in results) == 12
    assert len(rows_of(county, select(PEOPLE.c.id))) == len(rows_of(county, select(ENROLLMENTS.c.id))) == 12
    assert {problem.code for result in results for problem in result.problems if not problem.warning} <= {"in_another_cohort"}


def test_a_roster_and_single_nominations_at_once_never_pass_a_cell(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    county.open(seats=10, cells={A: 6, B: 4})
    with ThreadPoolExecutor(4) as threads:
        singles = [threads.submit(county.nominate, number) for number in range(100, 104)]
        sent = threads.submit(send, county, people(*range(1, 7)), "lenient")
        enrolled = sum(single.result().status.value == "enrolled" for single in singles)
        assert sent.result().added + enrolled == 6
    assert taken(county) == (6, {A: 6, B: 0})
