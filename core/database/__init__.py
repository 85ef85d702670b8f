"""Where rows live: engine and sessions, the world's stamp, migrations, leases, backups; `tables/` by subject.

May import: the single modules of core.
"""
