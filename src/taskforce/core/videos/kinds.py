"""What the work on films is called among the kinds of jobs."""

VIDEO = "video"
