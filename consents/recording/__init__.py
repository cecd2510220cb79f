"""Many statements of people recorded at once: what programs report in one request."""

from consents.recording.statements import Person, Statement, wrong
from consents.recording.telling import Outcome, record

__all__ = ["Outcome", "Person", "Statement", "record", "wrong"]
