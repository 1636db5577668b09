"""Laws of quantities."""

import math
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from placement.quantity import CPU, LARGEST, MEMORY, format_quantity, parse_quantity

settings_here = settings(derandomize=True, database=None, deadline=None, max_examples=200)

AMOUNTS = st.one_of(
    st.integers(0, LARGEST),
    st.builds(lambda n, p: n << p, st.integers(0, 1023), st.integers(0, 52)),
)
RESOURCES = st.sampled_from([CPU, MEMORY, "ephemeral-storage", "hugepages-1Gi", "pods", "a/gpu"])
UNITS = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1)}
UNITS |= {unit: Fraction(1000**power) for power, unit in enumerate("kMGT", start=1)}
UNITS |= {f"{unit}i": Fraction(1024**power) for power, unit in enumerate("KMGT", start=1)}


def read(text: str) -> tuple[int, str]:
    """Return the amount, or 0 and why there is none."""
    try:
        return parse_quantity(text), ""
    except ValueError as error:
        return 0, str(error)


@settings_here
@given(AMOUNTS, RESOURCES, st.booleans())
def test_reading_what_was_written_gives_it_back(amount: int, resource: str, up: bool) -> None:
    assert parse_quantity(format_quantity(amount, resource), resource, round_up=up) == amount


@settings_here
@given(st.integers(0, 10**6), st.integers(0, 999_999), st.sampled_from(sorted(UNITS)), RESOURCES)
def test_rounding_encloses_the_exact_value(whole: int, part: int, unit: str, resource: str) -> None:
    text = f"{whole}.{part:06d}{unit}"
    exact = (whole + Fraction(part, 10**6)) * UNITS[unit] * (1000 if resource == CPU else 1)
    assume(exact <= LARGEST)
    up, down = (parse_quantity(text, resource, round_up=side) for side in (True, False))
    assert down <= exact <= up
    assert up - down == (0 if exact.denominator == 1 else 1)


@settings_here
@given(st.text(alphabet="0123456789.eE+-mkKMGTPiun _", max_size=12))
def test_any_text_is_a_quantity_or_refused_in_words(text: str) -> None:
    amount, refusal = read(text)
    assert 0 <= amount <= LARGEST
    assert refusal.startswith("must ") or not refusal


@settings_here
@given(st.floats(min_value=1e-9, max_value=1e18))
def test_a_number_reads_as_the_decimal_that_python_shows(number: float) -> None:
    assert parse_quantity(number) == math.ceil(Fraction(repr(number)))
