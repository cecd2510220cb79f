"""Long work: the Job row decides who does it; a task in the queue only rings the bell.

A doubled, lost or late task does no harm: whoever claims the row by a conditional update works, and
a worker that was killed is told by its silent heartbeat and replaced.
"""

from audit.jobs.kinds import Kind, job_kind, kind_of, run_sweeps, sweep
from audit.jobs.queue import cancel, enqueue, perform, reap, retry, ring_again
from audit.jobs.schedule import daily, order_due
from audit.jobs.seconds import Seconds, each_second
from audit.jobs.work import Cancelled, Failed, Interrupted, Lost, Work, hold, stopping

__all__ = [
    "Cancelled",
    "Failed",
    "Interrupted",
    "Kind",
    "Lost",
    "Seconds",
    "Work",
    "cancel",
    "daily",
    "each_second",
    "enqueue",
    "hold",
    "job_kind",
    "kind_of",
    "order_due",
    "perform",
    "reap",
    "retry",
    "ring_again",
    "run_sweeps",
    "stopping",
    "sweep",
]
