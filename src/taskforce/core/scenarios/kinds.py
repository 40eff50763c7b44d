"""What the work of scenarios is called among the kinds of jobs."""

SCENARIO = "scenario"
EXPERIMENT = "experiment"
DEBRIEF = "debrief"
