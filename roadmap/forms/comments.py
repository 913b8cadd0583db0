"""What somebody says of a record."""

from __future__ import annotations

from roadmap.models import Comment

from .base import RecordForm


class CommentForm(RecordForm):
    class Meta:
        model = Comment
        fields = ("text",)
