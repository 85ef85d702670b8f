"""How close the duration estimate comes to another speech engine: `python -m tests.benchmarks.durations`.

Twenty scripts in two languages are spoken to files by espeak-ng; the estimate is compared with their lengths.
An engine's tempo is arbitrary, so one rate a language is learned first, as the Studio learns a voice's from
its finished videos; only from the scripts for tuning. Five scripts are set aside: neither the estimator's
numbers nor the learned rates have seen them. `--tuning` leaves them out, for whoever changes those numbers.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import tomllib
import wave
from dataclasses import dataclass
from pathlib import Path

from core.videos.estimator import Rate, estimate, learn

SCRIPTS = Path(__file__).parent / "scripts" / "scripts.toml"
VOICES = {"en": "en-us", "ru": "ru"}


@dataclass(frozen=True)
class Spoken:
    """A script and how long the engine took to speak it, in milliseconds, silences included."""

    name: str
    language: str
    text: str
    held_out: bool
    measured_ms: int

    def error(self, rate: Rate | None) -> float:
        """How far the estimate lies above the measured time, as a share of it."""
        expected = estimate(self.text, language=self.language, rate=rate).expected_ms
        return expected / self.measured_ms - 1

    def over(self, rate: Rate | None) -> bool:
        """Whether the engine took longer than the upper bound."""
        return self.measured_ms > estimate(self.text, language=self.language, rate=rate).upper_ms


def speak(engine: str, text: str, language: str, folder: Path) -> int:
    """The milliseconds that the engine takes for `text`."""
    script, sound = folder / "script.txt", folder / "script.wav"
    script.write_text(text, encoding="utf-8")
    subprocess.run([engine, "-v", VOICES[language], "-w", str(sound), "-f", str(script)], check=True)
    with wave.open(str(sound)) as file:
        return round(file.getnframes() * 1000 / file.getframerate())


def measure(engine: str) -> list[Spoken]:
    """Every script, spoken."""
    scripts = tomllib.loads(SCRIPTS.read_text(encoding="utf-8"))["script"]
    with tempfile.TemporaryDirectory() as folder:
        return [
            Spoken(
                name=script["name"],
                language=script["language"],
                text=(text := script["text"].strip()),
                held_out=script.get("held_out", False),
                measured_ms=speak(engine, text, script["language"], Path(folder)),
            )
            for script in scripts
        ]


def line(title: str, spoken: list[Spoken], rates: dict[str, Rate | None]) -> str:
    """The median error of some scripts, and how many took longer than their upper bound."""
    errors = [abs(one.error(rates[one.language])) for one in spoken]
    over = sum(one.over(rates[one.language]) for one in spoken)
    return (
        f"{title:<34} median error {statistics.median(errors):5.1%}, worst {max(errors):5.1%}, "
        f"over the upper bound {over} of {len(spoken)}"
    )


def main() -> int:
    """Print the comparison; 2 when the engine is missing."""
    parser = argparse.ArgumentParser(description="Compare the duration estimate with espeak-ng.")
    parser.add_argument("--tuning", action="store_true", help="leave out the five held-out scripts")
    arguments = parser.parse_args()
    engine = shutil.which("espeak-ng")
    if engine is None:
        print("espeak-ng is missing: apt-get update && apt-get install -y espeak-ng", file=sys.stderr)
        return 2
    spoken = measure(engine)
    tuning = [one for one in spoken if not one.held_out]
    held_out = [one for one in spoken if one.held_out]
    learned = {
        language: learn((one.text, language, one.measured_ms) for one in tuning if one.language == language)
        for language in VOICES
    }
    unlearned: dict[str, Rate | None] = dict.fromkeys(VOICES)

    for language, rate in learned.items():
        if rate:
            print(f"{language}: {rate.units_per_second:.1f} units a second from {rate.samples} scripts")
    print(f"\n{'script':<24}{'measured':>10}{'expected':>10}{'error':>8}{'upper':>10}{'unlearned':>11}")
    for one in tuning if arguments.tuning else [*tuning, *held_out]:
        rate = learned[one.language]
        guess = estimate(one.text, language=one.language, rate=rate)
        print(
            f"{one.language} {one.name:<21}{one.measured_ms / 1000:>9.1f}s{guess.expected_ms / 1000:>9.1f}s"
            f"{one.error(rate):>+8.1%}{guess.upper_ms / 1000:>9.1f}s{one.error(None):>+11.1%}"
            f"{'  held out' if one.held_out else ''}{'  OVER' if one.over(rate) else ''}"
        )
    print()
    print(line(f"learned rate, {len(tuning)} for tuning:", tuning, learned))
    print(line(f"default rate, {len(tuning)} for tuning:", tuning, unlearned))
    if not arguments.tuning:
        print(line(f"learned rate, {len(held_out)} held out:", held_out, learned))
        print(line(f"default rate, {len(held_out)} held out:", held_out, unlearned))
    return 0


if __name__ == "__main__":
    sys.exit(main())
