"""How far a long computation is."""

from cnnlab import progress


def told(work):
    shares = []
    with progress.listen(shares.append):
        work()
    return shares


def test_loops_within_loops_are_shares_of_the_whole():
    def work():
        for _ in progress.over("ab"):
            list(progress.over("abcd"))

    assert told(work) == [0, 0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.625, 0.75, 0.875]


def test_a_loop_that_is_left_is_over():
    def work():
        for _ in progress.over("ab"):
            next(progress.over("abcd"))
            next(progress.over("abcd"))

    assert told(work) == [0, 0, 0, 0.5, 0.5, 0.5]


def test_nobody_need_listen():
    assert list(progress.over("ab")) == ["a", "b"]
    assert told(lambda: None) == []
