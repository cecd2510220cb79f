"""Asks before dialling: reads numbers, prints those that may be called, says why of the others.

    python check.py newsletter voice < numbers.txt

No answer is no permission: where ccgdpr cannot be asked, nobody is called.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import api

AT_ONCE = 1000


def main(purpose: str, channel: str) -> None:
    numbers = (line.strip() for line in sys.stdin)
    for result in checked(purpose, channel, filter(None, numbers)):
        if result["verdict"] == "allow":
            print(result["contact"], *sentences(result), sep="\t")
        else:
            print("not called:", ", ".join(result["reasons"]), file=sys.stderr)


def checked(purpose: str, channel: str, numbers: Iterator[str]) -> Iterator[dict[str, Any]]:
    """A result for each of the ``numbers``, in their order. Ask again after ``valid_until``."""
    while contacts := list(islice(numbers, AT_ONCE)):
        asked = {"purpose": purpose, "channel": channel, "contacts": contacts}
        yield from api.post("checks/", asked)["results"]


def sentences(result: dict[str, Any]) -> list[str]:
    """What has to be said in the conversation: that it is recorded, that a machine speaks, …"""
    return [duty["sentence_pl"] or duty["code"] for duty in result["obligations"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
