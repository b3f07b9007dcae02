"""cnnlab: the core of a visual playground for convolutional neural networks.

Plain Python: nothing in here knows of the pages. The way through it is

    Experiment -> engine -> training -> events -> runs -> nn.network -> evaluation, explain

`limits`, `experiment`, `presets`, `mnist` and `starter` are what one meets first; each package says in its docstring
what it is about. Imports go one way, from the later packages of `tests/cnnlab/test_order.py` to the earlier ones.
"""

__version__ = "0.1.0"
