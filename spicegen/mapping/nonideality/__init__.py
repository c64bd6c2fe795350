"""What makes the conductances of a crossbar as built differ from the wanted ones."""

from spicegen.mapping.nonideality.compose import OF_DEVICES, realise
from spicegen.mapping.nonideality.draws import generator, portable
from spicegen.mapping.nonideality.open_line import check_arrays

__all__ = ["OF_DEVICES", "check_arrays", "generator", "portable", "realise"]
