"""A programme as one YAML or JSON document, in and out."""

from .problems import DocumentError, Problem
from .reading import read
from .storing import store

__all__ = ["DocumentError", "Problem", "read", "store"]
