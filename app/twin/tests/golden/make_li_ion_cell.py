"""Writes li_ion_cell.csv: a varying discharge of progpy's equivalent circuit, as values to compare a kernel with.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install progpy==1.9.0
    /tmp/oracle/bin/python make_li_ion_cell.py > li_ion_cell.csv
"""

import sys
from importlib.metadata import version

import numpy as np
from progpy.models import BatteryCircuit

# Current in A from the instant in s on.
LOAD = [(0, 2.0), (900, 1.0), (1500, 3.0), (2100, 0.0), (2700, 2.0)]
EVERY = 10
# Binary fractions: the sum of steps then meets the changes of load exactly.
DT = 1 / 16


def number(x):
    """The one number in what may be an array of one."""
    return float(np.squeeze(x))


def current(t):
    return [i for start, i in LOAD if t >= start][-1]


def run(dt, method="rk4"):
    """Rows (t, current from t on, voltage, temperature, state of charge, charges) and the time of 3.0 V."""
    cell = BatteryCircuit(process_noise=0, measurement_noise=0, integration_method=method)
    p = cell.parameters
    x = cell.initialize()
    per_row = round(EVERY / dt)
    rows, k, before = [], 0, None
    while True:
        t = k * dt
        y = cell.output(x)
        v, temperature = number(y["v"]), number(y["t"])
        if k % per_row == 0:
            charges = [number(x[name]) for name in ("qb", "qcp", "qcs")]
            soc = (p["CMax"] - p["qMax"] + charges[0]) / p["CMax"]
            rows.append([t, current(t), v, temperature, soc, *charges])
        if v < p["VEOD"]:
            share = (before - p["VEOD"]) / (before - v)
            return rows, t - dt + share * dt, p
        before = v
        x = cell.next_state(x, cell.InputContainer({"i": current(t)}), dt)
        k += 1


def difference(a, b):
    return [max(abs(p[c] - q[c]) for p, q in zip(a, b)) for c in (2, 3, 4)]


rows, end, p = run(DT)
finer, finer_end, _ = run(DT / 2)
coarse, coarse_end, _ = run(0.5)
euler, euler_end, _ = run(0.5, "euler")


def told(name, other, other_end):
    v, temperature, soc = difference(rows, other)
    return f"# {name}: voltage {v:.1e} V, temperature {temperature:.1e} K, soc {soc:.1e}, end {abs(end - other_end):.1e} s"


out = sys.stdout
print(f"# progpy {version('progpy')} BatteryCircuit, integration_method rk4, dt {DT} s, noise off", file=out)
names = "Rp qMax CMax VEOD Cbp0 Cbp1 Cbp2 Cbp3 Rs Cs Rcp0 Rcp1 Rcp2 Ccp Ta Jt ha hcp hcs".split()
print("# parameters " + " ".join(f"{n}={p[n]:g}" if n not in ("qMax", "Cbp3") else f"{n}={p[n]!r}" for n in names), file=out)
x0 = p["x0"]
print("# initial " + " ".join(f"{n}={float(x0[n])!r}" for n in ("tb", "qb", "qcp", "qcs")), file=out)
print("# current_A holds from its row's instant on; temperature is the model's tb", file=out)
print(f"# voltage falls below {p['VEOD']} V at end_s={end!r}", file=out)
print("# differences from this file, greatest over all rows:", file=out)
print(told(f"rk4, dt {DT / 2} s", finer, finer_end), file=out)
print(told("rk4, dt 0.5 s", coarse, coarse_end), file=out)
print(told("euler, dt 0.5 s", euler, euler_end), file=out)
print(
    "# tolerance 1e-4 V, 1e-4 K, 1e-6, end 0.05 s: above what an rk4 step of 0.5 s differs by, far below what a wrong"
    " equation or parameter does",
    file=out,
)
print("t_s,current_A,voltage_V,temperature_K,soc,qb_C,qcp_C,qcs_C", file=out)
for row in rows:
    print(",".join([f"{row[0]:.0f}", f"{row[1]:g}"] + [f"{value:.10g}" for value in row[2:]]), file=out)
