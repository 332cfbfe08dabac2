"""The chart's scale and lines, as the page draws them."""

import json
import math

from in_node import in_node, needs_node
from pytest import approx

pytestmark = needs_node
RANGES = [[27.3, 44.1], [-0.07, 1.07], [0.9312, 0.9834], [0, 100], [31, 31.002], [-3, 250], [0, 6], [0.2, 0.8],
          *([10 ** (n / 7), 10 ** (n / 7) * 1.37] for n in range(-20, 20))]


def test_a_scale_is_of_few_round_numbers_and_a_line_has_gaps():
    drawn = json.loads(in_node("plot.js", json.dumps(RANGES), plot="views/explore/plot.js"))
    for (low, high), scale in zip(RANGES, drawn["scales"], strict=True):
        values, decimals = scale["values"], scale["decimals"]
        assert 2 <= len(values) <= 7 and low <= values[0] + 1e-9 and values[-1] <= high + 1e-9
        step = (values[-1] - values[0]) / (len(values) - 1)
        assert step / 10 ** math.floor(math.log10(step * 1.001)) in (approx(1), approx(2), approx(5))
        said = [f"{value:.{decimals}f}" for value in values]
        assert len({*said}) == len(said) and [float(text) for text in said] == approx(values)
        assert decimals == 0 or any(text[-1] != "0" for text in said), "no more decimals than they take"
    assert drawn["path"] == "M0 1L10 2M30 3M50 4.13L60 5"
    (full, full_too), (first, second) = drawn["marks"]
    assert full == full_too == [0, 2], "a value without neighbours has no line to show it"
    assert {0, 2} <= {*first} and 12 <= len(first) <= 18 and not {*first} & {*second} - {0, 2}
    assert drawn["one"] == [0] and not {1, 3} & {*first, *second}
