"""Opening an ONNX model for prediction."""

from pathlib import Path
from typing import Any

from zsner.document import DataError


def open_session(path: Path, threads: int | None = None) -> Any:
    """An onnxruntime session on the processor; `threads` None leaves their number to the runtime.
    Raises DataError if the file cannot be loaded."""
    import onnxruntime as ort  # a third of the start-up time: only when a model is used

    options = ort.SessionOptions()
    options.log_severity_level = 3
    # A waiting thread that spins takes the core of the next process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own that share no base
        raise DataError(f"{path}: onnxruntime cannot load it ({error})") from error
