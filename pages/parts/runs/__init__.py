"""A run wherever one is shown: its card, steps and details, the list, what a person can do and answer.

May import: kit and core.
"""
