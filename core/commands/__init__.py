"""What `python -m core` does.

May import: runs, reports and below.
"""
