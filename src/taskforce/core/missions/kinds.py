"""What missions are called among the kinds of jobs."""

MISSION = "mission"
