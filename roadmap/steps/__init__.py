"""The method: twelve steps in four groups, each with its reason and its questions."""

from .catalogue import BY_NUMBER, BY_SLUG, GROUPS, STEPS, Group, Question, Step

__all__ = ["BY_NUMBER", "BY_SLUG", "GROUPS", "STEPS", "Group", "Question", "Step"]
