"""Videos: write one and see its price, watch a batch, find, play and keep what is finished.

May import: kit, runs and core; no other page's folder.
"""
