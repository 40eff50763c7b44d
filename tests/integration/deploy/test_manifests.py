"""What compose file and manifests say is so: settings, commands, kinds, routes, ports, times."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from taskforce.api.server import create_app
from taskforce.application.factory import close_container, open_container
from taskforce.core.jobs.figures import FIGURES, QUEUE_DEPTH
from taskforce.settings import Settings, SettingsInvalid, load_settings
from tests.integration.deploy.manifests import (
    ADAPTER,
    BASE,
    SECRET,
    Container,
    command,
    compose,
    entry,
    health_check,
    image_environment,
    instructions,
    of_compose,
    of_kubernetes,
    resources,
)

pytestmark = pytest.mark.services

PORT = 8000
STOPPING = 5.0
"""Seconds that the process itself may take to stop, beside the drain: docs/how-to/operate.md."""
HOME = "/var/lib/taskforce/home"


def containers() -> list[Container]:
    return [*of_compose(), *of_kubernetes()]


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[frozenset[str]]:
    container = open_container(Settings(home=tmp_path_factory.mktemp("home"), workers=0))
    yield frozenset(container.player().kinds)
    close_container(container)


def pods() -> list[dict[str, Any]]:
    return [one["spec"]["template"]["spec"] for one in resources("Deployment")]


def test_every_variable_is_a_setting_and_every_value_one_that_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(containers()) == 8
    for container in containers():
        with monkeypatch.context() as here:
            for name, text in container.settings.items():
                here.setenv(name, text)
            here.setenv("XDG_CONFIG_HOME", str(tmp_path))
            settings = load_settings().settings
        assert settings.home == Path(HOME)
        assert not settings.is_open
        assert settings.pepper is not None
        assert (settings.workers == 0) is (not container.is_worker)


def test_a_cluster_lays_no_variables_of_its_own_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (service,) = resources("Service")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"{service['metadata']['name'].upper().replace('-', '_')}_PORT", "tcp://10.0.0.1:80")
    with pytest.raises(SettingsInvalid, match="TASKFORCE_API_PORT"):
        load_settings()
    assert [pod["enableServiceLinks"] for pod in pods()] == [False] * 4


@pytest.mark.parametrize("there", [of_compose, of_kubernetes])
def test_every_kind_of_job_is_played_by_one_sort_of_worker(there: Any, kinds: frozenset[str]) -> None:  # noqa: ANN401 - one of the two
    played = [container.kinds for container in there() if container.is_worker]
    assert frozenset().union(*played) == kinds
    assert sum(map(len, played)) == len(kinds)


def test_compose_and_the_cluster_run_the_same_workers() -> None:
    assert {each.words for each in of_compose()} == {each.words for each in of_kubernetes()}


def test_who_is_stopped_has_time_to_drain() -> None:
    for container in containers():
        drain = float(container.settings.get("TASKFORCE_DRAIN", Settings.model_fields["drain"].default))
        assert container.grace >= container.pause + drain + STOPPING, container.name


def test_probes_and_scrapes_ask_routes_that_there_are_at_the_port_that_is_served() -> None:
    routes = {getattr(route, "path", "") for route in create_app().router.routes}
    asked, ports = set(), set()
    for deployment in resources("Deployment"):
        template = deployment["spec"]["template"]
        (container,) = template["spec"]["containers"]
        for name in ("startupProbe", "livenessProbe", "readinessProbe"):
            if "httpGet" in (probe := container.get(name, {})):
                asked.add(probe["httpGet"]["path"])
                assert probe["httpGet"]["port"] == "http"
        scraped = template["metadata"].get("annotations", {})
        asked |= {scraped[key] for key in scraped if key.endswith("/path")}
        ports |= {int(scraped[key]) for key in scraped if key.endswith("/port")}
        ports |= {port["containerPort"] for port in container.get("ports", ())}
    words = [health_check(), *(each["healthcheck"]["test"] for each in [compose()["services"]["api"]])]
    asked |= {each[each.index("--path") + 1] for each in words if "--path" in each}
    ports |= {int(each[each.index("--port") + 1]) for each in (*words, command())}
    assert asked == {"/health", "/health/ready", "/metrics"}
    assert asked <= routes
    assert {*ports, *map(int, instructions("EXPOSE"))} == {PORT}
    (service,) = resources("Service")
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]
    assert compose()["services"]["api"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]


def test_what_the_image_does_by_itself_is_what_its_doors_are_told_to_do() -> None:
    assert entry() == ("taskforce",)
    assert {each.words for each in containers() if not each.is_worker} == {command()}
    assert instructions("USER")[-1] == "10001:10001"
    assert image_environment()["TASKFORCE_HOME"] == HOME
    assert [line.split()[0] for line in instructions("FROM")] == ["${PYTHON}"] * 2
    assert any("--constraint requirements.lock" in line for line in instructions("RUN"))


def test_every_extra_that_the_image_has_is_one() -> None:
    pyproject = (BASE.parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    (extras,) = [line.removeprefix("EXTRAS=") for line in instructions("ARG") if line.startswith("EXTRAS=")]
    table = pyproject.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    assert set(extras.split(",")) == set(re.findall(r"^([\w-]+) = \[", table, re.MULTILINE)) - {"dev"}


def test_workers_are_counted_by_the_jobs_that_wait_for_theirs() -> None:
    played = {each.name: each.kinds for each in of_kubernetes() if each.is_worker}
    scaled = {}
    for one in resources("HorizontalPodAutoscaler"):
        (metric,) = one["spec"]["metrics"]
        (label,) = metric["external"]["metric"]["selector"]["matchExpressions"]
        assert metric["external"]["metric"]["name"] == QUEUE_DEPTH.name
        assert (label["key"],) == QUEUE_DEPTH.labels
        scaled[one["spec"]["scaleTargetRef"]["name"]] = frozenset(label["values"])
    assert scaled == played


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing: scripts/services.sh")
def test_two_doors_that_tell_the_same_jobs_count_once(tmp_path: Path) -> None:
    (rule,) = yaml.safe_load(ADAPTER.read_text(encoding="utf-8"))["rules"]["external"]
    named = set(re.findall(r"taskforce_\w+", yaml.safe_dump(rule)))
    assert named <= {figure.name for figure in FIGURES}
    of = 'kind="mission",namespace="taskforce"'
    query = rule["metricsQuery"].replace("<<.LabelMatchers>>", of)
    told = [{"series": f'taskforce_queue_depth{{{of},pod="{pod}"}}', "values": "7"} for pod in ("one", "two")]
    samples = [{"labels": '{kind="mission"}', "value": 7}]
    asked = [{"expr": query, "eval_time": "0m", "exp_samples": samples}]
    whole = {"tests": [{"input_series": told, "promql_expr_test": asked}]}
    file = tmp_path / "adapter.yaml"
    file.write_text(yaml.safe_dump(whole), encoding="utf-8")
    words = ["promtool", "test", "rules", str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_pod_is_shut_in() -> None:
    for pod in pods():
        assert pod["securityContext"].items() >= {
            ("runAsNonRoot", True),
            ("runAsUser", 10001),
            ("fsGroup", 10001),
        }
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in (*pod["initContainers"], *pod["containers"]):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]
            assert container["image"] == pod["containers"][0]["image"] != "taskforce"
            mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
            assert {str(Path(HOME).parent), "/tmp"} <= mounted  # noqa: S108 - inside


def test_every_container_of_compose_is_shut_in_and_waits_for_what_it_needs() -> None:
    services = compose()["services"]
    for name, service in services.items():
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert "test" in services[needed]["healthcheck"]
    for container in of_compose():
        service = services[container.name]
        assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001")
        assert service["security_opt"] == ["no-new-privileges:true"]
    outside = [name for name, service in services.items() if "outside" in service["networks"]]
    assert outside == [container.name for container in of_compose()]
    assert [name for name, service in services.items() if "profiles" in service] == ["redis"]


def test_no_secret_is_told_and_each_one_that_is_named_has_its_place() -> None:
    example = yaml.safe_load(SECRET.read_text(encoding="utf-8"))
    assert (
        SECRET.name
        not in (BASE / "kustomization.yaml").read_text(encoding="utf-8").partition("resources:")[2]
    )
    assert resources("Secret") == []
    told = {name for name, text in example["stringData"].items() if "REPLACE-ME" not in text}
    assert told == {"TASKFORCE_ARTIFACTS_URL"}
    (shared,) = resources("ConfigMap")
    assert not shared["data"].keys() & example["stringData"].keys()
    for pod in pods():
        for container in (*pod["initContainers"], *pod["containers"]):
            assert container["envFrom"] == [
                {"configMapRef": {"name": shared["metadata"]["name"]}},
                {"secretRef": {"name": example["metadata"]["name"]}},
            ]


def test_what_selects_pods_selects_some() -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"].items() for one in resources("Deployment")]
    for kind, of in (
        ("Service", "selector"),
        ("PodDisruptionBudget", "selector"),
        ("NetworkPolicy", "podSelector"),
    ):
        for one in resources(kind):
            selector = one["spec"][of]
            wanted = selector if kind == "Service" else selector["matchLabels"]
            assert any(wanted.items() <= each for each in labels), one["metadata"]["name"]
    assert len(resources("PodDisruptionBudget")) == len(resources("Deployment"))
