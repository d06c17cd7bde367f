"""Writes li_ion_ageing.csv: BLAST-Lite's loss of capacity over a year of rest and use, as values to compare a kernel with.

    /tmp/oracle/bin/python make_li_ion_ageing.py > li_ion_ageing.csv

The law of the package is told its stressors hour by hour: temperature, anode potential from its own curve of the state
of charge, depth of discharge, C-rate and equivalent full cycles. Its own way of finding depth and rate in a series of
charges, which takes whole cycles together, is not part of the comparison.
"""

import sys
from importlib.metadata import version

import numpy as np

if not hasattr(np, "trapz"):  # the package is older than numpy 2
    np.trapz = np.trapezoid
from blast.models import Lfp_Gr_250AhPrismatic

# Fifteen days each: temperature in degC, state of charge at the start, C-rate, hours of discharge and then of charge.
BLOCKS = [
    (25, 0.5, 0.0, 1),
    (35, 0.75, 0.25, 2),
    (15, 0.9, 0.0, 1),
    (40, 0.75, 0.5, 1),
    (20, 0.75, 0.1, 5),
    (30, 0.2, 0.0, 1),
]
DAYS, HOURS, PARTS, DOD = 15, 24, 32, 0.8

cell = Lfp_Gr_250AhPrismatic()
rows = [(0, 0.0, 0.0, 0.0)]
efc, hour = 0.0, 0
for block in BLOCKS * 4:
    celsius, soc, rate, half = block
    for step in range(DAYS * HOURS * PARTS):
        q = cell.outputs["q"][-1]
        sign = -1 if (step // PARTS // half) % 2 == 0 else 1
        after = soc + sign * rate / PARTS / q
        socs = np.array([soc, after])
        t_secs = np.array([0, 3600 / PARTS])
        stressors = {
            "t_secs": t_secs,
            "delta_t_days": 1 / HOURS / PARTS,
            "delta_efc": rate / PARTS / 2,
            "TdegK": np.full(2, celsius + 273.15),
            "soc": socs,
            "Ua": cell._get_Ua(socs),
            "dod": DOD,
            "Crate": rate,
        }
        cell.update_rates(stressors)
        cell.update_states(stressors)
        cell.update_outputs(stressors)
        # Only the last of each history is read; a history of a year would be copied at every step.
        for history in (cell.states, cell.outputs, cell.rates):
            for name in history:
                history[name] = history[name][-1:]
        soc, efc = after, efc + rate / PARTS / 2
    hour += DAYS * HOURS
    rows.append((hour // 24, efc, float(cell.states["qLoss_t"][-1]), float(cell.states["qLoss_EFC"][-1])))

print(f"# BLAST-Lite {version('BLAST-Lite')} Lfp_Gr_250AhPrismatic, steps of {60 / PARTS} min, depth of discharge {DOD}")
print("# blocks of 15 d, in turn: " + "; ".join(f"{c} degC soc {s} rate {r} C, {h} h down, {h} h up" for c, s, r, h in BLOCKS))
print("# the state of charge moves by what flows over the capacity that is left")
print("t_d,full_cycles,loss_by_time,loss_by_use")
for day, cycles, by_time, by_use in rows:
    print(f"{day},{cycles:.6f},{by_time:.9g},{by_use:.9g}")
