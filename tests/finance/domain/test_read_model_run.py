"""What came of a run: agreement, differences, a rebuild, a failure."""

from services.finance.domain.read_model_run import LONGEST, TOLD, RunState, abandoned, compared, failed, rebuilt


def test_no_difference_is_agreement() -> None:
    outcome = compared(12, [])
    assert (outcome.state, outcome.events, outcome.difference_count, list(outcome.differences)) == (RunState.AGREES, 12, 0, [])


def test_of_many_differences_the_first_are_kept_and_how_many_there_were() -> None:
    outcome = compared(12, [f"row {number}" + "x" * 1000 for number in range(57)])
    assert (outcome.state, outcome.difference_count, len(outcome.differences)) == (RunState.DIFFERS, 57, TOLD)
    assert outcome.differences[0].startswith("row 0x")
    assert len(outcome.differences[0]) == LONGEST


def test_a_rebuild_says_how_many_events_were_applied() -> None:
    assert (rebuilt(7).state, rebuilt(7).events) == (RunState.REBUILT, 7)


def test_a_run_that_failed_says_why():
    outcome = failed("ValueError: no such school")
    assert (outcome.state, outcome.error) == (RunState.FAILED, "ValueError: no such school")


def test_a_run_that_no_worker_survives_is_given_up() -> None:
    assert abandoned().state is RunState.FAILED
