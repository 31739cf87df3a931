"""Runs the configurations, interleaved, and writes what came out."""
