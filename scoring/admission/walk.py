"""Everything that an ONNX model holds, however deep: graphs lie inside the attributes of nodes."""

import math
from collections.abc import Iterator

from onnx import AttributeProto, GraphProto, NodeProto, SparseTensorProto, TensorProto, helper


def levels(graph: GraphProto) -> Iterator[list[GraphProto]]:
    """A graph, then the graphs that its nodes hold, then those that these hold, and so on."""
    level = [graph]
    while level:  # Without recursion, so that no depth is too deep.
        yield level
        attributes = [attribute for each in level for attribute in _attributes(each)]
        level = [attribute.g for attribute in attributes if attribute.HasField("g")]
        level += [inner for attribute in attributes for inner in attribute.graphs]


def graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """A graph and all that its nodes hold."""
    for level in levels(graph):
        yield from level


def nodes(graph: GraphProto) -> Iterator[NodeProto]:
    """Every node of every graph."""
    for each in graphs(graph):
        yield from each.node


def tensors(graph: GraphProto) -> Iterator[TensorProto]:
    """Every tensor with data: weights and constants, and the two halves of each sparse one."""
    for each in graphs(graph):
        yield from each.initializer
        for attribute in _attributes(each):
            yield from [attribute.t] if attribute.HasField("t") else []
            yield from attribute.tensors
    for sparse in _sparse_tensors(graph):
        yield from (sparse.values, sparse.indices)


def declared_sizes(graph: GraphProto) -> Iterator[tuple[str, int]]:
    """Name and bytes of everything with a declared shape; a negative dimension gives -1."""
    for tensor in tensors(graph):
        yield tensor.name, _bytes(list(tensor.dims), tensor.data_type)
    for sparse in _sparse_tensors(graph):
        yield sparse.values.name, _bytes(list(sparse.dims), sparse.values.data_type)
    for each in graphs(graph):
        for value in [*each.input, *each.output, *each.value_info]:
            declared = value.type.tensor_type
            # A dimension that is only named has the value 0 here, and counts as one.
            dims = [dimension.dim_value or 1 for dimension in declared.shape.dim]
            yield value.name, _bytes(dims, declared.elem_type)


def _attributes(graph: GraphProto) -> Iterator[AttributeProto]:
    for node in graph.node:
        yield from node.attribute


def _sparse_tensors(graph: GraphProto) -> Iterator[SparseTensorProto]:
    for each in graphs(graph):
        yield from each.sparse_initializer
        for attribute in _attributes(each):
            yield from [attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else []
            yield from attribute.sparse_tensors


def _bytes(dims: list[int], kind: int) -> int:
    if any(size < 0 for size in dims):
        return -1
    try:
        width = helper.tensor_dtype_to_np_dtype(kind).itemsize
    except (KeyError, ValueError):  # No type, or one that NumPy lacks: the checker will judge it.
        width = 1
    return math.prod(dims) * int(width)
