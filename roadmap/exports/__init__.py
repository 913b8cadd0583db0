"""Plan → bytes: no request, no database, no writes."""
