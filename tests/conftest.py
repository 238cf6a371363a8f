"""What the tests share: the real articles, the gold of them, a tiny trained model."""

import os
from pathlib import Path

import pytest

from zsner.corpus.tasks import load_documents
from zsner.document import Document

os.environ["HF_HUB_OFFLINE"] = "1"

ROOT = Path(__file__).parent.parent
ARTICLES = sorted((ROOT / "data" / "articles").glob("*.txt"))
SEEDS = ROOT / "data" / "annotations" / "seeds"


@pytest.fixture(scope="session")
def gold() -> list[Document]:
    """The five real articles with their settled annotation."""
    return load_documents(SEEDS)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder from a few real training steps on two small articles."""
    from zsner.corpus.augment import Rates
    from zsner.training.config import TrainConfig
    from zsner.training.train import train

    folder = tmp_path_factory.mktemp("models") / "tiny"
    config = TrainConfig(
        name="zsner-test",
        encoder=str(ROOT / "encoder"),
        train=(str(SEEDS / "000.json"), str(SEEDS / "001.json")),
        dev=(str(SEEDS / "002.json"),),
        epochs=1,
        max_steps=12,
        batch_size=4,
        learning_rate=1e-3,
        window=128,
        augment=Rates(names=0.3, made=0.5, figures=0.5, noise=0.2, lost=0.02),
        gate=1.0,
    )
    train(config, folder)
    return folder
