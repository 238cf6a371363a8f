"""The character tokeniser as a Hugging Face folder: one character, one token."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from zsner.document import DataError

MAX_TOKENS = 512
_SPECIALS = {
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}


def write_tokenizer(folder: Path, vocabulary: dict[str, int]) -> PreTrainedTokenizerFast:
    """Write `tokenizer.json` and `tokenizer_config.json` for a character -> id vocabulary.

    WordLevel over characters split by a pattern; the word-piece tokeniser that a BERT folder
    gets by default would join digits and Latin letters and lose the offsets.
    """
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(t, vocabulary[t]) for t in ("[CLS]", "[SEP]")],
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_TOKENS,
        clean_up_tokenization_spaces=False,
        **_SPECIALS,
    )
    fast.save_pretrained(folder)
    # transformers 5 writes a class name of its own that older releases do not know.
    config = folder / "tokenizer_config.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    settings["tokenizer_class"] = "PreTrainedTokenizerFast"
    settings.pop("backend", None)
    config.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return fast


def load_tokenizer(encoder: str) -> PreTrainedTokenizerFast:
    """The character tokeniser of an encoder folder or hub name.

    A folder made by this project has one. Any other BERT gets one made from its own
    vocabulary, blank and line break taking two [unused] rows.
    """
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    if " " in vocabulary and "\n" in vocabulary:
        return tokenizer
    for stand_in, character in (("[unused1]", " "), ("[unused2]", "\n")):
        if stand_in not in vocabulary:
            raise DataError(
                f"{encoder}: its vocabulary has no {stand_in}; use a Chinese BERT such as BAAI/bge-small-zh-v1.5"
            )
        vocabulary[character] = vocabulary.pop(stand_in)
    with TemporaryDirectory() as folder:
        return write_tokenizer(Path(folder), vocabulary)
