"""The circuit graph as text; the only home of Jinja."""

from spicegen.netlist.render import Deck, write_deck

__all__ = ["Deck", "write_deck"]
