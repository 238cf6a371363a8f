"""Make `encoder/`, the base encoder that training starts from, out of a pretrained BERT folder.

    python scripts/make_encoder.py bge-small-zh-v1.5/ encoder/

The character tokeniser never makes a piece of several characters, so those rows of the
embedding are dropped; the bracketed specials stay. Blank and line break, which the pretrained
vocabulary lacks, take the rows of [unused1] and [unused2]. Weights are stored as fp16
safetensors and are to be loaded with `dtype=torch.float32`.
"""

import json
import re
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from zsner.training.tokenizer import write_tokenizer

STAND_INS = {"[unused1]": " ", "[unused2]": "\n"}


def main(source: Path, target: Path) -> None:
    # Not splitlines(): U+2028 and its like are pieces of the vocabulary.
    pieces = (source / "vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    weights = load_file(source / "model.safetensors")
    rows = [i for i, p in enumerate(pieces) if len(p) == 1 or re.fullmatch(r"\[[A-Za-z]+\d*\]", p)]
    vocabulary = {STAND_INS.get(pieces[i], pieces[i]): n for n, i in enumerate(rows)}
    name = "embeddings.word_embeddings.weight"
    weights[name] = weights[name][rows].clone()
    target.mkdir(parents=True, exist_ok=True)
    save_file(
        {k: v.to(torch.float16).contiguous() for k, v in weights.items() if v.is_floating_point()},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    config |= {"vocab_size": len(rows), "pad_token_id": vocabulary["[PAD]"]}
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    write_tokenizer(target, vocabulary)
    print(f"{target}: {len(rows)} of {len(pieces)} pieces kept")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
