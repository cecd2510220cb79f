"""Follows the feed and keeps a dialler's own stop list in step with it.

    python follow.py seen.txt stopped.txt        # once, as from cron
    python follow.py seen.txt stopped.txt 5      # every five seconds

``seen.txt`` holds the number of the last entry that was acted on. It is written after the stop
list, and the acknowledgement comes last: whatever happens in between is read again, and nothing is
skipped.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import api

STOPS = {
    "consent.refused",
    "consent.withdrawn",
    "consent.invalidated",
    "objection",
    "objection_purpose",
    "do_not_contact",
    "undeliverable",
    "processing_restricted",
    "contact.retired",
}


def main(seen: str, stopped: str, every: str = "") -> None:
    follow(Path(seen), Path(stopped))
    while every:
        time.sleep(float(every))
        follow(Path(seen), Path(stopped))


def follow(seen: Path, stopped: Path) -> None:
    start = {"after": seen.read_text()} if seen.exists() else {}
    for page in pages(start):
        with stopped.open("a") as file:
            file.writelines(lines(entry) for entry in page["results"] if entry["type"] in STOPS)
        seen.write_text(str(page["last"]))
        api.post("feed/acks/", {"seq": page["last"]})


def pages(start: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every page there is now; one that is empty may still lead on."""
    page = api.get("events/", limit=1000, **start)
    yield page
    while page["next"]:
        page = api.get("events/", limit=1000, after=page["last"])
        yield page


def lines(entry: dict[str, Any]) -> str:
    """Contact, purpose and channel; a star where all of them are meant.

    An objection follows the person: it stops their other numbers and addresses too.
    """
    where = f"{entry['purpose'] or '*'}\t{entry['channel'] or '*'}\n"
    return "".join(f"{contact}\t{where}" for contact in [entry["contact"], *entry["also"]])


if __name__ == "__main__":
    main(*sys.argv[1:])
