"""Names as counties type them (R8)."""

import pytest

from services.enrollment.domain.name import read_ethnicity, read_name

LOOK_ALIKES = "\u0387\u2022\u2027\u2219\u22c5\u30fb\uff65\u2024\uff0e\u2e31\u16eb"


def codes(value):
    return [problem.code for problem in read_name(value, "E4").problems]


@pytest.mark.parametrize("dot", [*LOOK_ALIKES, ".", " · "])
def test_every_look_alike_dot_becomes_the_middle_dot(dot):
    name = read_name(f"阿卜杜{dot}热合曼", "E4")
    assert (name.text, name.problems) == ("阿卜杜·热合曼", [])


@pytest.mark.parametrize("typed", [" 王\u3000芳 ", "王 芳", "王\u00a0芳", "王\u200b芳"])
def test_blanks_inside_a_name_are_removed(typed):
    assert read_name(typed, "E4").text == "王芳"


@pytest.mark.parametrize("name", ["李𬭼㛃", "王䶮", "张𬱖", "赵𬍤", "钱𫖯", "孙𣲗", "〇一"])
def test_rare_characters_are_names_like_any_other(name):
    assert (read_name(name, "E4").text, codes(name)) == (name, [])


def test_a_known_suffix_goes_to_its_columns_with_a_warning():
    name = read_name("李娜(女,回族)", "E4")
    assert (name.text, name.sex, name.ethnicity) == ("李娜", "女", "回")
    assert [(problem.code, problem.warning) for problem in name.problems] == [("name_suffix", True)]


def test_a_full_width_suffix_is_the_same():
    assert read_name("李娜（女，回族）", "E4").text == "李娜"


def test_an_unknown_suffix_is_an_error():
    assert codes("李娜(小)") == ["name_suffix_unknown"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ["name_missing"]),
        (None, ["name_missing"]),
        ("王", ["name_length"]),
        ("王" * 51, ["name_length"]),
        ("王芳2", ["name_digits"]),
        ("王Fang", ["name_characters"]),
        ("王芳\ue000", ["name_private_use"]),
        ("·王芳", ["name_dots"]),
        ("王芳·", ["name_dots"]),
        ("阿卜杜··热合曼", ["name_dots"]),
    ],
)
def test_what_is_no_name_is_refused_with_its_ground(typed, expected):
    assert codes(typed) == expected


def test_fifty_characters_are_a_name():
    assert codes("王" * 50) == []


def test_two_ways_to_write_an_ethnicity_are_one():
    assert read_ethnicity("回族") == read_ethnicity(" 回 ") == "回"
