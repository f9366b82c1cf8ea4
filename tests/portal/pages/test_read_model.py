"""The operator compares finance's figures with the log and rebuilds them from it, from the portal."""

import re

import pytest

from services.finance.domain.read_model_run import RunKind
from services.finance.operations.read_model_runs import ask
from shared.messaging import rebuilding
from shared.messaging.rebuilding import Comparison
from shared.storage.work import SYSTEM

PAGE = "/portal/operations"
RUNS = f"{PAGE}/read-model/runs"
DOWN = "http://127.0.0.1:1"


def carry_out(operated):
    assert operated.services["finance"].app.extensions["linghang"].background["read model"]() == 1


def rows_of(page):
    table = page[page.index("最近的核对与重建</caption>") :]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r'<t[hd] role="(?:rowheader|cell)"[^>]*>(.*?)</t[hd]>', table)]


def test_a_comparison_is_asked_for_by_name_and_its_outcome_is_shown(operated):
    page = operated.told(RUNS, kind="comparison")
    assert "已提出与日志核对" in page
    kind, state, _, by, events, found = rows_of(page)
    assert (kind, state, by, events, found) == ("与日志核对", "等待中", "赵运维", "–", "–")
    assert "刷新" in page
    carry_out(operated)
    page = operated.browser.get(PAGE).text
    assert rows_of(page)[1::3] == ["一致", "0"]
    assert "刷新</a>" not in page
    account, address, action, *_ = operated.audit("finance")[0]
    assert (account, address, action) == (str(operated.operator), "192.0.2.7", "read_model_run.asked")


def test_what_differs_is_listed_up_to_twenty(operated, monkeypatch):
    monkeypatch.setattr(rebuilding, "compare", lambda *_: Comparison(9, [f"places {number}<b>" for number in range(33)]))
    operated.told(RUNS, kind="comparison")
    carry_out(operated)
    page = operated.browser.get(PAGE).text
    assert rows_of(page)[4:] == ["9", "33 处不一致"]
    assert "共 33 处不一致，此处列出前 20 处" in page
    assert "places 19&lt;b&gt;" in page
    assert "places 20" not in page


def test_a_rebuild_says_first_that_the_figures_stay_readable(operated):
    asked = operated.browser.get(f"{PAGE}/read-model/rebuild").text
    assert "期间现有数据照常可查" in asked
    assert "还没有核对或重建过" in operated.browser.get(PAGE).text, "looking asks for nothing"
    operated.told(RUNS, kind="rebuild")
    carry_out(operated)
    assert rows_of(operated.browser.get(PAGE).text)[:2] == ["按日志重建", "已重建"]


def test_a_failure_is_shown_with_its_error(operated, monkeypatch):
    def broken(*_):
        raise RuntimeError("no room left")

    monkeypatch.setattr(rebuilding, "rebuild", broken)
    operated.told(RUNS, kind="rebuild")
    carry_out(operated)
    page = operated.browser.get(PAGE).text
    assert rows_of(page)[1] == "失败"
    assert '<pre class="lh-code" tabindex="0">RuntimeError: no room left</pre>' in page


def test_a_double_click_asks_once(operated):
    for _ in range(2):
        operated.told(RUNS, kind="rebuild")
    assert len(rows_of(operated.browser.get(PAGE).text)) == 6


def test_a_run_that_the_command_line_asked_for_is_shown_so(operated):
    operated.services["finance"].work(ask, RunKind.COMPARISON, by=SYSTEM)
    assert rows_of(operated.browser.get(PAGE).text)[3] == "命令行"


@pytest.mark.parametrize("kind", ["", "repair"])
def test_what_is_no_run_is_refused(operated, kind):
    assert operated.send(RUNS, kind=kind).status_code == 422


def test_a_finance_that_is_down_is_named_and_the_rest_of_the_page_stands(operated):
    operated.peers["finance"] = DOWN
    page = operated.told(RUNS, kind="rebuild")
    assert "财务统计没有响应。数据没有丢失" in page
    assert "现在无法核对或重建" in page
    assert "开始重建" not in page
