"""Promises of core.heygen."""
