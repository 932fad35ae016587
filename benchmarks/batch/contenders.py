"""Who is measured. Each is a program that is asked with the paths of a model, a table, an output.

The model is the file `model.onnx` of `benchmarks.batch.models`, the table one of
`benchmarks.batch.data`; the output is Parquet with the columns `id` and `prediction`, a row for
each of the table, in its order.
"""

from benchmarks.programs import Program

OURS = Program("batch.ours", "score")
RAW = Program("batch.raw", "raw")
