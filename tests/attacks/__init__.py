"""Proof that nobody gets in: every way that was thought of, tried on the real process.

`python -m tests.attacks` prints the table and ends with 1 when anything got in.
"""
