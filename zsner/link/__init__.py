"""Spans -> metric tuples, by rules."""
