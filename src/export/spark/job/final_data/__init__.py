"""From logs of clicks to a FINAL Studio data set. No module here needs Spark; prepare.py has the passes over the log."""
