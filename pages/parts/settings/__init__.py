"""Settings: the connection, the plan and its prices, backups, and the sandbox with failures to rehearse.

May import: kit, runs and core; no other page's folder.
"""
