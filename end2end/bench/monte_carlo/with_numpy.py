"""The transformer's Monte Carlo over NumPy arrays of all members; prints milliseconds of each run and the outcome.

Reads {"day": [[load, ambient], ...], "starts": 64 members, "members": n} from stdin.
"""

import json
import sys
import time

import numpy as np

DAY, TAU_OIL, TAU_WINDING = 86400.0, 12600.0, 600.0
K_11, K_21, K_22, HOT_SPOT_FACTOR = 0.5, 2.0, 2.0, 1.3
DT = 300.0


def monte_carlo(day, starts, members, random):
    load, ambients = np.array(day).T
    loss_factor = ((20000 + 120000 * (load / 1500) ** 2) / 140000) ** 0.8
    winding_factor = HOT_SPOT_FACTOR * (load / 1500) ** 1.3
    oil_drift, rise_drift, gradient_drift = (np.sqrt(d * d * DT / 3600) for d in (0.5, 0.5, 0.2))
    oil, winding, counter, aged, rise, gradient = np.resize(np.array(starts), (members, 6)).T.copy()
    above = [np.full(members, -1), np.full(members, -1)]
    log2 = np.log(2.0)

    def ageing(theta):
        return np.exp(log2 * (theta - 98) / 6) / DAY

    for step in range(len(day) + 1):
        theta = oil + winding - counter
        for first, limit in zip(above, (120.0, 140.0)):
            first[(theta > limit) & (first < 0)] = step
        if step == len(day):
            break
        oil_end = ambients[step] + rise * loss_factor[step]
        winding_end = gradient * winding_factor[step]
        a, b = K_21 * winding_end, (K_21 - 1) * winding_end

        def rates(oil, winding, counter):
            return (
                (oil_end - oil) / (K_11 * TAU_OIL),
                (a - winding) / (K_22 * TAU_WINDING),
                (b - counter) * K_22 / TAU_OIL,
                ageing(oil + winding - counter),
            )

        o1, w1, c1, g1 = rates(oil, winding, counter)
        o2, w2, c2, g2 = rates(oil + DT / 2 * o1, winding + DT / 2 * w1, counter + DT / 2 * c1)
        o3, w3, c3, g3 = rates(oil + DT / 2 * o2, winding + DT / 2 * w2, counter + DT / 2 * c2)
        o4, w4, c4, g4 = rates(oil + DT * o3, winding + DT * w3, counter + DT * c3)
        oil += DT / 6 * (o1 + 2 * o2 + 2 * o3 + o4) + oil_drift * random.standard_normal(members)
        winding += DT / 6 * (w1 + 2 * w2 + 2 * w3 + w4)
        counter += DT / 6 * (c1 + 2 * c2 + 2 * c3 + c4)
        aged += DT / 6 * (g1 + 2 * g2 + 2 * g3 + g4)
        rise += rise_drift * random.standard_normal(members)
        np.clip(rise, 20, 120, out=rise)
        gradient += gradient_drift * random.standard_normal(members)
        np.clip(gradient, 5, 40, out=gradient)
    return [theta.mean(), *np.quantile(theta, [0.05, 0.5, 0.95]), *(float((first >= 0).mean()) for first in above)]


def main():
    case = json.load(sys.stdin)
    random = np.random.Generator(np.random.SFC64(1))
    millis = []
    for _ in range(int(sys.argv[1])):
        begin = time.perf_counter()
        outcome = monte_carlo(case["day"], case["starts"], case["members"], random)
        millis.append((time.perf_counter() - begin) * 1e3)
    print(json.dumps({"millis": millis, "outcome": [float(x) for x in outcome], "version": np.__version__}))


main()
