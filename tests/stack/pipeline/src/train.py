"""Hands out the model and the evidence that lie prepared beside this program."""

import os
import shutil
import sys
from pathlib import Path

manifest, model, evidence = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
if "/failing/" in manifest:
    sys.stdout.write("Epoch 1 of 3\n")
    sys.stdout.flush()
    sys.exit("the loss is not a number any more")
run = os.environ["MLFLOW_RUN_ID"]  # noqa: TID251 - A step is a program of its own.
shutil.copy("model.onnx", model)
(model / "MLmodel").write_text(
    f"run_id: {run}\nartifact_path: model\nflavors: {{onnx: {{data: model.onnx}}}}\n"
)
for name in ("test.parquet", "rows.parquet"):
    shutil.copy(name, evidence)
