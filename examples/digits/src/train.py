"""Step 2: fit a classifier on the training rows and save it as ONNX in MLflow's format.

The folder is written by MLflow's `save_model` and then logged as the run's artifact `model`, which
works with servers of MLflow 2 and 3 and with Azure ML alike; `log_model` does not.
"""

import argparse
import json
from pathlib import Path

import mlflow
import onnx
import pyarrow.parquet as pq
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import Array
from rows import PIXELS, features, labels
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

# The artifact's name below the run: `runs:/<run>/model`.
ARTIFACT = "model"
PARAMETERS = {"C": 1.0, "max_iter": 1000}
SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.float, name) for name in PIXELS]),
    outputs=Schema(
        [ColSpec(DataType.long, "label"), ColSpec(Array(DataType.float), "probabilities")]
    ),
)


def fit(pixels, digits) -> Pipeline:  # noqa: ANN001 - NumPy arrays; the step imports no NumPy.
    """A logistic regression on scaled pixels: convex, so the same rows give the same model."""
    return make_pipeline(StandardScaler(), LogisticRegression(**PARAMETERS)).fit(pixels, digits)


def convert(classifier: Pipeline, sample) -> onnx.ModelProto:  # noqa: ANN001 - As above.
    """The classifier in ONNX: (rows, 64) float32 in, the label and ten probabilities out.

    ONNX does not name the columns of a matrix. With their names in its metadata, whoever scores
    rows finds each column by its name, in whatever order the rows come.
    """
    model = to_onnx(classifier, sample[:1], options={"zipmap": False})
    # Added: `onnx.helper.set_model_props` would drop the properties that are there.
    model.metadata_props.add(key="ratchet.columns", value=json.dumps(PIXELS))
    return model


def save(model: onnx.ModelProto, folder: Path, run: str) -> None:
    """Write the folder in MLflow's format; its MLmodel names the run and the artifact."""
    mlflow.onnx.save_model(
        model,
        folder,
        mlflow_model=Model(artifact_path=ARTIFACT, run_id=run),
        signature=SIGNATURE,
        # Named here, MLflow need not load the model in another process to guess them.
        pip_requirements=["onnx", "onnxruntime"],
        # One file: a model with weights beside it could point outside of its folder.
        save_as_external_data=False,
    )


def main() -> None:
    """Fit, convert, save and log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    arguments = parser.parse_args()
    table = pq.read_table(arguments.prepared / "train.parquet")
    pixels, digits = features(table), labels(table)
    classifier = fit(pixels, digits)
    with mlflow.start_run() as run:
        mlflow.log_params({**PARAMETERS, "train_rows": len(table)})
        mlflow.log_metric("train_accuracy", classifier.score(pixels, digits))
        save(convert(classifier, pixels), arguments.model, run.info.run_id)
        mlflow.log_artifacts(str(arguments.model), ARTIFACT)
    print(f"Learnt from {len(table)} rows; the model is {ARTIFACT} of run {run.info.run_id}.")


if __name__ == "__main__":
    main()
