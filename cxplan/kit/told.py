"""What an error report may say when it leaves the house: where it broke, and nothing of what anybody wrote."""

from __future__ import annotations

from sentry_sdk.types import Event, Hint

from cxplan.kit import logs


def without_words(event: Event, hint: Hint) -> Event:
    """The event without query, cookies, headers, breadcrumbs and person, and with the request's reference.

    Messages of exceptions go too: the database's quote the row that it refused.
    """
    request = event.get("request", {})
    event["request"] = {name: request[name] for name in ("method", "url") if name in request}
    event["tags"] = {"reference": logs.reference.get()}
    for name in ("user", "breadcrumbs", "extra", "logentry", "message"):
        event.pop(name, None)  # type: ignore[misc]  # a key of a TypedDict, not a literal
    for raised in event.get("exception", {}).get("values", []):
        raised["value"] = ""
    return event
