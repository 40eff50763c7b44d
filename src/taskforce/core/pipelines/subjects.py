"""What brokers call the work of pipelines, in the words of the seed: the run's or release's id follows."""

from taskforce.core.pipelines.kinds import PIPELINE, RELEASE

OF_RUNS = {PIPELINE: "pipeline.discovery", RELEASE: "pipeline.releases"}
"""By kind of job. A run begins with its discovery; its tasks and artifacts are branches of it, not jobs."""
