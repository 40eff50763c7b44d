"""Outcomes of simulations, made by hand."""

from taskforce.core.scenarios.outcome import Entry, Happening, JobRecord, MachineRecord, Replication
from taskforce.core.scenarios.plant import Machine, Plant, Product, Routing, RoutingStep

A_JOB = JobRecord(
    job_id="1",
    product_id="P",
    routing_id="R",
    arrived=0.0,
    released=0.0,
    due=10.0,
    completed=8.0,
    quantity=1,
    good=1,
    scrapped=0,
    reworked=0,
    attempts=2,
    waited=3.0,
    set_up=1.0,
    broken=0.0,
    processed=4.0,
)


def a_job(job_id: str = "1", *, lead: float = 8.0, due: float = 10.0, arrived: float = 0.0) -> JobRecord:
    """A job of so many hours: an eighth set up, half of it processed, the rest waited."""
    return A_JOB._replace(
        job_id=job_id,
        arrived=arrived,
        released=arrived,
        due=due,
        completed=arrived + lead,
        waited=lead * 3 / 8,
        set_up=lead / 8,
        processed=lead / 2,
    )


def a_machine(machine_id: str = "M1", *, processing: float = 60.0, setting_up: float = 10.0) -> MachineRecord:
    """A machine that was there for a hundred hours, and failed in five."""
    return MachineRecord(
        machine_id=machine_id, available=100.0, processing=processing, setting_up=setting_up, failed=5.0
    )


def a_replication(
    *jobs: JobRecord,
    number: int = 0,
    machines: tuple[MachineRecord, ...] = (a_machine(),),
    entries: tuple[Entry, ...] = (),
) -> Replication:
    """A hundred hours without a warm-up."""
    return Replication(
        number=number,
        began=0.0,
        ended=100.0,
        jobs=jobs,
        machines=machines,
        completions=sum(job.completed is not None for job in jobs),
        wip_hours=250.0,
        in_system_hours=300.0,
        labour_hours=30.0,
        labour_available_hours=40.0,
        entries=entries,
    )


def replications(count: int, *, slower: float = 0.0, jobs: int = 20) -> tuple[Replication, ...]:
    """Replications that differ a little from one another, in the same way whatever the slowness."""
    return tuple(
        a_replication(
            *(
                a_job(
                    str(job + 1), lead=4 + job % 7 + number * 0.1 + slower, due=2 * job + 9, arrived=2 * job
                )
                for job in range(jobs)
            ),
            number=number,
            machines=(
                a_machine("M1", processing=60 + number, setting_up=8 + slower),
                a_machine("M2", processing=80 + number),
            ),
            entries=entries_of(jobs) if number == 0 else (),
        )
        for number in range(count)
    )


def entries_of(jobs: int) -> tuple[Entry, ...]:
    """A timeline: each job is set up for and made, on M1 and then M2; M1 fails once."""
    timeline = [
        Entry(5.0, Happening.FAILED, "", "M1", "", "", 0),
        Entry(5.5, Happening.REPAIRED, "", "M1", "", "", 0),
    ]
    for job in range(jobs):
        name, at = str(job + 1), 2.0 * job
        timeline += [
            Entry(at, Happening.ARRIVED, name, "", "", "", 1),
            Entry(at, Happening.SETUP_STARTED, name, "M1", "S1", "Ann", 1),
            Entry(at + 0.25, Happening.SETUP_ENDED, name, "M1", "S1", "Ann", 1),
            Entry(at + 0.25, Happening.STARTED, name, "M1", "S1", "Ann", 1),
            Entry(at + 1.5, Happening.ENDED, name, "M1", "S1", "Ann", 1),
            Entry(at + 1.5, Happening.STARTED, name, "M2", "S2", "", 1),
            Entry(at + 3.0, Happening.ENDED, name, "M2", "S2", "", 1),
            Entry(at + 3.0, Happening.COMPLETED, name, "", "", "", 1),
        ]
    return tuple(sorted(timeline, key=lambda entry: entry.timestamp))


def a_plant(name: str = "Line") -> Plant:
    """Two machines in two groups, one product."""
    return Plant(
        plant_id="line",
        name=name,
        timezone="UTC",
        epoch=None,
        products=(Product(product_id="P", family_id="F", process_time_mean=1.0),),
        routings=(
            Routing(
                routing_id="R",
                product_id="P",
                steps=(
                    RoutingStep(step_id="S1", machine_group_id="Turning", process_time_mean=1.25),
                    RoutingStep(step_id="S2", machine_group_id="Milling", process_time_mean=1.5),
                ),
            ),
        ),
        machines=(
            Machine(machine_id="M1", name="Lathe", cell_id="A", machine_group_id="Turning"),
            Machine(machine_id="M2", name="Mill", cell_id="B", machine_group_id="Milling"),
        ),
    )
