"""Networks that several benchmarks use, all from seeds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.measure import FloatArray
from spicegen.network import Dense, Lstm, Network

SIDE = 28
"""Height and width of the images, pixels."""
CLASSES = 10
TRAINING = 6000
"""Images that a classifier is trained on."""


def lstm(
    inputs: int, units: int, steps: int, deviation: float | None = None
) -> tuple[Network, FloatArray]:
    """One LSTM with normal weights, and a random input sequence.

    Args:
        inputs, units, steps: sizes.
        deviation: of the weights; that of a trained network, 1 / sqrt(3 units), if None.
    """
    draw = np.random.default_rng(1)
    size = (3 * units) ** -0.5 if deviation is None else deviation
    shapes = ((4 * units, inputs), (4 * units, units), (4 * units,))
    w_ih, w_hh, bias = (draw.normal(0.0, size, shape) for shape in shapes)
    layer = Lstm("lstm", w_ih, w_hh, bias)
    return Network("lstm", inputs, (layer,)), draw.uniform(-1.0, 1.0, (steps, inputs))


def mlp(*sizes: int, samples: int) -> tuple[Network, FloatArray]:
    """Dense ReLU layers, the last one linear, with random weights; inputs like pixels."""
    draw = np.random.default_rng(1)
    weights = [
        (draw.uniform(-1, 1, (b, a)) * np.sqrt(3 / a), draw.uniform(-1, 1, b) / np.sqrt(a))
        for a, b in pairwise(sizes)
    ]
    return _relu_network(weights), draw.uniform(0, 1, (samples, sizes[0]))


def classifier(samples: int, hidden: int = 128, epochs: int = 4) -> tuple[Network, FloatArray]:
    """An MLP trained on synthetic images of ten classes, and test images it has not seen.

    Args:
        samples: test images.
        hidden: units of the hidden layer.
        epochs: passes over the training images, by gradient descent with momentum.
    """
    draw = np.random.default_rng(1)
    strokes = _strokes(draw)
    images, labels = _images(strokes, TRAINING, draw)
    test, _ = _images(strokes, samples, draw)
    sizes = (SIDE * SIDE, hidden, CLASSES)
    weights = [draw.normal(0, np.sqrt(2 / a), (b, a)) for a, b in pairwise(sizes)]
    biases = [np.zeros(b) for b in sizes[1:]]
    moving = [np.zeros_like(array) for array in (*weights, *biases)]
    for _ in range(epochs):
        for batch in np.array_split(draw.permutation(len(images)), len(images) // 100):
            slopes = _slopes(weights, biases, images[batch], labels[batch])
            for array, speed, slope in zip((*weights, *biases), moving, slopes, strict=True):
                speed *= 0.9
                speed -= 0.02 * slope
                array += speed
    return _relu_network(list(zip(weights, biases, strict=True))), test


def accuracy(network: Network, samples: int) -> float:
    """Share of unseen images that a `classifier` network names correctly."""
    draw = np.random.default_rng(1)
    strokes = _strokes(draw)
    _images(strokes, TRAINING, draw)
    test, labels = _images(strokes, samples, draw)
    return float((network.forward(test).outputs.argmax(-1) == labels).mean())


def _relu_network(weights: list[tuple[FloatArray, FloatArray]]) -> Network:
    last = len(weights) - 1
    layers = tuple(
        Dense(f"d{k}", weight, bias, "linear" if k == last else "relu")
        for k, (weight, bias) in enumerate(weights)
    )
    return Network("mlp", weights[0][0].shape[1], layers)


def _strokes(draw: np.random.Generator) -> FloatArray:
    """(class, SIDE, SIDE) two curved strokes per class on a dark ground, 0 to 1."""
    at = np.arange(SIDE)
    t = np.linspace(0.0, 1.0, 40)[:, None]
    drawn = np.zeros((CLASSES, SIDE, SIDE))
    for image in drawn:
        for _ in range(2):
            ends = draw.uniform(6, SIDE - 6, (3, 2))
            path = (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * ends[1] + t**2 * ends[2]
            near = ((at - path[:, :1]) ** 2)[:, :, None] + ((at - path[:, 1:]) ** 2)[:, None, :]
            np.maximum(image, np.exp(-near.min(axis=0) / 3.0), out=image)
    return drawn


def _images(
    strokes: FloatArray, count: int, draw: np.random.Generator
) -> tuple[FloatArray, np.ndarray]:
    """(count, pixels) shifted strokes of changing contrast with noise, and their classes."""
    labels = draw.integers(0, CLASSES, count)
    shifts = draw.integers(-2, 3, (count, 2))
    rows = (np.arange(SIDE) - shifts[:, :1]) % SIDE
    columns = (np.arange(SIDE) - shifts[:, 1:]) % SIDE
    images = strokes[labels[:, None, None], rows[:, :, None], columns[:, None, :]]
    images = images * draw.uniform(0.5, 1.0, (count, 1, 1)) + draw.normal(0, 0.3, images.shape)
    return np.clip(images, 0.0, 1.0).reshape(count, -1), labels


def _slopes(
    weights: list[FloatArray], biases: list[FloatArray], images: FloatArray, labels: np.ndarray
) -> list[FloatArray]:
    """Gradients of the cross-entropy of two layers: of the weights, then of the biases."""
    hidden = np.maximum(images @ weights[0].T + biases[0], 0.0)
    scores = hidden @ weights[1].T + biases[1]
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(labels)), labels] -= 1.0
    shares /= len(labels)
    behind = (shares @ weights[1]) * (hidden > 0)
    return [behind.T @ images, shares.T @ hidden, behind.sum(axis=0), shares.sum(axis=0)]
