"""The circuit graph as text; home of Jinja for netlists."""

from spicegen.netlist.render import Deck, block_text, write_deck

__all__ = ["Deck", "block_text", "write_deck"]
