"""The page of the finance bureau: figures, chart, definitions, and the way down to smaller counts."""

import re
from collections.abc import Callable

import pytest

from services.finance.domain.period import Filters
from services.finance.domain.totals import count, figures
from shared.vocabulary import Delivery, Role
from tests.conftest import RunningService
from tests.finance.hearing import hear
from tests.finance.history import History, a_random_history


@pytest.fixture
def history() -> History:
    return a_random_history(3)


@pytest.fixture
def finance(make_service: Callable[..., RunningService], history: History) -> RunningService:
    service = make_service("finance")
    hear(service, history.told)
    return service


def page(service: RunningService, query: str = "") -> str:
    answer = service.client(Role.FINANCE, browser=True).get(f"/finance/totals?{query}", headers={"Accept-Language": "zh"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def figure(html: str, name: str) -> list[str]:
    """The cells of one row of the table of all figures: total, offline, online."""
    table = html[html.index('id="figures"') :]
    row = re.search(rf'data-label="指标">{name}</th>(.*?)</tr>', table, re.DOTALL)
    assert row, name
    return re.findall(r"<td[^>]*>([^<]*)</td>", row[1])


def test_the_figures_of_the_page_are_those_of_the_count(finance: RunningService, history: History) -> None:
    whole = figures(count(history.facts), Filters())
    html = page(finance)
    assert figure(html, "人次") == [str(whole.participations), str(whole.offline), str(whole.online)]
    assert figure(html, "期数")[0] == str(whole.intakes)
    assert figure(html, "人数")[0] == str(whole.people)
    assert float(figure(html, "参训人天")[0]) == float(whole.person_days)
    assert figure(html, "满意率")[0] == f"{whole.satisfaction * 100:.2f} %"


def test_chart_and_table_hold_the_same_figures(finance: RunningService, history: History) -> None:
    html = page(finance, "by=delivery")
    svg = html[html.index("<svg width") : html.index("</svg>", html.index("<svg width"))]
    counted = count(history.facts)
    for delivery in Delivery:
        expected = figures(counted, Filters(delivery=delivery)).participations
        assert f"<title>{delivery.zh}: {expected}</title>" in svg
        assert re.search(rf'delivery={delivery}[^>]*">{delivery.zh}</a></th>.*?data-label="人次"[^>]*>{expected}<', html, re.DOTALL)


def test_a_name_leads_to_the_figures_narrowed_to_it(finance: RunningService, history: History) -> None:
    html = page(finance, "by=county&delivery=offline")
    link = re.search(r'href="(/finance/totals\?[^"]*county_code=131082[^"]*)"', html)
    assert link
    narrowed = page(finance, link[1].split("?")[1].replace("&amp;", "&"))
    expected = figures(count(history.facts), Filters(county_code="131082", delivery=Delivery.OFFLINE))
    assert figure(narrowed, "人次")[0] == str(expected.participations)
    assert figure(narrowed, "授课学时")[0] == "–", "a lecture is given to a cohort, not to a county"


@pytest.mark.parametrize("by", ["category", "delivery", "county", "intake", "year", "month"])
def test_every_way_to_break_down_leads_on(finance: RunningService, by: str) -> None:
    links = re.findall(r'<th[^>]*><a href="/finance/totals\?([^"]*)"', page(finance, f"by={by}"))
    assert links
    for link in links:
        page(finance, link.replace("&amp;", "&"))


def test_definitions_rule_version_and_cut_off_are_printed(finance: RunningService) -> None:
    html = page(finance)
    for expected in ("R22–R31 / 2026-1", "2023年1月1日 08:0", "已关闭、且至少有一个班实际有人参训的期", "已收到的事件全部计入"):
        assert expected in html


def test_the_page_speaks_english_too(finance: RunningService) -> None:
    html = finance.client(Role.FINANCE, browser=True).get("/finance/totals?lang=en").get_data(as_text=True)
    body = html[html.index("<main") : html.index("</main>")]
    assert "Person-days attended" in body
    assert "人次" not in body


def test_the_page_needs_no_inline_style_or_script(finance: RunningService) -> None:
    html = page(finance, "by=intake")
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)


def test_the_workbook_link_keeps_the_filters(finance: RunningService) -> None:
    html = page(finance, "category=public_school&year=2023&from=&to=")
    link = re.search(r'href="(/api/finance/report\.xlsx\?[^"]*)"', html)
    assert link
    assert "category=public_school" in link[1]
    assert finance.client(Role.FINANCE).get(link[1].replace("&amp;", "&")).status_code == 200


def test_a_wrong_filter_is_explained_in_place_and_nothing_is_counted(finance: RunningService) -> None:
    answer = finance.client(Role.FINANCE, browser=True).get("/finance/totals?from=2023-02-01&to=2023-01-01")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "起始日期 2023-02-01 晚于结束日期 2023-01-01。" in html
    assert 'id="figures"' not in html


def test_with_nothing_heard_the_page_says_so(make_service: Callable[..., RunningService]) -> None:
    assert "暂无可统计的数字" in page(make_service("finance"))
