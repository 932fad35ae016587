"""Filters, held against what Microsoft documents of each operator."""

from typing import Any

import msgspec
import pytest

from local.eventgrid.filters import wants
from local.eventgrid.settings import AdvancedFilter, Filter

BREACH = "data.RunTags.azureml_modelmonitor_threshold_breached"
EVENT: dict[str, Any] = {
    "eventType": "Shop.Ordered",
    "subject": "/orders/New/1",
    "data": {
        "total": 30,
        "paid": True,
        "runTags": {"azureml_modelmonitor_threshold_breached": "The signal 's' has FAILED due"},
    },
}


@pytest.mark.parametrize(
    ("operator", "key", "values", "wanted"),
    [
        ("StringContains", BREACH, ["has failed"], True),
        ("StringContains", BREACH, ["has passed"], False),
        ("StringNotContains", BREACH, ["has failed"], False),
        ("StringIn", "eventType", ["shop.closed", "shop.ordered"], True),
        ("StringNotIn", "eventType", ["shop.ordered"], False),
        ("StringBeginsWith", "subject", ["/orders/new"], True),
        ("StringNotBeginsWith", "subject", ["/orders/", "/x/"], False),
        ("StringNotBeginsWith", "subject", ["/x/", "/y/"], True),
        ("StringEndsWith", "subject", ["/1"], True),
        ("StringNotEndsWith", "subject", ["/2"], True),
        ("StringIn", "data.none", ["a"], False),
        ("StringNotIn", "data.none", ["a"], True),
        ("NumberIn", "data.total", [10, 30], True),
        ("NumberNotIn", "data.total", [10], True),
        ("NumberIn", "data.paid", [1], False),
        ("IsNullOrUndefined", "data.none", [], True),
        ("IsNotNull", "data.total", [], True),
    ],
)
def test_an_operator_with_values_does_what_is_documented(
    operator: str, key: str, values: list[object], wanted: bool
):
    condition = AdvancedFilter(operator_type=operator, key=key, values=tuple(values))
    assert wants(Filter(advanced_filters=(condition,)), EVENT) is wanted


@pytest.mark.parametrize(
    ("operator", "key", "value", "wanted"),
    [
        ("NumberLessThan", "data.total", 30, False),
        ("NumberLessThanOrEquals", "data.total", 30, True),
        ("NumberGreaterThan", "data.total", 29.5, True),
        ("NumberGreaterThanOrEquals", "data.total", 31, False),
        ("BoolEquals", "data.paid", True, True),
        ("BoolEquals", "data.total", True, False),
    ],
)
def test_an_operator_with_one_value_does_what_is_documented(
    operator: str, key: str, value: object, wanted: bool
):
    condition = AdvancedFilter(operator_type=operator, key=key, value=value)
    assert wants(Filter(advanced_filters=(condition,)), EVENT) is wanted


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        (Filter(), True),
        (Filter(included_event_types=("shop.ORDERED",)), True),
        (Filter(included_event_types=()), False),
        (Filter(subject_begins_with="/ORDERS/"), True),
        (Filter(subject_begins_with="/ORDERS/", is_subject_case_sensitive=True), False),
        (Filter(subject_ends_with="/1"), True),
        (Filter(subject_begins_with="/orders/", subject_ends_with=".txt"), False),
    ],
)
def test_type_and_subject_have_to_match_both(wish: Filter, wanted: bool):
    assert wants(wish, EVENT) is wanted


def test_an_unknown_operator_is_refused_by_name():
    with pytest.raises(msgspec.ValidationError, match="operatorType is one of StringIn"):
        msgspec.json.decode(b'{"operatorType": "Sounds", "key": "k"}', type=AdvancedFilter)
