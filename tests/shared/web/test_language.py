"""What the reader sees is in the reader's language: messages, dates, hours, words and the input checker's sentences."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from marshmallow import Schema, fields, validate

from shared.vocabulary import Delivery, Role
from shared.web.language import (
    INPUT_MESSAGES,
    SHARED_TRANSLATIONS,
    city_date,
    city_moment,
    city_time,
    class_hours,
    gettext,
    input_message,
    install_language,
    language,
    ngettext,
    speaking,
    word,
)
from shared.web.navigation import NAVIGATION

SHARED_WEB = SHARED_TRANSLATIONS.parent


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=None)
    install_language(app)
    return app


def test_outside_a_request_everything_is_chinese():
    assert language() == "zh"
    assert gettext("Sign out") == "退出登录"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ({}, "zh"),
        ({"headers": {"Accept-Language": "en-GB,en;q=0.9"}}, "en"),
        ({"headers": {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}}, "zh"),
        ({"headers": {"Accept-Language": "de"}}, "zh"),
        ({"headers": {"Accept-Language": "en", "Cookie": "linghang_language=zh"}}, "zh"),
        ({"query_string": {"lang": "en"}, "headers": {"Cookie": "linghang_language=zh"}}, "en"),
        ({"query_string": {"lang": "../../etc"}}, "zh"),
    ],
)
def test_the_readers_choice_comes_before_the_browsers_and_chinese_is_the_default(app, asked, spoken):
    with app.test_request_context("/", **asked):
        assert language() == spoken


def test_a_template_speaks_the_readers_language_and_fills_in_the_facts(app):
    template = "{{ _('Sign out') }} {{ ngettext('There is %(num)d problem', 'There are %(num)d problems', 3) }}"
    with app.test_request_context("/"):
        assert render_template_string(template) == "退出登录 共有 3 个问题"
    with app.test_request_context("/?lang=en"):
        assert render_template_string(template) == "Sign out There are 3 problems"


def test_one_problem_and_two_problems_are_told_apart_in_english():
    with speaking("en"):
        assert ngettext("There is %(num)d problem", "There are %(num)d problems", 1) == "There is 1 problem"
        assert ngettext("There is %(num)d problem", "There are %(num)d problems", 2) == "There are 2 problems"


def test_a_language_spoken_inside_a_block_ends_with_the_block():
    with speaking("en"):
        assert language() == "en"
        with speaking("zh"):
            assert language() == "zh"
        assert language() == "en"
    assert language() == "zh"


def test_dates_carry_no_leading_zero():  # R42
    assert city_date(date(2023, 5, 9)) == "2023年5月9日"
    assert city_date("2023-05-09") == "2023年5月9日"
    with speaking("en"):
        assert city_date(date(2023, 5, 9)) == "9 May 2023"
    assert city_date(None) == ""


def test_a_moment_is_written_in_the_citys_time():
    late_in_london = datetime(2023, 5, 8, 22, 30, tzinfo=UTC)
    assert city_date(late_in_london) == "2023年5月9日"
    assert city_time(late_in_london) == "06:30"
    assert city_moment("2023-05-08T22:30:00+00:00") == "2023年5月9日 06:30"
    assert city_moment(None) == ""


@pytest.mark.parametrize(("quarters", "hours"), [(0, "0"), (1, "0.25"), (2, "0.5"), (5, "1.25"), (160, "40"), (-3, "-0.75")])
def test_quarter_hours_are_written_as_exact_class_hours(quarters, hours):  # R17
    assert class_hours(quarters) == hours


def test_a_word_in_a_template_follows_every_reader_not_the_first(app):
    template = app.jinja_env.from_string('{{ "online"|word("Delivery") }}')
    with app.app_context():
        assert template.render() == "线上"
        with speaking("en"):
            assert template.render() == "Online"


def test_words_are_named_in_the_readers_language():
    assert word(Delivery.ONLINE) == "线上"
    assert word("online", "Delivery") == "线上"
    assert word("by_ship", "Delivery") == "by_ship"
    assert word(None) == ""
    with speaking("en"):
        assert word(Role.FINANCE) == "Finance"


class Everything(Schema):
    seats = fields.Integer(required=True, validate=validate.Range(min=1, max=100))
    name = fields.String(required=True, validate=validate.Length(min=2, max=50))
    held_at = fields.AwareDateTime(required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ({}, {"必填。"}),
        (
            {"seats": 0, "name": "张", "held_at": "yesterday", "delivery": "ship", "color": 1},
            {
                "必须在 1 到 100 之间。",
                "长度必须在 2 到 50 之间。",
                "不是有效的日期时间。",
                "必须是以下之一：offline, online。",
                "未知字段。",
            },
        ),
        ({"seats": "x", "name": 5, "held_at": None, "delivery": 3}, {"不是有效的整数。", "不是有效的文本。", "不能为空。"}),
    ],
)
def test_the_input_checker_speaks_chinese_and_keeps_the_figures(body, sentences):
    found = {input_message(text) for texts in Everything().validate(body).values() for text in texts}
    assert sentences <= found
    assert not any(re.search("[A-Z]", text) for text in found), found


def test_the_input_checker_is_left_as_it_is_in_english():
    with speaking("en"):
        for sentence in INPUT_MESSAGES:
            assert input_message(sentence) == sentence


def messages_in(folder: Path) -> set[str]:
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    options = {"**/templates/**.html": {"newstyle_gettext": "true"}}
    found: set[str] = set()
    for _file, _line, message, _comments, _context in extract_from_dir(folder, methods, options, keywords):
        found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_message_of_the_common_look_exists_in_chinese():
    with (SHARED_TRANSLATIONS / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="zh")
    translated = {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id and m.string and any(m.string)}
    wanted = messages_in(SHARED_WEB)
    assert len(wanted) > 80
    assert wanted - translated == set()
    assert translated - wanted == set(), "messages that nobody says any more"


def test_the_menu_leaves_nobody_without_a_place_to_go():
    served = {role for entry in NAVIGATION for role in entry.roles}
    assert served >= set(Role)
