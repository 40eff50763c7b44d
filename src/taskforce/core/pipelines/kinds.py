"""What the work of pipelines is called among the kinds of jobs."""

PIPELINE = "pipeline"
RELEASE = "release"
DEPLOYMENT = "deployment"
FORGE = "forge"
