"""The life of a run: one table of its states, what they are called on a page, and which may follow which."""

from enum import StrEnum


class RunState(StrEnum):
    """How a run stands, as it is kept in `state.json`; a damaged one cannot be read, and is never kept as such."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DAMAGED = "damaged"

    @property
    def words(self) -> str:
        """What the learner reads."""
        return TABLE[self][0]

    def may_become(self, state: "RunState") -> bool:
        """Whether this state may follow."""
        return state in TABLE[self][1].split()

    @property
    def is_under_way(self) -> bool:
        """Whether it trains, or waits for its turn."""
        return self in (RunState.QUEUED, RunState.RUNNING)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens, unless it is resumed."""
        return not self.is_under_way and self is not RunState.PAUSED

    @property
    def can_go_on(self) -> bool:
        """Whether it can be resumed, where there is a checkpoint."""
        return self.may_become(RunState.QUEUED)

    @property
    def is_done(self) -> bool:
        """Whether its training has come to an end by itself."""
        return self in (RunState.FINISHED, RunState.FAILED)


TABLE = {
    RunState.QUEUED: ("Waiting for the engine", "running finished stopped failed interrupted"),
    RunState.RUNNING: ("Training", "running paused finished stopped failed interrupted"),
    RunState.PAUSED: ("Paused", "queued running finished stopped failed interrupted"),
    RunState.FINISHED: ("Finished", ""),
    RunState.STOPPED: ("Stopped early; the network so far is kept", "stopped"),  # the reason may come later
    RunState.FAILED: ("Failed", ""),
    # the server that was thought to be lost may tell more
    RunState.INTERRUPTED: ("Interrupted", "queued running paused finished stopped failed"),
    RunState.DAMAGED: ("Damaged", ""),
}
"""For each state its words, and those that may follow."""
