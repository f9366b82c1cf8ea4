"""R8 and R41: names on certificates, masked names, comparing a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificates.domain.errors import NameRefused
from services.certificates.domain.name import accepted, masked, matches

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张某三", "张*三"),
        ("张三", "张*"),
        ("欧阳建国", "欧**国"),
        ("阿卜杜热·买买买提", "阿***·***提"),
        ("阿·提", "阿·*"),
        ("𬱖某㛃", "𬱖*㛃"),
    ],
)
def test_r41_the_public_sees_the_masked_name(name: str, shown: str) -> None:
    assert masked(name) == shown


@given(st.text(HAN, min_size=2, max_size=50))
def test_r41_a_mask_never_shows_more_than_two_characters_nor_the_whole_name(name: str) -> None:
    shown = masked(name)
    assert len(shown) == len(name)
    assert 1 <= sum(character != "*" for character in shown) <= 2
    assert "*" in shown


@pytest.mark.parametrize("typed", ["阿卜杜热·买买提", "阿卜杜热•买买提", " 阿卜杜热 ・ 买买提 ", "阿卜杜热.买买提"])
def test_r41_the_full_name_matches_whatever_dot_or_blank_was_typed(typed: str) -> None:
    assert matches("阿卜杜热·买买提", typed)


@pytest.mark.parametrize("typed", ["张三丰", "张", "", "张*", "张三\ud800"])
def test_r41_another_name_does_not_match(typed: str) -> None:
    assert not matches("张三", typed)


@pytest.mark.parametrize("name", ["张三", "阿卜杜热·买买提", "㛃䶮", "𬱖𬍤𫖯𣲗", "王" * 50, "〇二"])
def test_r8_names_as_people_bear_them_are_accepted(name: str) -> None:
    assert accepted(name) == name


def test_r8_a_look_alike_dot_and_blanks_are_put_right() -> None:
    assert accepted("阿卜杜热 • 买买提") == "阿卜杜热·买买提"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("王", "length"),
        ("王" * 51, "length"),
        ("张3", "character"),
        ("张\u202e三", "character"),
        ("张\u0000三", "character"),
        ("张\ue000", "character"),
        ("张\u200b三", "character"),
        ("Zhang San", "character"),
        ("·张三", "dot"),
        ("张三·", "dot"),
        ("张··三", "dot"),
    ],
)
def test_r8_what_no_name_holds_is_refused_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(NameRefused) as refused:
        accepted(name)
    assert refused.value.facts["reason"] == reason


def test_r8_an_invisible_character_is_named_by_its_code_point() -> None:
    with pytest.raises(NameRefused) as refused:
        accepted("张\u202e三")
    assert refused.value.facts["character"] == "U+202E"
