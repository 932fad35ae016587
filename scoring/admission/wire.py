"""A look at the outermost fields of an ONNX file, to tell one that was cut from another's.

Reference: ModelProto in onnx/onnx.proto; Protocol Buffers, Encoding.
"""

_NUMBERS = frozenset({1, 5})
_SIZED = frozenset({2, 3, 4, 6, 7, 8, 14, 20, 25, 26})
"""The fields of a model, by how they are written: as a number, or as a size and so many bytes."""


def ends_early(content: bytes) -> bool:
    """Whether fields of a model follow each other up to one that the file ends within.

    >>> ends_early(bytes([8, 8, 58, 100]) + bytes(99))  # IR version 8, a graph of 100 bytes.
    True
    >>> ends_early(b"PK not a model")
    False
    """
    at = 0
    while at < len(content):
        tag, at = _number(content, at)
        field, is_sized = tag >> 3, tag & 7 == 2
        if field not in (_SIZED if is_sized else _NUMBERS):
            return False
        value, at = _number(content, at)
        at += value if is_sized else 0
    return at > len(content)


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends; past the end if it does not."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(content):
            return 2, len(content) + 1
        value |= (content[at] & 0x7F) << shift
        at += 1
        if content[at - 1] < 0x80:
            break
    return value, at
