"""The page of imports and exports: dry run, faults, duplicates, carrying out, coming back."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import Desk
from tests.browser.people import Colleague, sign_in
from tests.browser.service import Api, Service
from tests.office_files import docx, paragraph, picture, png, table, xlsx

pytestmark = pytest.mark.browser

KNOWN = "空调安装要收费吗？"
QUESTION = "琴叶榕落叶了还能退吗？"
FAQ = f"""问题,答案,相似问题,备注
{QUESTION},绿植签收后48小时内拍照可以退。,琴叶榕掉叶子怎么办,客服提的
没有答案的问题,,,
{KNOWN},基础安装不收费。,,
=1+1等于几,等于二。,,
"""
MANUAL = docx(
    [
        paragraph("琴叶榕养护手册", "1"),
        paragraph("浇水", "2"),
        paragraph("土干了再浇。"),
        picture("p1", "浇水示意"),
        paragraph("光照", "2"),
        table([["位置", "时长"], ["窗边", "6 小时"]]),
    ],
    pictures={"p1": png(320)},
)


@pytest.fixture(scope="module")
def reviewer(service: Service, chromium: Browser) -> Iterator[Colleague]:
    """Somebody who may publish what another person uploaded."""
    colleague = sign_in(service, chromium, "he", "何审核", "reviewer")
    yield colleague
    colleague.context.close()


def start(page: Page, service: Service) -> None:
    page.goto(f"{service.base}/desk/import")
    page.locator("#exchange[data-ready]").wait_for()


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    kind = "application/octet-stream"
    payloads = [FilePayload(name=name, mimeType=kind, buffer=data) for name, data in files]
    page.set_input_files("#import-files", payloads)


def check(page: Page, service: Service, name: str, data: bytes) -> None:
    """Uploads a file and waits until the dry run is over."""
    start(page, service)
    choose(page, (name, data))
    expect(page.locator("#import-chosen")).to_contain_text(name)
    page.get_by_role("button", name="开始预检").click()
    expect(page.locator("#run-title")).to_have_text(name)
    expect(page.locator(".run-tiles, .run-reason")).to_be_visible(timeout=90_000)


def tile(page: Page, label: str) -> str:
    """The number on the tile of that name."""
    return page.locator(".run-tiles .tile", has_text=label).locator("b").inner_text()


def carry_out(page: Page, *, publish: bool = False) -> None:
    page.locator("#run-apply").click()
    dialog = page.get_by_role("dialog")
    if publish:
        dialog.get_by_label("直接发布").check()
    dialog.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".run-done")).to_be_visible(timeout=60_000)


def test_a_table_with_faults_from_the_dry_run_to_an_entry_that_is_found(
    service: Service, page: Page, tmp_path: Path
) -> None:
    check(page, service, "常见问题.csv", FAQ.encode())
    assert [tile(page, label) for label in ("新增", "更新", "失败", "疑似重复")] == list("3011")
    expect(page.locator(".run-forms")).to_contain_text("识别为问答表")
    expect(page.locator(".columns li", has_text="备注")).to_contain_text("不导入")
    expect(page.locator(".columns li", has_text="相似问题").last).to_contain_text("相似问题")
    only = page.locator(".import-rows tbody tr")
    expect(only).to_have_count(1)
    expect(only).to_contain_text("第 3 行")
    expect(only).to_contain_text("没有答案的问题")
    expect(only).to_contain_text("内容为空")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载失败的 1 行").click()
    waiting.value.save_as(tmp_path / "failed.csv")
    with (tmp_path / "failed.csv").open(encoding="utf-8-sig", newline="") as file:
        failed = list(csv.reader(file))
    assert failed[1][:2] == ["没有答案的问题", ""]
    assert failed[1][-2:] == ["3", "答案: 内容为空"]

    page.locator(".tile", has_text="疑似重复").click()
    row = page.locator(".import-rows tbody tr")
    expect(row).to_contain_text("问题相同")
    expect(row.get_by_role("link", name=KNOWN)).to_have_attribute("href", re.compile("/entries/"))
    row.get_by_role("button", name="详情").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".row-beside > div").first).to_contain_text("基础安装不收费。")
    expect(sheet.locator(".row-beside > div").last).to_contain_text("已有条目")
    expect(sheet.locator(".row-beside > div").last).to_contain_text("墙孔")
    page.keyboard.press("Escape")
    expect(row.get_by_role("button", name="详情")).to_be_focused()

    page.locator("#run-apply").click()
    dialog = page.get_by_role("dialog")
    for words in ("新增 3 条", "1 行失败，不导入", "直接发布需要上传者以外的审核人"):
        expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="取消").click()
    expect(page.locator("#run-apply")).to_be_focused()
    page.locator("#run-apply").click()
    page.get_by_role("dialog").get_by_label("跳过疑似重复的 1 行").check()
    page.get_by_role("dialog").get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".run-done")).to_contain_text("已导入 2 条草稿")
    assert tile(page, "跳过") == "1"
    page.get_by_role("link", name="查看草稿").click()
    expect(page.get_by_role("link", name=QUESTION)).to_be_visible()


def test_a_reviewer_publishes_what_somebody_else_uploaded_and_it_answers(
    service: Service, page: Page, reviewer: Colleague, api: Api
) -> None:
    question = "积木缺了一块怎么补寄？"
    data = xlsx([("q", "a"), (question, "签收30天内报缺件编号，免费补寄一块积木。")])
    check(page, service, "积木.xlsx", data)
    expect(page.locator(".run-forms")).to_contain_text("FastGPT")
    theirs = reviewer.page("/desk/import")
    theirs.locator(".history-row", has_text="积木.xlsx").click()
    expect(theirs.locator(".run-facts")).to_contain_text("测试管理员")
    carry_out(theirs, publish=True)
    expect(theirs.locator(".run-done")).to_contain_text("已导入并发布 1 条")
    theirs.close()
    for _ in range(40):
        found = api.post("/search", {"query": question})["results"]
        if found and found[0]["title"] == question:
            break
        page.wait_for_timeout(500)
    assert found[0]["title"] == question


def test_a_manual_keeps_its_pictures_which_every_colleague_sees(
    service: Service, page: Page, reviewer: Colleague, desk: Desk
) -> None:
    check(page, service, "养护手册.docx", MANUAL)
    assert tile(page, "新增") == "2"
    theirs = reviewer.page(page.url.removeprefix(service.base))
    carry_out(theirs, publish=True)
    theirs.locator(".import-rows tbody tr", has_text="浇水").get_by_role("button").click()
    theirs.get_by_role("dialog").get_by_role("link", name="打开条目").click()
    address = theirs.url.removeprefix(service.base)
    agents = desk("li", at=address)
    for reader in (theirs, agents):
        image = reader.locator("article.entry .prose img")
        expect(image).to_have_attribute("alt", "浇水示意")
        expect(image).to_have_attribute("width", "320")
        expect(image).to_have_attribute("loading", "lazy")
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") == 320
    theirs.close()


def test_a_damaged_file_is_refused_with_its_reason_and_the_way_on(
    service: Service, page: Page
) -> None:
    whole = xlsx([("问题", "答案"), ("一", "二")])
    check(page, service, "坏文件.xlsx", whole[: len(whole) // 2])
    expect(page.locator(".run-reason")).to_contain_text("文件已损坏或不完整")
    expect(page.locator("#run-apply")).to_have_count(0)
    page.locator(".run-body").get_by_role("link", name="导入另一个文件").click()
    expect(page.locator("#choose-files")).to_be_focused()
    choose(page, ("病毒.exe", b"MZ"))
    page.get_by_role("button", name="开始预检").click()
    expect(page.locator(".run-reason")).to_contain_text("不支持这种文件")


def test_a_dry_run_can_be_left_and_come_back_to(service: Service, page: Page) -> None:
    rows = [("问题", "答案"), *((f"第{n}号问题怎么办？", f"按{n}号办法办理，请看说明。" if n % 100 else "") for n in range(1, 1501))]  # fmt: skip
    start(page, service)
    choose(page, ("很多.xlsx", xlsx(rows)))
    page.get_by_role("button", name="开始预检").click()
    expect(page.locator("#run-title")).to_have_text("很多.xlsx")
    page.goto(f"{service.base}/desk/entries")
    start(page, service)
    row = page.locator(".history-row", has_text="很多.xlsx")
    expect(row).to_contain_text("待导入", timeout=90_000)
    row.click()
    expect(page.locator(".run-tiles")).to_be_visible()
    assert [tile(page, label) for label in ("新增", "失败")] == ["1,485", "15"]
    page.locator(".tile", has_text="全部行").click()
    expect(page.locator(".import-rows tbody tr")).to_have_count(50)
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(".import-rows tbody tr").first).to_contain_text("第 52 行")
    expect(page.get_by_role("button", name="下一页")).to_be_focused()
    page.get_by_role("button", name="上一页").click()
    expect(page.locator(".import-rows tbody tr").first).to_contain_text("第 2 行")
    page.go_back()
    expect(page.locator("#import-form")).to_be_visible()


def test_progress_is_shown_and_a_lost_connection_is_told(service: Service, page: Page) -> None:
    check(page, service, "两行.csv", "问题,答案\n多肉怎么养？,少浇水。\n".encode())
    address = page.url
    shown = json.loads(page.request.get(f"{service.base}/api/v1/imports/{address[-16:]}").text())
    reading = {**shown, "state": "reading", "done": 3200, "total": 10000, "rows": []}
    pattern = re.compile(r"/api/v1/imports/\w{16}\?limit=0")
    page.route(pattern, lambda route: route.fulfill(json=reading))
    page.goto(address)
    expect(page.locator("#run-progress")).to_have_text("已读 3,200 / 10,000 行")
    expect(page.locator(".run-progress progress")).to_have_js_property("value", 3200)
    expect(page.locator(".run-progress progress")).to_have_js_property("max", 10000)
    page.unroute(pattern)
    page.route(pattern, lambda route: route.fulfill(status=200, body="cut off"))
    expect(page.get_by_text("连不上服务，恢复后会自动更新")).to_be_visible()
    page.unroute(pattern)
    expect(page.locator(".run-tiles")).to_be_visible()
    stopped = {**reading, "interrupted": True}
    page.route(pattern, lambda route: route.fulfill(json=stopped))
    page.goto(address)
    expect(page.get_by_text("停在 3,200 / 10,000 行")).to_be_visible()
    expect(page.get_by_role("button", name="继续")).to_be_visible()


def test_an_export_comes_back_unchanged_and_what_was_edited_as_a_draft(
    service: Service, page: Page, tmp_path: Path
) -> None:
    start(page, service)
    for kind in ("政策", "指南", "案例", "话术"):
        page.get_by_label(kind, exact=True).uncheck()
    page.get_by_label("CSV").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出", exact=True).click()
    waiting.value.save_as(tmp_path / "out.csv")
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    check(page, service, "out.csv", data)
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {line["类型"] for line in lines} == {"faq"}
    assert tile(page, "未变") == tile(page, "全部行") == f"{len(lines):,}"
    expect(page.locator(".run-actions")).to_contain_text("和知识库完全一致")

    edited = data.decode("utf-8-sig").replace(lines[0]["标题"], lines[0]["标题"] + "（改）", 1)
    check(page, service, "edited.csv", edited.encode())
    assert tile(page, "更新") == "1"
    page.locator(".tile", has_text="更新").click()
    expect(page.locator(".import-rows tbody tr")).to_have_count(1)
    page.locator(".import-rows tbody tr").get_by_role("button", name="详情").click()
    expect(page.get_by_role("dialog").locator("ins")).to_contain_text("（改）")
    expect(page.get_by_role("dialog").locator("del")).to_have_text(lines[0]["标题"])
    page.keyboard.press("Escape")
    start(page, service)
    for kind in ("政策", "指南", "常见问题", "案例", "话术"):
        page.get_by_label(kind, exact=True).uncheck()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.locator("#export-wrong")).to_have_text("请至少选一种类型")


def test_a_folder_goes_as_one_and_other_files_each_for_themselves(
    service: Service, page: Page, tmp_path: Path
) -> None:
    folder = tmp_path / "知识"
    (folder / "inner").mkdir(parents=True)
    for number in range(3):
        text = f"---\nid: folder-guide-{number}\nkind: guide\ntitle: 文件夹指南 {number}\n---\n\n内容 {number}。\n"
        (folder / "inner" / f"{number}.md").write_text(text, "utf-8")
    (folder / "notes.exe").write_bytes(b"MZ")
    (folder / ".hidden.md").write_text("x", "utf-8")
    start(page, service)
    page.set_input_files("#import-folder", folder)
    expect(page.locator("#import-chosen")).to_contain_text("3 个文件")
    expect(page.locator("#import-chosen")).to_contain_text("另有 1 个其他类型的文件")
    page.get_by_role("button", name="开始预检").click()
    expect(page.locator("#run-title")).to_have_text("知识.zip")
    expect(page.locator(".run-tiles")).to_be_visible(timeout=60_000)
    assert tile(page, "新增") == "3"
    start(page, service)
    choose(page, ("一.csv", FAQ.encode()), ("空的.csv", b""), ("二.html", b"<h1>x</h1><p>text</p>"))
    expect(page.locator("#import-wrong")).to_contain_text("空的.csv：文件是空的")
    page.get_by_role("button", name="移除 二.html").click()
    expect(page.locator("#import-chosen li")).to_have_count(1)
    expect(page.get_by_role("button", name="移除 一.csv")).to_be_focused()
    choose(page, ("一.csv", FAQ.encode()), ("二.html", b"<h1>x</h1><p>text</p>"))
    page.get_by_role("button", name="开始预检").click()
    for name in ("一.csv", "二.html"):
        row = page.locator(".history-row", has_text=name).first
        expect(row).to_contain_text("待导入", timeout=60_000)


def test_agents_may_not_open_the_page(service: Service, desk: Desk) -> None:
    agents = desk("li", strict=False)
    answer = agents.goto(f"{service.base}/desk/import")
    assert answer is not None
    assert answer.status == 403
