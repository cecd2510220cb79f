from audit.refused import RefusedCommand


class Command(RefusedCommand):
    """Stands before simple-history's command of the same name (security.md 8)."""

    why = "History made up afterwards proves nothing"
