"""R40 and R41: what becomes of a void certificate, and the four answers."""

import pytest

from services.certificates.domain.standing import Answer, Standing, answer_for, standing_after_voiding


def test_r40_void_with_a_new_one_is_superseded_and_without_one_revoked() -> None:
    assert standing_after_voiding(has_successor=True) is Standing.SUPERSEDED
    assert standing_after_voiding(has_successor=False) is Standing.REVOKED


@pytest.mark.parametrize(
    ("standing", "answer"),
    [
        (Standing.VALID, Answer.VALID),
        (Standing.SUPERSEDED, Answer.SUPERSEDED),
        (Standing.REVOKED, Answer.REVOKED),
        (None, Answer.UNKNOWN),
    ],
)
def test_r41_the_public_gets_one_of_four_honest_answers(standing: Standing | None, answer: Answer) -> None:
    assert answer_for(standing) is answer
    assert len(Answer) == 4
