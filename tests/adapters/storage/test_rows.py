"""Documents are cut so that each piece fits a property, and come back as they were."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clients import table_service
from adapters.storage import rows
from adapters.storage.rows import Rows, insert, packed, unpacked
from decisions.errors import Missing, Rejected

LIMIT = 64 * 1024


@given(st.text())
def test_a_document_comes_back_as_it_was(text: str):
    assert unpacked(packed(text.encode())) == text.encode()


@pytest.mark.parametrize("character", ["x", "ü", "–", "🎉"], ids=ascii)
def test_every_piece_fits_a_property(character: str):
    pieces = packed((character * 100_000).encode())

    assert max(len(piece.encode("utf-16-le")) for piece in pieces.values()) <= LIMIT
    assert unpacked(pieces) == (character * 100_000).encode()


def test_pieces_are_joined_in_their_order_among_other_properties():
    pieces = packed("".join(f"{n:06d}" for n in range(40_000)).encode())
    shuffled = {"seq": 1, "cause": "data/1", **dict(reversed(pieces.items()))}

    assert len(pieces) == 15
    assert unpacked(shuffled) == "".join(f"{n:06d}" for n in range(40_000)).encode()


def test_examples_in_docstrings_hold():
    assert doctest.testmod(rows).failed == 0
    assert doctest.testmod(rows).attempted > 0


def test_a_table_that_is_not_there_is_named(storage: str):
    table = Rows(table_service(storage).get_table_client("nosuchtable"))

    with pytest.raises(Missing, match="nosuchtable"):
        table.find("digits", "state")
    with pytest.raises(Missing, match="nosuchtable"):
        list(table.between("digits", "a", "z"))
    with pytest.raises(Missing, match="nosuchtable"):
        table.write("digits", insert("state", {}))


def test_a_row_that_is_too_large_is_rejected(storage: str):
    with table_service(storage) as service:
        table = Rows(service.create_table_if_not_exists("toolarge"))

        with pytest.raises(Rejected):
            table.write("digits", insert("state", packed(b"x" * 5_000_000)))


def test_a_filter_is_not_a_way_in(storage: str):
    with table_service(storage) as service:
        table = Rows(service.create_table_if_not_exists("hostile"))
        table.write("digits", insert("state", {"secret": "1"}))

        assert list(table.between("x' or PartitionKey ne '", "a", "z")) == []
