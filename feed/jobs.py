"""The worker for the feed: it numbers what was recorded and erases what was kept long enough."""

from audit.jobs import each_second, sweep
from feed.keeping import erase_old
from feed.sequencer import number

each_second(number)
sweep(erase_old)
