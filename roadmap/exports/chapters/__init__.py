"""The chapters of the printed plan: each reads the book and returns what its template prints, in words."""
