"""What the work of the marketplace is called among the kinds of jobs."""

SCAN = "scan"
