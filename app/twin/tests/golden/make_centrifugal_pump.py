"""Writes centrifugal_pump.csv: progpy's pump at given shaft speeds and pressures, as values to compare a kernel with.

    /tmp/oracle/bin/python make_centrifugal_pump.py > centrifugal_pump.csv

The oracle's own motor is left out: its speed is set before each step. Its steps are Euler's; two step sizes are
joined to a second order result (Richardson).
"""

import sys
import warnings
from importlib.metadata import version

import numpy as np
from progpy.models.centrifugal_pump import CentrifugalPumpBase

warnings.simplefilter("ignore")
# From the instant in s on: shaft speed 1/min, suction Pa, discharge Pa, ambient K.
LOAD = [
    (0, 3600.0, 239179.0, 928654.0, 290.0),
    (3600, 2880.0, 239179.0, 928654.0, 293.0),
    (7200, 3600.0, 200000.0, 1400000.0, 303.0),
    (12600, 1800.0, 239179.0, 500000.0, 288.0),
    (16200, 3600.0, 239179.0, 928654.0, 290.0),
]
END, EVERY = 21600, 60
# So fast that five hours show it.
WEAR = {"wA": 0.004, "wThrust": 3e-10, "wRadial": 5e-10}
NAMES = ("Q", "Tt", "Tr", "To", "A", "rThrust", "rRadial")


def number(x):
    return float(np.squeeze(x))


def load(t):
    return [row for row in LOAD if row[0] <= t][-1][1:]


def run(dt):
    pump = CentrifugalPumpBase(process_noise=0, measurement_noise=0, **WEAR)
    per_row = round(EVERY / dt)
    x, rows = None, []
    for k in range(round(END / dt) + 1):
        speed, suction, discharge, ambient = load(k * dt)
        u = pump.InputContainer(
            {"Tamb": ambient, "V": 480, "pdisch": discharge, "psuc": suction, "wsync": 377.0}
        )
        if x is None:
            x = pump.initialize(u)
        x["w"] = np.float64(speed * 2 * np.pi / 60)
        if k % per_row == 0:
            rows.append([number(x[name]) for name in NAMES])
        x = pump.next_state(x, u, dt)
    return np.array(rows)


coarse, fine = run(1.0), run(0.5)
joined = 2 * fine - coarse
off = np.abs(joined - fine).max(axis=0)
out = sys.stdout
print(f"# progpy {version('progpy')} CentrifugalPumpBase, Euler at 1 s and 0.5 s joined, noise off, speed set at each step", file=out)
print("# wear " + " ".join(f"{n}={v!r}" for n, v in WEAR.items()), file=out)
print("# greatest difference to the run at 0.5 s: " + " ".join(f"{n}={v:.1e}" for n, v in zip(NAMES, off)), file=out)
print("# inputs hold from their row's instant on; tolerance: see the test", file=out)
print("t_s,speed_rpm,suction_Pa,discharge_Pa,ambient_K," + ",".join(NAMES), file=out)
for index, row in enumerate(joined):
    t = index * EVERY
    print(",".join([str(t)] + [f"{v:g}" for v in load(t)] + [f"{v:.9g}" for v in row]), file=out)
