"""The training configuration: one typed, validated YAML file."""

import difflib
from pathlib import Path
from typing import Literal

import msgspec

from zsner.corpus.augment import Rates
from zsner.document import DataError


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model is made.

    Paths are relative to the folder that `zsner train` runs in. `window` and `overlap` are in
    characters. With `dev` the best epoch by strict micro-F1 is kept and training stops after
    `patience` epochs without a better one; with `average`, or without `dev`, `epochs` (or
    `max_steps`) says when.
    """

    name: str = "zsner-base"
    kind: Literal["evaluation", "released"] = "evaluation"
    encoder: str = "encoder"
    train: tuple[str, ...]
    dev: tuple[str, ...] = ()
    articles: int = 0
    """Train on this many articles only, drawn by `seed`-independent chance; 0: all."""
    window: int = 320
    overlap: int = 64
    epochs: int = 30
    max_steps: int = -1
    batch_size: int = 8
    learning_rate: float = 3e-4
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup: float = 0.1
    dropout: float = 0.1
    """Of hidden states and before the head; attention has none, which a third of a step would go to."""
    patience: int = 8
    augment: Rates = Rates()
    adversarial: float = 0.0
    """Length of the step against the embeddings that each batch is seen with again (FGM); 0: none."""
    average: int = 0
    """Weights are the mean over this many last epochs; 0: those of the best epoch on dev."""
    link_epochs: int = 10
    """Epochs of the link scorer, which is trained on the finished model's states; 0: rules alone link."""
    seed: int = 13
    bf16: bool | None = None
    """None: where the processor has it."""
    temperature: float = 1.0
    threshold: float = 0.0
    tuple_scale: tuple[float, float] = (1.0, 0.0)
    """All three without `dev`: the evaluation model's. With `dev` they are fitted there."""
    gate: float = 0.003
    """Most strict micro-F1 on dev that int8 may lose against fp32."""
    tensorboard: bool = False

    def __post_init__(self) -> None:
        if not self.train:
            raise ValueError("`train` names no data")
        if not 2 * self.overlap <= self.window <= 510:
            raise ValueError("`window` must be from twice `overlap` to 510 characters")
        for field in ("epochs", "batch_size", "learning_rate", "patience", "temperature"):
            if getattr(self, field) <= 0:
                raise ValueError(f"`{field}` must be above 0")
        if not 0 < self.layer_decay <= 1 or not 0 <= self.warmup < 1 or not 0 <= self.dropout < 1:
            raise ValueError("`layer_decay` lies in (0, 1], `warmup` and `dropout` in [0, 1)")
        if self.kind == "released" and self.dev:
            raise ValueError("a released model trains on everything: leave `dev` out, set `max_steps`")


def read_config(path: Path) -> TrainConfig:
    """A YAML file -> TrainConfig. Raises DataError that names the key; an unknown one gets the
    nearest known name suggested."""
    try:
        raw = msgspec.yaml.decode(path.read_bytes())
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; name a configuration, as configs/base.yaml") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: is no YAML ({error})") from error
    if not isinstance(raw, dict):
        raise DataError(f"{path}: is no list of `key: value` lines")
    known = [field.name for field in msgspec.structs.fields(TrainConfig)]
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; known: {', '.join(known)}"
            raise DataError(f"{path}: unknown key `{key}`{hint}")
    try:
        return msgspec.convert(raw, TrainConfig)
    except msgspec.ValidationError as error:
        raise DataError(f"{path}: {error}") from error
