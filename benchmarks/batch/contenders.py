"""Who is measured. Each is a program that is asked with the paths of a model, a table, an output.

The model is the file `model.onnx` of `benchmarks.batch.models`, the table one of
`benchmarks.batch.data`; the output is Parquet with the columns `id` and `prediction`, a row for
each of the table, in its order.
"""

from benchmarks.programs import Program

_NUMBERS = ("numpy==2.4.6", "onnxruntime==1.31.1", "pandas==3.1.1", "pyarrow==25.0.1")
_MLFLOW = ("mlflow==3.17.2", "onnx==1.23.2", *_NUMBERS)

OURS = Program("batch.ours", "score")
RAW = Program("batch.raw", "raw")

PEERS = (
    Program("batch.peers.pandas", "score", _NUMBERS),
    Program("batch.peers.mlflow_pyfunc", "score", _MLFLOW),
)
