"""Constants of nature as every form of every model uses them (CODATA 2018)."""

BOLTZMANN_EV = 8.617333262e-5
"""k/q, V/K."""
IMAGE_V_M = 4.990537e-10
"""q ln 2 / (8 pi epsilon0), V m: the image force of Simmons' barrier times its width."""
TUNNEL_PER_M = 1.0246334e10
"""4 pi sqrt(2 m q) / h, 1/(m sqrt(V))."""
TUNNEL_A_PER_V = 6.165735e-6
"""q^2 / (2 pi h), A/V."""
