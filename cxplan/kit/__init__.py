"""What every floor uses and what knows no domain."""
