"""A local J-Quants V2 over real HTTP: the contract, a made-up market, and faults on demand."""

from jquants.standin.errors import StandinError
from jquants.standin.faults import FAULTS
from jquants.standin.plans import ADDONS, PLANS
from jquants.standin.recording import RecordingServer
from jquants.standin.server import StandinServer

__all__ = ["ADDONS", "FAULTS", "PLANS", "RecordingServer", "StandinError", "StandinServer"]
