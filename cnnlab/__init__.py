"""cnnlab: the core of a visual playground for convolutional neural networks.

Plain Python: nothing in here knows of the pages. The way through it is

    Experiment -> engine -> training -> events -> RunStore -> network (look inside, draw)
"""
