"""A programme as one YAML or JSON document, in and out."""

from .document import LARGEST
from .problems import DocumentError, Problem
from .reading import read
from .storing import store
from .writing import to_json, to_yaml, write

__all__ = ["LARGEST", "DocumentError", "Problem", "read", "store", "to_json", "to_yaml", "write"]
