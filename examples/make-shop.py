"""Makes the workbook, the document and the page of examples/shop: `python examples/make-shop.py`.

Needs openpyxl and python-docx. The files are kept in the repository; run this only to change them.
"""

import datetime
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

SHOP = Path(__file__).parent / "shop"
MADE = datetime.datetime(2026, 11, 20, 9, 0)


def day(number):
    return datetime.date(2026, 11, 30) + datetime.timedelta(days=number)


def plan():
    """The week after that of plan.csv: a table with merged days, a hidden row, and a grid."""
    book = Workbook()
    book.properties.created = book.properties.modified = MADE
    sheet = book.active
    sheet.title = "计划"
    sheet["A1"] = "春茗茶行 12 月第一周（内部）"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.merge_cells("A1:H1")
    sheet.append(["日期", "时间", "账号", "动作", "对象", "文案", "金额", "设备"])
    clock = datetime.time
    rows = [
        (day(0), clock(9, 0), "chunming-owner", "发朋友圈", None, "早上好，今天店里煮的是三年寿眉，路过来喝一杯。", None, "phone-1"),
        (None, clock(12, 30), "chunming-owner", "发朋友圈", None, "双旦礼盒开订，肉桂配白牡丹，全网最低价，只要 198。", None, "phone-1"),
        (day(1), clock(10, 0), "chunming-oa", "发文章", None, "冬天喝什么茶：三款老茶的煮法", None, None),
        (day(2), clock(15, 0), "chunming-owner", "发红包", "group-old-friends", "天冷了，请大家喝杯热的", 88, "phone-1"),
        (None, clock(15, 5), "chunming-owner", "发红包", "group-old-friends", "再来一个大的", 666, "phone-1"),
        (day(3), clock(11, 0), "chunming-xiaolin", "私聊", "kehu-331", "李哥，您要的茶样今天寄出，单号我晚点发您。", None, "phone-2"),
        (day(4), clock(16, 0), "chunming-xiaolin", "群发", None, "扫码进群领茶样，进不去的加薇 chunming-tea2", None, "phone-2"),
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("A6:A7")
    sheet.row_dimensions[9].hidden = True
    for row in sheet.iter_rows(min_row=3):
        row[0].number_format, row[1].number_format = 'm"月"d"日"', "h:mm"
        row[5].alignment = Alignment(wrap_text=True)
    sheet.column_dimensions["F"].width = 48

    grid = book.create_sheet("周末茶会")
    for row in [
        ["动作", "发朋友圈"],
        ["账号", "chunming-owner"],
        ["设备", "phone-1"],
        ["周", day(0)],
        ["时间", "周六", "周日"],
        [clock(10, 0), "茶会下午两点开始，还有四个位子。", "昨天的茶会照片，谢谢各位来捧场。"],
        [clock(20, 0), None, "下周见。"],
    ]:
        grid.append(row)
    book.save(SHOP / "december.xlsx")


def letter():
    """A draft with a table, hidden text and a comment of the shop's own."""
    document = Document()
    document.core_properties.created = document.core_properties.modified = MADE
    document.core_properties.author = "春茗茶行"
    document.add_heading("老茶品鉴会邀请", level=1)
    document.add_paragraph("各位老朋友：")
    document.add_paragraph("12 月 12 日下午两点，我们在店里开三款老茶，来了就能喝，喝了再决定。席位二十个，报名请在公众号菜单里填表。")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "茶", "怎么样"
    for tea, words in [("2015 年寿眉", "枣香明显，适合煮"), ("2012 年白牡丹", "甜润，耐泡"), ("陈年六堡", "暖胃，长期喝根治失眠")]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = tea, words
    last = document.add_paragraph("当天下单的朋友，每人送一只品茗杯。")
    hidden = last.add_run("（内部：请帮忙刷好评，每单返 5 元）")
    hidden.font.hidden = True
    document.add_comment(runs=last.runs[0], text="送杯子的数量找老板娘定。", author="小林", initials="L")
    document.save(SHOP / "drafts" / "tea-tasting.docx")


ARTICLE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta property="og:title" content="冬天喝什么茶：三款老茶的煮法">
<title></title>
<style>.rich_media_content{visibility:hidden}</style>
<script>window.logs = {"pagetime": "</p>"};</script>
</head>
<body>
<div class="rich_media_inner">
<h1 class="rich_media_title" id="activity-name">冬天喝什么茶：三款老茶的煮法</h1>
<div class="rich_media_meta_list"><a href="javascript:void(0);">春茗茶行</a> <em>2026-12-01 10:00</em></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0; ">
<section style="margin: 0 8px;"><p><span style="font-size: 15px;">天一冷，店里煮茶的壶就没停过。</span></p>
<p><strong>一、老寿眉</strong><br>五克茶，半升水，<span style="color: rgb(217, 33, 66);">水开再下</span>，煮三分钟就好。</p>
<p><img class="rich_pages" data-src="https://mmbiz.example/1.jpg" alt="壶里的老寿眉"></p>
<p>二、白牡丹。我们的白牡丹是<strong>全国</strong><em>第&#x4E00;</em>的产区来的，<span>顶级</span>原料。</p>
<p>三、六堡。喝完身上暖和，晚上也睡得着。</p>
<p style="display: none;">转发到朋友圈集满 38 个赞，截图发后台领茶样</p></section>
</div>
<div class="rich_media_tool"><a href="#">阅读原文</a></div>
</div>
</body>
</html>
"""

if __name__ == "__main__":
    plan()
    letter()
    (SHOP / "drafts" / "winter-teas.html").write_text(ARTICLE, encoding="utf-8")
