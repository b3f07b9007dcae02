"""How an experiment is trained, and what is told of it meanwhile. Keras is set up here, before anything imports it."""

import os

os.environ |= {"KERAS_BACKEND": "tensorflow", "KERAS_HOME": os.devnull}  # results do not depend on a user's keras.json
for debugging in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
    os.environ.pop(debugging, None)
