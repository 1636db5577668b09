"""Kubernetes quantities: every suffix, exact rounding, refusal of everything else."""

import pytest

from placement.quantity import CPU, MEMORY, format_quantity, parse_quantity

SUFFIXES = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
    "P": 10**15,
    "E": 10**18,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "Pi": 2**50,
    "Ei": 2**60,
}

GARBAGE = (
    "",
    " ",
    "x",
    "Gi",
    "1 Gi",
    "1Kii",
    "1KB",
    "1ki",
    "1K",
    "0x10",
    "1_000",
    "1,5",
    ".",
    "1e",
    "１",
)


@pytest.mark.parametrize(("suffix", "size"), SUFFIXES.items())
def test_a_suffix_multiplies(suffix: str, size: int) -> None:
    assert parse_quantity(f"3{suffix}") == 3 * size
    assert parse_quantity(f"1.5{suffix or 'e2'}") == (size * 3 // 2 if suffix else 150)


@pytest.mark.parametrize(("suffix", "parts"), [("m", 10**3), ("u", 10**6), ("n", 10**9)])
def test_a_fraction_of_a_unit_rounds_up_for_requests_and_down_for_capacity(
    suffix: str, parts: int
) -> None:
    assert parse_quantity(f"{parts}{suffix}") == 1
    assert parse_quantity(f"{parts + 1}{suffix}") == 2
    assert parse_quantity(f"1{suffix}") == 1
    assert parse_quantity(f"{parts + 1}{suffix}", round_up=False) == 1
    assert parse_quantity(f"{parts - 1}{suffix}", round_up=False) == 0


@pytest.mark.parametrize(
    ("text", "milli"),
    [("8", 8000), ("500m", 500), ("0.1", 100), (".5", 500), ("1.", 1000), (2, 2000), (0.25, 250)],
)
def test_cpu_is_counted_in_thousandths(text: object, milli: int) -> None:
    assert parse_quantity(text, CPU) == milli


def test_cpu_below_a_thousandth_rounds_like_any_unit() -> None:
    assert parse_quantity("1500u", CPU) == 2
    assert parse_quantity("1500u", CPU, round_up=False) == 1


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1e3", 1000), ("1E3", 1000), ("1.5e+2", 150), ("2500e-2", 25), ("1E", 10**18), (1e21, None)],
)
def test_exponents_and_the_suffix_E_are_told_apart(text: object, amount: int | None) -> None:
    if amount is None:
        with pytest.raises(ValueError, match="must not exceed"):
            parse_quantity(text)
    else:
        assert parse_quantity(text) == amount


def test_decimal_fractions_are_exact_where_doubles_are_not() -> None:
    assert parse_quantity("0.3", CPU) == 300
    assert parse_quantity(0.1 + 0.2, CPU) == 301  # what Python says is a bit above 0.3
    assert parse_quantity("9007199254740993") == 2**53 + 1


@pytest.mark.parametrize("value", [*GARBAGE, None, True, [], {}, float("nan"), float("inf")])
def test_what_is_no_quantity_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be a Kubernetes quantity such as 24Gi"):
        parse_quantity(value)


@pytest.mark.parametrize("value", ["-1", "-0.5Gi", -3, -0.1])
def test_a_negative_quantity_is_refused_as_negative(value: object) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        parse_quantity(value)


def test_the_largest_quantity_is_that_of_kubernetes() -> None:
    assert parse_quantity(2**63 - 1) == 2**63 - 1
    for beyond in (2**63, "8Ei", "10E", 10**30, "9e99"):
        with pytest.raises(ValueError, match=r"must not exceed 2\^63 - 1"):
            parse_quantity(beyond)
    with pytest.raises(ValueError, match="must not exceed"):
        parse_quantity(2**62, CPU)  # in thousandths it is too large


@pytest.mark.parametrize(
    ("amount", "resource", "text"),
    [
        (8000, CPU, "8"),
        (1500, CPU, "1500m"),
        (0, CPU, "0"),
        (24 * 2**30, MEMORY, "24Gi"),
        (2**60, MEMORY, "1Ei"),
        (1536 * 2**20, MEMORY, "1536Mi"),
        (1000, MEMORY, "1000"),
        (0, MEMORY, "0"),
        (2**20, "ephemeral-storage", "1Mi"),
        (2**21, "hugepages-2Mi", "2Mi"),
        (2**20, "nvidia.com/gpu", "1048576"),
    ],
)
def test_a_quantity_is_written_short_and_exact(amount: int, resource: str, text: str) -> None:
    assert format_quantity(amount, resource) == text


def test_a_plus_sign_is_allowed() -> None:
    assert parse_quantity("+5Gi") == 5 * 2**30
