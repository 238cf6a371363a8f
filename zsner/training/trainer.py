"""The Trainer of the span model: learning rates by layer, and what keeps a small encoder from
learning its few articles by heart."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from transformers import BertForTokenClassification, Trainer

from zsner.training.config import TrainConfig

IGNORED: Final = -100
"""Label of tokens that do not count: [CLS], [SEP], padding."""


class SpanTrainer(Trainer):
    """Trainer with layer-wise learning-rate decay (as in ULMFiT, Howard & Ruder 2018), and by
    configuration adversarial steps on the embeddings (FGM, Miyato et al. 2017)."""

    optimizer: torch.optim.Optimizer | None

    def __init__(self, *, zsner_config: TrainConfig, **kwargs: Any) -> None:
        self.zsner_config = zsner_config
        super().__init__(**kwargs)

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        if self.optimizer is None:
            config = self.zsner_config
            model: BertForTokenClassification = self.model
            depth = model.config.num_hidden_layers
            groups = []
            for name, parameter in model.named_parameters():
                rate = config.learning_rate * config.layer_decay ** (depth - _layer(name, depth))
                if name.startswith("classifier"):
                    rate = config.head_learning_rate
                decay = 0.0 if name.endswith("bias") or "LayerNorm" in name else config.weight_decay
                groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
            self.optimizer = torch.optim.AdamW(groups, fused=True)
        return self.optimizer

    def training_step(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> torch.Tensor:
        loss = super().training_step(model, inputs, *args, **kwargs)
        if self.zsner_config.adversarial:
            with self._pushed():
                super().training_step(model, inputs, *args, **kwargs)
        return loss

    @contextmanager
    def _pushed(self) -> Iterator[None]:
        """The embeddings moved where the loss grows fastest, for one more pass."""
        weight = self.model.get_input_embeddings().weight
        before, gradient = weight.data.clone(), weight.grad
        norm = float(gradient.norm()) if gradient is not None else 0.0
        if gradient is not None and norm > 0:
            weight.data.add_(gradient, alpha=self.zsner_config.adversarial / norm)
        try:
            yield
        finally:
            weight.data.copy_(before)


def _layer(name: str, depth: int) -> int:
    """Height of a parameter: 0 for embeddings, n for the n-th layer, depth + 1 above."""
    if ".embeddings." in name:
        return 0
    if ".layer." in name:
        return int(name.split(".layer.")[1].split(".")[0]) + 1
    return depth + 1
