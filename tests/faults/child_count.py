"""`child_count THREADS TIMES`: told to on stdin, each thread adds one to the first Reading, TIMES times."""

import sys
from concurrent.futures import ThreadPoolExecutor

from core import config
from core.database.engine import Database
from core.database.tables.money import Reading


def count(database: Database, times: int) -> None:
    for _ in range(times):
        with database.write() as session:
            reading = session.get_one(Reading, 1)
            reading.micro_credits += 1
            session.add(reading)


threads, times = int(sys.argv[1]), int(sys.argv[2])
database = Database(config.load(env_file=None).data_dir / "studio.db")
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(threads) as pool:
    for done in [pool.submit(count, database, times) for _ in range(threads)]:
        done.result()
database.close()
