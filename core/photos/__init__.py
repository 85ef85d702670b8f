"""One photo: its address, fetching, checking, keeping, small pictures.

May import: database and below.
"""
