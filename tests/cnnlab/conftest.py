"""What several modules' tests share."""

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Multiply with one thread, as the app does: for one image, many are slow."""
    with threadpool_limits(1, user_api="blas"):
        yield
