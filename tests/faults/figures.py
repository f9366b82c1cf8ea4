"""What a process says of itself at its port: readiness and metrics."""

import urllib.error
import urllib.request


def ask(port: int, path: str) -> tuple[int, str]:
    """(status, text) of an answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def figures(port: int) -> dict[str, float]:
    """The metrics without labels, by name."""
    lines = [line.split() for line in ask(port, "/metrics")[1].splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines if "{" not in name}
