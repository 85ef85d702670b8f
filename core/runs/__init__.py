"""The work, a step at a time, and what people decide about it: confirm, retry, cancel, answer.

May import: quotes and below.
"""
