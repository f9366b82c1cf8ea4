"""The frame of every page: local files, a menu by role, notices that are shown once."""

from base64 import urlsafe_b64encode

import pytest
from flask import Flask, flash, get_flashed_messages, redirect, render_template_string, session

from shared.vocabulary import Role
from shared.web.access import csrf_field
from shared.web.language import install_language
from shared.web.look import NOTICE_COOKIE, asset, install_look
from shared.web.navigation import entries_for

PAGE = '{% extends "layout.html" %}{% block title %}T{% endblock %}{% block content %}<p>body</p>{% endblock %}'


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=None)
    app.testing = True
    install_language(app)
    install_look(app)
    app.jinja_env.globals["csrf_field"] = csrf_field
    app.get("/page")(lambda: render_template_string(PAGE))

    @app.get("/change")
    def change():
        flash("已保存 <b>", "success")
        return redirect("/page")

    @app.get("/keep")
    def keep():
        session["cart"] = 1
        return "kept"

    return app


@pytest.mark.parametrize("path", ["linghang/linghang.css", "linghang/mark.svg", "bootstrap/css/bootstrap.min.css"])
def test_static_files_come_from_this_host_and_may_be_kept(app, path):
    answer = app.test_client().get(asset(path))
    assert answer.status_code == 200
    answer.close()
    assert answer.cache_control.max_age == 365 * 24 * 3600


@pytest.mark.parametrize("path", ["/static/linghang/../language.py", "/static/linghang/%2e%2e/%2e%2e/language.py", "/static/other/x"])
def test_no_other_file_is_handed_out(app, path):
    assert app.test_client().get(path).status_code == 404


def test_nothing_on_the_page_comes_from_elsewhere(app):
    page = app.test_client().get("/page").text
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_a_notice_is_shown_once_and_escaped(app):
    browser = app.test_client()
    answer = browser.get("/change", follow_redirects=True)
    assert "已保存 &lt;b&gt;" in answer.text
    assert "已保存" not in browser.get("/page").text


@pytest.mark.parametrize("cookie", ["", "x", "!!!", urlsafe_b64encode(b"[1]").decode(), urlsafe_b64encode(b'{"a":1}').decode(), "\xff"])
def test_a_notice_that_cannot_be_read_is_no_notice(app, cookie):
    browser = app.test_client()
    browser.set_cookie(NOTICE_COOKIE, cookie)
    assert browser.get("/page").status_code == 200


def test_services_keep_nothing_else_in_the_browser(app):
    with pytest.raises(RuntimeError, match="cart"):
        app.test_client().get("/keep")


def test_the_menu_shows_where_a_role_may_go():
    urls = {entry.url for entry in entries_for(frozenset({Role.FINANCE}))}
    assert urls == {"/finance/totals"}
    assert entries_for(frozenset()) == ()


def test_the_reader_can_switch_and_comes_back_to_the_same_address(app):
    page = app.test_client().get("/page?a=1&b=2").text
    assert 'href="/portal/language?lang=en&amp;next=/page%3Fa%3D1%26b%3D2"' in page


def test_notices_are_read_by_flask_as_usual(app):
    with app.test_request_context("/"):
        flash("一", "info")
        assert get_flashed_messages(with_categories=True) == [("info", "一")]
