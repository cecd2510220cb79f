"""Records what people said: reads one act a line as JSON, tells what became of each.

    python record.py < acts.jsonl

    {"kind": "withdrawn", "contact": "601 234 567", "purpose": "newsletter", "channel": "voice",
     "source": "web-form", "method": "call", "occurred_at": "2026-11-24T09:42:00+01:00"}

The key of a request is made of what it says, so that a script which is run again after a power cut
records nothing twice.
"""

import json
import sys
import time
from hashlib import sha256
from typing import Any

import api

AT_ONCE = 500


def main() -> None:
    acts = [json.loads(line) for line in sys.stdin if line.strip()]
    for start in range(0, len(acts), AT_ONCE):
        for result in recorded(acts[start : start + AT_ONCE]):
            number, errors = start + result["index"] + 1, result.get("errors", [])
            told = [f"{error['pointer']}: {error['detail']}" for error in errors]
            print(f"line {number}: {result['status']}", *told, sep="\n  ")


def recorded(acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What became of each act; the good ones are recorded though others are refused."""
    body = {"events": acts}
    key = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    while True:
        try:
            return api.post("events/", body, Idempotency_Key=key)["results"]
        except api.Refused as refused:
            if refused.code == "in_flight":
                time.sleep(1)  # the same request is being answered at this moment
            elif "items" in refused.problem:
                return [{"status": "refused", **item} for item in refused.problem["items"]]
            else:
                raise


if __name__ == "__main__":
    main()
