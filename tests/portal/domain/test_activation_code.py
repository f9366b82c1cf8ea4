"""The code on a slip survives being copied by hand, or says that it did not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.domain.activation_code import SYMBOLS, new_code, read_code, written

codes = st.integers(0, 10**9).map(lambda _: new_code())


def test_no_two_slips_carry_the_same_code():
    assert len({new_code() for _ in range(1000)}) == 1000


def test_a_code_is_read_however_it_is_typed():
    code = new_code()
    assert len(code) == 12
    for typed in (code, code.lower(), written(code), f" {written(code).lower()} ", written(code).replace("-", " ")):
        assert read_code(typed) == code


def test_full_width_letters_are_read():
    code = new_code()
    assert read_code("".join(chr(ord(symbol) + 0xFEE0) for symbol in code)) == code


@given(codes, st.integers(0, 11), st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_caught(code, place, symbol):
    typed = code[:place] + symbol + code[place + 1 :]
    assert read_code(typed) == (code if typed == code else None)


@given(codes, st.integers(0, 10))
def test_two_swapped_symbols_are_caught(code, place):
    typed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(typed) == (code if typed == code else None)


@pytest.mark.parametrize("typed", ["", "ABC", "0" * 12, "O" * 12, "-" * 12, "甲" * 12, "2" * 13])
def test_what_is_no_code_is_not_read(typed):
    assert read_code(typed) is None
