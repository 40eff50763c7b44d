"""A debrief as one HTML file: its style and its pictures are within, it runs no script and loads nothing."""

from html import escape

from taskforce.core.scenarios.debrief import Debrief, KpiRow
from taskforce.core.scenarios.drawing import svg
from taskforce.core.scenarios.figures import tied
from taskforce.core.scenarios.kpi_table import BETTER, PART, WORSE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
@page{size:A4;margin:9mm 12mm}
*{box-sizing:border-box}
body{margin:0 auto;padding:9mm 12mm;max-width:210mm;background:#fff;color:#1f2933;
font:8.6pt/1.28 Helvetica,Arial,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
@media print{body{padding:0;max-width:none}}
h1{font-size:15pt;margin:0 0 1mm;color:#12304f}
h2{font-size:9.6pt;margin:2.6mm 0 .8mm;color:#1f5fa8;border-bottom:.3mm solid #c9d3df;padding-bottom:.4mm}
p{margin:0 0 1.5mm}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.3mm 1.6mm;text-align:left;border-bottom:.15mm solid #e3e8ee;line-height:1.22}
th{font-weight:bold;color:#52606d;border-bottom:.3mm solid #9aa5b1}
.n{text-align:right;white-space:nowrap}
.part td{color:#52606d}
.part td:first-child{padding-left:5mm}
td.better,.part td.better{color:#1d7a3e;font-weight:bold}
td.worse,.part td.worse{color:#b3261e;font-weight:bold}
.settings{width:auto;min-width:60%}
.charts{display:flex;gap:3mm;margin-top:2mm;break-inside:avoid}
.charts figure{margin:0;flex:1;min-width:0}
.charts svg{display:block;width:100%;height:auto}
ol,ul{margin:0;padding-left:5mm}
li{margin-bottom:.3mm}
.do{background:#eef4fb;border-left:1mm solid #1f5fa8;padding:1.4mm 2.5mm;margin:0}
.small{font-size:7.2pt;color:#3e4c59}
footer{margin-top:2mm;font-size:6.8pt;color:#52606d}
a{color:#1f5fa8}
"""


def html(page: Debrief) -> bytes:
    """Return a debrief as HTML in UTF-8 that prints on one page of A4; every word is escaped."""
    title = escape(page.title)
    body = "\n".join(
        [
            f"<h1>{title}</h1>",
            f"<p>{escape(page.compared)}</p>",
            _settings(page),
            "<h2>KPIs</h2>",
            _kpis(page),
            _charts(page),
            "<h2>Findings</h2>",
            _findings(page),
            "<h2>Recommendation</h2>",
            f'<p class="do">{_prose(page.recommendation)}</p>',
            "<h2>Assumptions</h2>",
            _list(page.assumptions),
            _footer(page),
        ]
    )
    document = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return document.encode("utf-8", "replace")


def _settings(page: Debrief) -> str:
    rows = [
        [one.label, one.baseline, one.scenario] if page.has_baseline else [one.label, one.scenario]
        for one in page.settings
    ]
    header = ["Setting", "Baseline", "Scenario"] if page.has_baseline else ["Setting", "Scenario"]
    cells = "".join(f"<th>{title}</th>" for title in header)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="settings"><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>'


def _kpis(page: Debrief) -> str:
    titles = (
        ["Baseline", "Scenario", "Delta", "95 % interval of delta"]
        if page.has_baseline
        else ["Scenario", "95 % interval"]
    )
    header = "".join(f'<th class="n">{title}</th>' for title in titles)
    verdict = "<th>Verdict</th>" if page.has_baseline else ""
    rows = "\n".join(_row(row, has_baseline=page.has_baseline) for row in page.rows)
    return (
        f'<table class="kpis"><thead><tr><th>KPI</th><th>Unit</th>{header}{verdict}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table>"
    )


def _row(row: KpiRow, *, has_baseline: bool) -> str:
    numbers = (
        [row.baseline, row.scenario, row.delta, row.interval]
        if has_baseline
        else [row.scenario, row.interval]
    )
    cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
    tone = f' class="{row.verdict}"' if row.verdict in {BETTER, WORSE} else ""
    verdict = f"<td{tone}>{row.verdict}</td>" if has_baseline else ""
    part = ' class="part"' if row.label.startswith(PART) else ""
    return f"<tr{part}><td>{row.label}</td><td>{row.fact.unit}</td>{cells}{verdict}</tr>"


def _charts(page: Debrief) -> str:
    figures = "".join(f"<figure>{svg(chart)}</figure>" for chart in page.charts)
    return f'<div class="charts">{figures}</div>'


def _findings(page: Debrief) -> str:
    items = "".join(f"<li><b>{_prose(one.title)}.</b> {_prose(one.text)}</li>" for one in page.findings)
    return f"<ol>{items}</ol>"


def _list(sentences: tuple[str, ...]) -> str:
    return f'<ul class="small">{"".join(f"<li>{_prose(sentence)}</li>" for sentence in sentences)}</ul>'


def _prose(text: str) -> str:
    return escape(tied(text))


def _footer(page: Debrief) -> str:
    links = " · ".join(f'<a href="{escape(link.address)}">{escape(link.label)}</a>' for link in page.links)
    return f"<footer>{links}{'<br>' if links else ''}{escape(page.source)}</footer>"
