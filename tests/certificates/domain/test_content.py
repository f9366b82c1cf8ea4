"""R40: a certificate is frozen at issue."""

import json
from datetime import date

from services.certificates.domain.content import Content, Issuer, Training
from shared.vocabulary import Category, Delivery


def test_r40_what_was_frozen_is_thawed_to_the_letter() -> None:
    training = Training(
        cohort_number=2,
        intake_number=12,
        intake_title="第十二期",
        category=Category.PUBLIC_SCHOOL,
        delivery=Delivery.OFFLINE,
        starts_on=date(2023, 3, 13),
        ends_on=date(2023, 3, 17),
        earned_quarter_hours=158,
        total_quarter_hours=160,
        completed_on=date(2023, 3, 17),
    )
    content = Content("LFJG-2023-12-GB-0001", "𬱖某㛃", training, Issuer("甲", "A"), date(2023, 3, 18), True, "LFJG-2023-12-GB-0009")
    assert Content.thawed(json.loads(json.dumps(content.frozen()))) == content
