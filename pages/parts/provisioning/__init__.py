"""Make avatars: choose locations and a motion, see the price, confirm, watch.

May import: kit, runs and core; no other page's folder.
"""
