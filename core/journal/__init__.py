"""One paid call, never made twice: sending and settling it, finding what became of a lost answer, and who can move.

May import: bloggers, money, heygen, studio and below.
"""
