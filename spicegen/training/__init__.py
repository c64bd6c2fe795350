"""In-situ training: the forward pass is the circuit, updates are pulses on its devices."""

from spicegen.training.make import State, TrainResult, train
from spicegen.training.plan import Plan, load_plan

__all__ = ["Plan", "State", "TrainResult", "load_plan", "train"]
