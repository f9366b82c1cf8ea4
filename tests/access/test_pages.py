"""Every page of every service, as each who may open it reads it: in order for a screen reader, and no wider than a phone."""

import threading

import pytest
from werkzeug.serving import make_server

from shared.vocabulary import SERVICES, Role
from tests.access import asking
from tests.access.city import PASSWORD, City, Comer
from tests.access.law import LAW
from tests.access.walk import NO_PROVIDER, PARAMETER
from tests.browser.conftest import SIZES, findings, open_page

# Not pages: what machines read, what is downloaded, what only leads elsewhere.
NO_PAGES = ("/api/", "/static/", "/health", "/ready", "/metrics", "/portal/exchange", "/portal/language", NO_PROVIDER.strip())
DOWNLOADS = (".zip", ".pem", "/pdf", "/workbook", "/export")


@pytest.fixture(scope="module")
def address(city: City):
    server = make_server("127.0.0.1", 0, city.house.wsgi, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def pages_of(city: City, comer: Comer) -> list[str]:
    """The addresses of all pages that are open to this one, with own objects in them."""
    found = []
    for service in SERVICES:
        for door, line in LAW[service].items():
            method, rule = door.split(" ", 1)
            is_page = method == "GET" and not rule.startswith(NO_PAGES) and not rule.endswith(DOWNLOADS)
            if is_page and (line.is_public if comer.role is None else comer.role in line.reach):
                objects = {**asking.own_objects(city, comer, service), **asking.ELSEWHERE.get(door, lambda _: {})(city)}
                found.append(PARAMETER.sub(lambda match, objects=objects: str(objects[match[1]]), rule))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["anybody", *(role.value.replace("_", " ") for role in Role)])
def test_every_page_is_readable_for_everyone_and_fits_the_screen(city, address, chromium, name, size):
    page = open_page(chromium, size, "zh-CN")
    if name != "anybody":
        page.goto(f"{address}/portal/sign-in")
        page.fill("[name=login]", city.logins[name])
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
    pages = ["/", *pages_of(city, city.comers[name])]
    for path in pages:
        answered = page.goto(address + path)
        assert (path, answered.status) == (path, 200)
        assert (path, findings(page)) == (path, [])
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{path} is wider than the screen"
    assert len(pages) > 4
    assert page.complaints == []
    page.context.close()
