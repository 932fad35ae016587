"""Step 3: score the ONNX model itself on the test rows and leave the evidence for the gate."""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow.parquet as pq
import yaml
from mlflow import MlflowClient
from rows import features, labels


def predict(model: Path, pixels: np.ndarray) -> np.ndarray:
    """The digit that the model reads in every row."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    return session.run(["label"], {given.name: pixels})[0]


def measure(prepared: Path, model: Path) -> dict[str, float]:
    """The metrics of the model on the test rows."""
    train, test = (pq.read_table(prepared / f"{part}.parquet") for part in ("train", "test"))
    right = predict(model / "model.onnx", features(test)) == labels(test)
    return {
        "test_accuracy": float(right.mean()),
        "test_rows": len(test),
        "train_rows": len(train),
    }


def main() -> None:
    """Measure, leave the evidence, and log the metrics to the run that made the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--prepared", "--model", "--evidence"):
        parser.add_argument(name, type=Path, required=True)
    arguments = parser.parse_args()
    metrics = measure(arguments.prepared, arguments.model)
    arguments.evidence.mkdir(parents=True, exist_ok=True)
    for name in ("test.parquet", "rows.parquet"):
        shutil.copyfile(arguments.prepared / name, arguments.evidence / name)
    (arguments.evidence / "metrics.json").write_text(json.dumps(metrics, indent=2))
    run = yaml.safe_load((arguments.model / "MLmodel").read_text())["run_id"]
    for name, value in metrics.items():
        MlflowClient().log_metric(run, name, value)
    print(f"Right on {metrics['test_accuracy']:.1%} of {metrics['test_rows']} test rows.")


if __name__ == "__main__":
    main()
