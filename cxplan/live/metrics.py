"""What the gateway counts for Prometheus."""

from typing import Final

from prometheus_client import Counter, Gauge

LISTENING: Final = Gauge("cxplan_live_streams", "How many streams are open.", multiprocess_mode="livesum")
DELIVERED: Final = Counter("cxplan_live_delivered", "Events handed to browsers.")
RESYNCS: Final = Counter("cxplan_live_resyncs", "Times that browsers were told to fetch their page anew.")
SKIPPED: Final = Counter("cxplan_live_skipped", "Times that a stream went on without events that are no more.")
CAUGHT_UP: Final = Counter("cxplan_live_caught_up", "Times that the table was read for what Redis did not bring.")
ENDED: Final = Counter("cxplan_live_ended", "Streams that have ended, and why.", ["why"])
REFUSED: Final = Counter("cxplan_live_refused", "Requests that got no stream, by status.", ["status"])
