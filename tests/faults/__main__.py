"""`python -m tests.faults`: show that the fault tests catch every variant of the backbone that lacks one protection."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.variants import NAME, VARIANTS

ROOT = Path(__file__).parents[2]
CAUGHT = ("AccountWrong", "Refused")  # the account is wrong, or a door refuses what is sent for the second time


def is_caught(name: str) -> tuple[bool, str]:
    """Run the fault test against the variant; whether the account found it, and what pytest printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=short", "-p", "no:cacheprovider", VARIANTS[name].caught_by]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, NAME: name}, capture_output=True, text=True)
    return done.returncode == 1 and any(f"{name}: " in done.stdout for name in CAUGHT), done.stdout


def main() -> int:
    """Show for every variant that its fault test fails on the account."""
    missed = 0
    for name, variant in VARIANTS.items():
        begun = time.monotonic()
        caught, printed = is_caught(name)
        print(
            f"{'caught' if caught else 'MISSED'}  without «{name}»  {variant.caught_by.split('::')[1]}  {time.monotonic() - begun:.0f} s",
            flush=True,
        )
        if not caught:
            missed += 1
            print(printed[-4000:], file=sys.stderr)
    print(f"{len(VARIANTS) - missed} of {len(VARIANTS)} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
