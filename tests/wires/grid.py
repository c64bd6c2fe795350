"""A nodal solver for crossbars with wires: every node, every resistor, one general matrix.

Nothing is shared with spicegen. Nodes joined by 0 ohm are merged first; ports are eliminated
to last by Gauss, in extended precision where asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

Array = NDArray[np.float64]


@dataclass
class Grid:
    """An array as a list of resistors; ports come first among the nodes.

    Attributes:
        g: (word lines, bit lines) S, cells.
        r_word, r_bit: segments, ohm.
        r_driver, r_sense: ends, ohm.
        two_sided: word lines are driven at both ends.
    """

    g: Array
    r_word: float
    r_bit: float
    r_driver: float = 0.0
    r_sense: float = 0.0
    two_sided: bool = False
    _a: list[int] = field(default_factory=list)
    _b: list[int] = field(default_factory=list)
    _ohm: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        m, n = self.g.shape
        self.ports = m + n
        self.word = self.ports + np.arange(m * n).reshape(m, n)
        self.bit = self.ports + m * n + np.arange(m * n).reshape(m, n)
        start = self.ports + 2 * m * n + np.arange(m)
        end = start[-1] + 1 + np.arange(n)
        stop = end[-1] + 1 + np.arange(m)
        for i in range(m):
            self._join(i, start[i], self.r_driver)
            self._join(start[i], self.word[i, 0], self.r_word)
            for j in range(n - 1):
                self._join(self.word[i, j], self.word[i, j + 1], self.r_word)
            if self.two_sided:
                self._join(self.word[i, -1], stop[i], self.r_word)
                self._join(stop[i], i, self.r_driver)
            else:
                self._join(stop[i], i, 0.0)
        for j in range(n):
            for i in range(m - 1):
                self._join(self.bit[i, j], self.bit[i + 1, j], self.r_bit)
            self._join(self.bit[-1, j], end[j], self.r_bit)
            self._join(end[j], m + j, self.r_sense)
        self.nodes = int(stop[-1]) + 1

    def _join(self, a: int, b: int, ohm: float) -> None:
        self._a.append(int(a))
        self._b.append(int(b))
        self._ohm.append(ohm)

    def matrix(self) -> tuple[sp.csc_matrix, NDArray[np.int64]]:
        """Nodal conductance matrix of the merged nodes, and each node's number in it."""
        a, b, ohm = np.array(self._a), np.array(self._b), np.array(self._ohm)
        short = ohm == 0
        graph = sp.coo_matrix((np.ones(short.sum()), (a[short], b[short])), (self.nodes,) * 2)
        count, label = connected_components(graph, directed=False)
        order = np.full(count, -1)
        first = 0
        for node in range(self.nodes):  # ports keep their numbers
            if order[label[node]] < 0:
                order[label[node]] = first
                first += 1
        number = order[label]
        assert (number[: self.ports] == np.arange(self.ports)).all()
        a = np.concatenate([a[~short], self.word.ravel()])
        b = np.concatenate([b[~short], self.bit.ravel()])
        g = np.concatenate([1 / ohm[~short], self.g.ravel()])
        a, b = number[a], number[b]
        rows, columns = np.concatenate([a, b, a, b]), np.concatenate([b, a, a, b])
        values = np.concatenate([-g, -g, g, g])
        return sp.coo_matrix((values, (rows, columns)), (count, count)).tocsc(), number

    def port_matrix(self, *, exactly: bool = False) -> Array:
        """(ports, ports) conductances, S; exactly: term by term in extended precision."""
        matrix, _ = self.matrix()
        p = self.ports
        if exactly:
            dense = matrix.toarray().astype(np.longdouble)
            for k in range(len(dense) - 1, p - 1, -1):
                # the diagonal from the row's mutual terms, so that nothing cancels
                pivot = -dense[k, :k].sum()
                if pivot:
                    dense[:k, :k] -= np.outer(dense[:k, k], dense[k, :k]) / pivot
            return balanced(dense[:p, :p]).astype(np.float64)
        if matrix.shape[0] == p:
            return balanced(matrix.toarray())
        inside = matrix[p:, p:]
        across = matrix[p:, :p].toarray()
        solved = np.linalg.solve(inside.toarray(), across) if inside.shape[0] < 1500 else None
        if solved is None:
            solved = splu(inside).solve(across)
        return balanced(matrix[:p, :p].toarray() - across.T @ solved)

    def node_volts(self, word_volts: Array) -> tuple[Array, Array]:
        """Voltages of the nodes on word lines and on bit lines, bit-line ports at 0 V."""
        matrix, number = self.matrix()
        p = self.ports
        ends = np.concatenate([word_volts, np.zeros(self.g.shape[1])])
        volts = np.concatenate([ends, np.zeros(matrix.shape[0] - p)])
        if matrix.shape[0] > p:
            volts[p:] = splu(matrix[p:, p:]).solve(-(matrix[p:, :p] @ ends))
        return volts[number[self.word]], volts[number[self.bit]]


def balanced(matrix: Array) -> Array:
    """The diagonal from mutual terms: on its own it is what remains of the first segment's."""
    np.fill_diagonal(matrix, 0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return matrix
