"""Why a plan could not be made, in words for whoever asked for it."""


class ExportError(Exception):
    """The export cannot be made; the message is for people."""


class Unavailable(ExportError):
    """Something the server needs is missing; the same request works once it is there."""


class TooLarge(ExportError):
    """The plan is over a cap; it has to become smaller first."""
