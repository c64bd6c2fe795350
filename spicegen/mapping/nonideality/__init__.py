"""What makes the conductances of a crossbar as built differ from the wanted ones."""

from spicegen.mapping.nonideality.compose import realise
from spicegen.mapping.nonideality.draws import generator, portable
from spicegen.mapping.nonideality.open_line import check_arrays

__all__ = ["check_arrays", "generator", "portable", "realise"]
