"""Writes power_transformer.csv: three days of transformer-thermal-model's power transformer, ONAN.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install transformer-thermal-model==0.6.0
    /tmp/oracle/bin/python make_power_transformer.py > power_transformer.csv
"""

from datetime import datetime, timedelta
from importlib.metadata import version
from math import pi, sin

from transformer_thermal_model.aging import aging_rate_profile, days_aged
from transformer_thermal_model.cooler import CoolerType
from transformer_thermal_model.model import Model
from transformer_thermal_model.schemas import InputProfile, UserTransformerSpecifications
from transformer_thermal_model.transformer import PaperInsulationType, PowerTransformer

P0, PK, IN = 20_000.0, 120_000.0, 1_500.0
STEP_MIN = 15
ROWS = 3 * 24 * 60 // STEP_MIN + 1


def profile():
    """Load in A and ambient in degC, row by row: a daily wave, a peak every evening, an overload on the second."""
    rows = []
    for k in range(ROWS):
        hour = k * STEP_MIN / 60
        day, of_day = divmod(hour, 24)
        load = 900 + 300 * sin(2 * pi * (of_day - 9) / 24)
        if 17 <= of_day < 20:
            load += 350
        if day == 1 and 18 <= of_day < 19:
            load += 450
        if day == 2 and 3 <= of_day < 4:
            load = 0
        ambient = 18 + 3 * day + 7 * sin(2 * pi * (of_day - 10) / 24)
        rows.append((round(load, 1), round(ambient, 1)))
    return rows


def run(rows, split=1):
    """Top oil and hot spot of every row; `split` puts that many oracle steps into each row's interval."""
    start = datetime(2024, 7, 1)
    times, loads, ambients = [start], [rows[0][0]], [rows[0][1]]
    for k, (load, ambient) in enumerate(rows[1:]):
        for part in range(1, split + 1):
            times.append(start + timedelta(minutes=STEP_MIN) * (k + part / split))
            loads.append(load)
            ambients.append(ambient)
    user = UserTransformerSpecifications(no_load_loss=P0, load_loss=PK, nom_load_sec_side=IN)
    transformer = PowerTransformer(user_specs=user, cooling_type=CoolerType.ONAN)
    data = InputProfile.create(times, loads, ambients)
    out = Model(temperature_profile=data, transformer=transformer).run()
    return out.top_oil_temp_profile[::split], out.hot_spot_temp_profile[::split], transformer.specs


rows = profile()
oil, hot, specs = run(rows)
finer_oil, finer_hot, _ = run(rows, 15)
normal = aging_rate_profile(hot, PaperInsulationType.NORMAL)
upgraded = aging_rate_profile(hot, PaperInsulationType.THERMAL_UPGRADED)
shifted_oil, shifted_hot, _ = run([rows[0]] + rows[:-1])

print(f"# transformer-thermal-model {version('transformer-thermal-model')} PowerTransformer, CoolerType.ONAN, ColdStart")
names = "no_load_loss load_loss nom_load_sec_side time_const_oil time_const_windings top_oil_temp_rise"
names += " winding_oil_gradient hot_spot_fac oil_const_k11 winding_const_k21 winding_const_k22 oil_exp_x winding_exp_y"
names += " end_temp_reduction amb_temp_surcharge"
print("# parameters " + " ".join(f"{n}={getattr(specs, n):g}" for n in names.split()))
print("# initial: top oil at the first ambient temperature, both parts of the hot spot rise 0")
print("# load and ambient of a row hold over the 15 minutes that END at it, as the oracle has it")
print("# ageing rates in days per day: normal paper, thermally upgraded paper")
days = [float(days_aged(hot, kind)) for kind in (PaperInsulationType.NORMAL, PaperInsulationType.THERMAL_UPGRADED)]
print(f"# days_aged (each rate over the interval that ends at its row) normal={days[0]!r} upgraded={days[1]!r}")
print("# differences from this file, greatest over all rows:")
print(f"# one-minute steps, same inputs: top oil {max(abs(oil.values - finer_oil.values)):.1e} K, hot spot {max(abs(hot.values - finer_hot.values)):.1e} K")
print(f"# inputs held forward instead: top oil {max(abs(oil.values - shifted_oil.values)):.2f} K, hot spot {max(abs(hot.values - shifted_hot.values)):.2f} K")
print("# tolerance 1e-3 K, ageing rates 2e-4 of their value: the oracle solves its linear equations exactly for constant")
print("# inputs, so what differs is the other solver's step; a wrong hold or parameter differs by far more")
print("t_min,load_A,ambient_degC,top_oil_degC,hot_spot_degC,ageing_normal,ageing_upgraded")
for k, (load, ambient) in enumerate(rows):
    values = ",".join(f"{s.iloc[k]:.10g}" for s in (oil, hot, normal, upgraded))
    print(f"{k * STEP_MIN},{load},{ambient},{values}")
