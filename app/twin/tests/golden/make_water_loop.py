"""Writes water_loop.csv: progpy's whole pump with its motor on a loop of static head and quadratic loss.

    /tmp/oracle/bin/python make_water_loop.py > water_loop.csv

The loop is closed outside of the package: before each step its discharge pressure is set from the flow of that instant.
The steps are Euler's; two step sizes are joined to a second order result (Richardson).
"""

import sys
import warnings
from importlib.metadata import version

import numpy as np
from progpy.models.centrifugal_pump import CentrifugalPumpBase

warnings.simplefilter("ignore")
# From the instant in s on: frequency in Hz, opening of the valve.
LOAD = [(0, 60.0, 1.0), (240, 50.0, 1.0), (480, 60.0, 0.5), (720, 40.0, 1.0), (960, 60.0, 1.0)]
END, EVERY = 1200, 5
SUCTION, DENSITY, GRAVITY, HEIGHT, PIPE, VOLTS_PER_HERTZ = 239179.0, 998.0, 9.80665, 40.0, 22e6, 7.854
AMBIENT = 293.15
NAMES = ("w", "Q", "Tt", "Tr", "To")


def number(x):
    return float(np.squeeze(x))


def load(t):
    return [row for row in LOAD if row[0] <= t][-1][1:]


def run(dt):
    pump = CentrifugalPumpBase(process_noise=0, measurement_noise=0)
    pump.parameters["x0"].update({"w": 0.0, "Tt": AMBIENT, "Tr": AMBIENT, "To": AMBIENT})
    per_row = round(EVERY / dt)
    x, rows = None, []
    for k in range(round(END / dt) + 1):
        hertz, valve = load(k * dt)
        q = 0.0 if x is None else number(x["Q"])
        discharge = SUCTION + DENSITY * GRAVITY * HEIGHT + PIPE * q * abs(q) / valve**2
        u = pump.InputContainer(
            {
                "Tamb": AMBIENT,
                "V": VOLTS_PER_HERTZ * hertz,
                "pdisch": discharge,
                "psuc": SUCTION,
                "wsync": 2 * np.pi * hertz,
            }
        )
        if x is None:
            x = pump.initialize(u)
        if k % per_row == 0:
            rows.append([number(x[name]) for name in NAMES])
        x = pump.next_state(x, u, dt)
    return np.array(rows)


coarse, fine = run(1 / 16), run(1 / 32)
joined = 2 * fine - coarse
off = np.abs(joined - fine).max(axis=0)
print(f"# progpy {version('progpy')} CentrifugalPumpBase, Euler at 1/16 s and 1/32 s joined, noise off, no wear")
print(f"# suction {SUCTION} Pa, density {DENSITY}, gravity {GRAVITY}, height {HEIGHT} m, pipe {PIPE:g} Pa.s2/m6 over the opening squared, {VOLTS_PER_HERTZ} V/Hz, ambient {AMBIENT} K")
print("# greatest difference to the run at 1/32 s: " + " ".join(f"{n}={v:.1e}" for n, v in zip(NAMES, off)))
print("# inputs hold from their row's instant on; tolerance: see the test")
print("t_s,frequency_Hz,valve," + ",".join(NAMES))
for index, row in enumerate(joined):
    t = index * EVERY
    print(",".join([str(t)] + [f"{v:g}" for v in load(t)] + [f"{v:.10g}" for v in row]))
