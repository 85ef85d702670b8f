"""One photo: its address, fetching, checking, decoding, keeping, small pictures.

May import: database and below.
"""
