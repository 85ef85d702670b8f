"""Kills at a moment of a run."""

import signal
from typing import Any

from tests.faults.site import Site

Moment = dict[str, Any]


def killed(site: Site, moment: Moment, *, make: bool = True) -> None:
    """A Studio works until it dies at this moment, which it must reach."""
    process = site.studio(make=make, die=moment)
    assert process.ends() == -signal.SIGKILL, process.output


def killed_in_call(
    site: Site, route: str, fault: str = "stall", *, seconds: float = 60, make: bool = True
) -> None:
    """A Studio dies while HeyGen, which takes so long, has its call."""
    site.heygen.fault(route, fault, seconds=seconds)
    process = site.studio(make=make)
    site.heygen.wait_for_calls(route)
    process.kill()
