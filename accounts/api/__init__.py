"""What every view of the REST API stands on: who calls, what it may do, how errors read."""
