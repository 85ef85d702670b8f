"""Try every attack and print what became of it."""

import argparse
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory


def main() -> int:
    """1 when anything got in, or when what must get in did not."""
    from tests.attacks.families import FAMILIES
    from tests.attacks.sites import sites

    choose = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    choose.add_argument("family", nargs="*", choices=[[], *FAMILIES], help="only these; default all")
    wanted = choose.parse_args().family or list(FAMILIES)
    tried, got_in, began = 0, 0, time.monotonic()
    with TemporaryDirectory() as folder, sites(Path(folder)) as running:
        for name in wanted:
            print(f"\n{name}")
            for row in FAMILIES[name](running):
                refused, said = row.tried()
                tried += 1
                got_in += not refused
                print(f"  {row.what:<90} {'refused' if refused else 'GOT IN'}  {said}", flush=True)
    print(f"\n{tried} attacks, {got_in} got in; {time.monotonic() - began:.0f} s")
    return 1 if got_in else 0


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    sys.exit(main())
