"""What the Draw page's components are sent, and what they may send back."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ui.components import encode
from ui.components.cells import to_cells
from ui.components.gallery import png


def test_a_picture_travels_without_loss():
    picture = np.random.default_rng(0).integers(0, 256, (28, 20), np.uint8)
    again = Image.open(io.BytesIO(base64.b64decode(png(picture))))
    np.testing.assert_array_equal(np.asarray(again), picture)


def test_cells_come_back_as_they_were():
    cells = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    np.testing.assert_array_equal(to_cells(encode(cells, "u1")), cells)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", encode(np.zeros(785), "u1")])
def test_other_cells_are_refused(text):
    with pytest.raises(ValueError, match=r"784 bytes|base64|padding"):
        to_cells(text)
