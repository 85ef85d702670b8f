"""One paid call, never made twice: sending, settling, finding lost answers, and who can move.

May import: bloggers, money, heygen, studio and below.
"""
