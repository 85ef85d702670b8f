"""What stands around every page: the sidebar and the notice that paid work is paused.

May import: kit and core.
"""
