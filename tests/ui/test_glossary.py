import re

import pytest

from ui.glossary import TERMS, term

ASKED = """pixel, channel, tensor, kernel, filter, convolution, correlation, feature map, stride, padding, dilation, bias,
activation, ReLU, receptive field, pooling, flatten, dense, unit, weight, parameter, dropout, softmax, logit, probability,
temperature, cross-entropy, one-hot, loss, gradient, gradient descent, learning rate, momentum, optimizer, batch, epoch,
update, overfitting, underfitting, validation, test set, normalise"""


@pytest.mark.parametrize("name", re.split(r",\s+", ASKED))
def test_a_word_of_the_course_is_explained(name):
    assert name in TERMS


@pytest.mark.parametrize("name", TERMS)
def test_an_explanation_is_a_short_plain_sentence(name):
    meaning = TERMS[name]
    assert meaning[-1] == "."
    assert len(meaning) <= 125
    assert not set(meaning) & set('"<>[]`\\*_$')  # it stands inside a Markdown title


def test_terms_are_in_order():
    assert list(TERMS) == sorted(TERMS, key=str.lower)


def test_a_term_is_a_link_with_its_meaning_as_the_tooltip():
    assert term("feature map") == f'[feature map](#term-feature-map "{TERMS["feature map"]}")'
    assert term("pixel", "pixels").startswith("[pixels](#term-pixel ")


def test_an_unknown_term():
    with pytest.raises(ValueError, match=r"`name` must be a term of the glossary\. Received: name='kernal'"):
        term("kernal")
