"""A programme as one YAML or JSON document, in and out."""

from .problems import DocumentError, Problem
from .reading import read
from .storing import store
from .writing import to_json, to_yaml, write

__all__ = ["DocumentError", "Problem", "read", "store", "to_json", "to_yaml", "write"]
