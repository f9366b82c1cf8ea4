"""The round trip in Chromium, where its rules on cookies, forms and foreign hosts hold: link the account, sign out, come in."""

import threading

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from shared.vocabulary import Role
from shared.web.gateway import Gateway
from tests.browser.conftest import SIZES, findings
from tests.portal.conftest import PASSWORD
from tests.portal.oidc.conftest import settings_for
from tests.servers.processes import free_port


@pytest.fixture
def address(make_portal, make_openid_provider):
    """A portal at 127.0.0.1, served; its provider is at localhost, which is another site."""
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    provider = make_openid_provider(f"{public}/portal/oidc/callback")
    portal = make_portal(**{**settings_for(provider), "public_url": public})
    portal.account("wang", Role.FINANCE)
    server = make_server("127.0.0.1", port, Gateway({"portal": portal.app}), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield public
    server.shutdown()
    server.server_close()
    provider.remove()


def open_page(chromium, size, **options):
    width, height = SIZES[size]
    page = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **options).new_page()
    page.set_default_timeout(30_000)
    return page


def sign_in_with_password(page, address):
    page.goto(f"{address}/portal/sign-in")
    page.fill("[name=login]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)


def sign_in_there(page, name):
    page.wait_for_url(lambda url: url.startswith("http://localhost:"))
    page.fill("[name=login]", name)
    page.fill("[name=password]", "any")
    page.click("button[type=submit]")
    page.click("button[type=submit]:has-text('Continue')")  # Linghang may know who one is


def test_somebody_links_the_account_signs_out_and_comes_in_by_the_button_on_a_phone_without_scripts(address, chromium):
    page = open_page(chromium, "phone", java_script_enabled=False)
    sign_in_with_password(page, address)
    page.goto(f"{address}/portal/sign-ins")
    page.fill("[name=present]", PASSWORD)
    page.click("form[action='/portal/oidc/link'] button")
    page.click("text=前往统一身份认证")
    sign_in_there(page, "w.wang")
    page.wait_for_url(f"{address}/portal/sign-ins")
    expect(page.locator("main code")).to_have_text("w.wang")
    page.context.clear_cookies()  # signed out, here and at the provider
    page.goto(f"{address}/portal/sign-in?next=/portal/password")
    page.click("text=使用统一身份认证登录")
    sign_in_there(page, "w.wang")
    page.wait_for_url(f"{address}/portal/password")


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_with_the_button_are_readable_for_everyone(address, chromium, size):
    page = open_page(chromium, size)
    page.goto(f"{address}/portal/sign-in")
    assert findings(page) == []
    sign_in_with_password(page, address)
    page.goto(f"{address}/portal/sign-ins")
    assert findings(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.fill("[name=present]", PASSWORD)
    page.click("form[action='/portal/oidc/link'] button")
    page.wait_for_selector("text=前往统一身份认证")
    assert findings(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
