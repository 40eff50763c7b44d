"""What deploy/ holds for Prometheus and Grafana: expressions that are right, of figures that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from taskforce.core.jobs.figures import FIGURES
from taskforce.core.missions.counters import COUNTERS
from taskforce.core.pipelines.figures import OF_PIPELINES
from taskforce.core.telemetry import Histogram

DEPLOY = Path(__file__).parents[3] / "deploy"
RULES = DEPLOY / "prometheus" / "taskforce.rules.yaml"
RULES_TEST = DEPLOY / "prometheus" / "taskforce.rules.test.yaml"
DASHBOARD = DEPLOY / "grafana" / "taskforce.json"
INSTRUMENTS = (*FIGURES, *COUNTERS, *OF_PIPELINES)
SERIES = {each.name for each in INSTRUMENTS if not isinstance(each, Histogram)} | {
    f"{each.name}{part}"
    for each in INSTRUMENTS
    if isinstance(each, Histogram)
    for part in ("_bucket", "_sum", "_count")
}
LABELS = {name for each in INSTRUMENTS for name in each.labels} | {"le"}
promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is missing: scripts/services.sh"
)


def alerts() -> dict[str, str]:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for rule in group["rules"]}


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def expressions() -> list[str]:
    return [*alerts().values(), *(target["expr"] for panel in panels() for target in panel["targets"])]


def told(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *words], capture_output=True, text=True, check=False, timeout=60)


def test_every_expression_names_figures_and_labels_that_there_are() -> None:
    assert len(expressions()) > 15
    for expression in expressions():
        named = set(re.findall(r"\btaskforce_\w+", expression))
        assert named, expression
        assert named <= SERIES, expression
        labels = set(re.findall(r"[{,]\s*(\w+)\s*(?:=~|=|!=)", expression))
        for group in re.findall(r"by \(([^)]*)\)", expression):
            labels |= {word.strip() for word in group.split(",")}
        assert labels <= LABELS, expression


def test_what_is_to_be_woken_for_is_there() -> None:
    assert alerts().keys() >= {
        "TaskforceRunsFail",
        "TaskforceQueueGrows",
        "TaskforceApiErrors",
        "TaskforceWorkersGone",
    }


def test_the_panels_of_the_dashboard_lie_side_by_side() -> None:
    places = [
        (panel["gridPos"]["x"] + right, panel["gridPos"]["y"] + down)
        for panel in panels()
        for right in range(panel["gridPos"]["w"])
        for down in range(panel["gridPos"]["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24
    assert len({panel["id"] for panel in panels()}) == len(panels())


@pytest.mark.services
@promtool
def test_prometheus_takes_the_rules_and_their_test_passes() -> None:
    for words in (("check", "rules", str(RULES)), ("test", "rules", str(RULES_TEST))):
        checked = told(*words)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = yaml.safe_load(RULES_TEST.read_text(encoding="utf-8"))["tests"]
    fired = {one["alertname"] for test in tested for one in test["alert_rule_test"] if one["exp_alerts"]}
    assert fired == alerts().keys()


@pytest.mark.services
@promtool
def test_prometheus_takes_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = [
        {"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(expressions())
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": asked}]}), encoding="utf-8")
    checked = told("check", "rules", str(file))
    assert checked.returncode == 0, checked.stdout + checked.stderr
