"""Makes the broker hold what it should, as often as one likes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.broker.inventory import Difference, Part, State, Topology, binding_name
from deploy.broker.management import Management
from shared.messaging.topology import PUBLISHERS, exchange_of

# What a broker does not change while it is there.
FIXED = ("exchange", "queue")
# What we take away when it is surplus; a queue, an exchange or a policy may be somebody's and is only named.
TAKEN_AWAY = ("rights of", "binding", "mark")


class CannotBeChanged(Exception):
    """A queue or an exchange is there and differs; nothing was changed."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__("; ".join(map(str, differences)))
        self.differences = tuple(differences)


@dataclass(frozen=True)
class Outcome:
    """What declaring did, what it left as it was, and whose events may not have reached everybody before."""

    done: tuple[str, ...] = ()
    left: tuple[Difference, ...] = ()
    send_again: tuple[str, ...] = ()


def declare(api: Management, topology: Topology, *, replace: bool = False) -> Outcome:
    """Make what is missing, change what differs, take away surplus rights and bindings; safe to repeat.

    Compares first. A queue or an exchange that differs stays as it is, and everything else with it, unless `replace`
    is given: then it is deleted and made anew. The mark that processes look for is deleted first and declared last: a
    publisher that went ahead between a queue and its binding would tell nobody.
    """
    differences = topology.differences(api)
    fixed = [one for one in differences if one.state is State.OTHER and one.part.kind in FIXED]
    if fixed and not replace:
        raise CannotBeChanged(fixed)
    left = tuple(one for one in differences if _is_left(one))
    if len(left) == len(differences):
        return Outcome(left=left)
    done = [f"deleted {one.part}" for one in fixed]
    marks = [part for part in topology.parts(topology.found(api)) if part.kind == "mark"]
    for part in (*marks, *(one.part for one in fixed)):
        api.delete(part.path)
    made = [one for one in topology.differences(api) if not _is_left(one)]
    for one in made:
        done.append(_mend(api, one))
    # Without any mark this is a first start, or somebody began and was interrupted: what they had mended is not known any more.
    behind = publishers_behind(topology, [one.part for one in made if one.state is State.MISSING]) if marks else PUBLISHERS
    return Outcome(tuple(done), left, behind)


def publishers_behind(topology: Topology, parts: Iterable[Part]) -> tuple[str, ...]:
    """Whose events go through these exchanges, bindings and queues: while one was missing, a listener was not told."""
    gone = {str(part) for part in parts}
    sources = {
        entry["source"]
        for entry in topology.wanted()["bindings"]
        if gone & {f"exchange {entry['source']}", f"binding {binding_name(entry)}", f"queue {entry['destination']}"}
    }
    return tuple(name for name in PUBLISHERS if exchange_of(name) in sources)


def _is_left(difference: Difference) -> bool:
    return difference.state is State.SURPLUS and difference.part.kind not in TAKEN_AWAY


def _mend(api: Management, difference: Difference) -> str:
    part = difference.part
    if difference.state is State.SURPLUS:
        api.delete(part.path)
        return f"took away {part}"
    if part.kind == "binding":
        api.post(part.path, part.body)
    else:
        api.put(part.path, part.body)
    return f"made {part}" if difference.state is State.MISSING else f"changed {difference}"
