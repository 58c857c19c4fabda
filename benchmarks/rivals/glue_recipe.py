"""The recipe of transformers' run_glue.py, as its README runs it: every setting that is not named is the Trainer's own.

    python glue_recipe.py FOLDER BASE EPOCHS SEED

All layers, 128 tokens at most, batches of 32, a peak of 2e-5, dropout as the base has it, the last step's model. Three
things make it bearable without a GPU: padding to a batch's longest instead of to 128 tokens and plain attention, which
change no result, and bfloat16. FOLDER has train.jsonl and test.jsonl (text, label by number);
predictions.json is written there.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
    set_seed,
)

SETTINGS = {
    "max_seq_length": 128,
    "pad_to_max_length": False,
    "per_device_train_batch_size": 32,
    "learning_rate": 2e-5,
    "bf16": True,
    "attn_implementation": "eager",
}


class Encoded(torch.utils.data.Dataset):
    def __init__(self, tokenizer, path):
        read = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        length = min(SETTINGS["max_seq_length"], tokenizer.model_max_length)
        self.encoded = tokenizer([row["text"] for row in read], max_length=length, truncation=True)
        self.labels = [row["label"] for row in read]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return {name: values[index] for name, values in self.encoded.items()} | {"label": self.labels[index]}


def main(folder, base, epochs, seed):
    started = time.perf_counter()
    set_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(base)
    train, test = Encoded(tokenizer, folder / "train.jsonl"), Encoded(tokenizer, folder / "test.jsonl")
    classes = 1 + max(train.labels)
    attention = SETTINGS["attn_implementation"]
    model = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=classes, dtype=torch.float32, attn_implementation=attention
    )
    arguments = TrainingArguments(
        output_dir=str(folder / "glue"),
        per_device_train_batch_size=SETTINGS["per_device_train_batch_size"],
        learning_rate=SETTINGS["learning_rate"],
        num_train_epochs=epochs,
        bf16=SETTINGS["bf16"],
        seed=seed,
        use_cpu=True,
        report_to="none",
        save_strategy="no",
    )
    trainer = Trainer(
        model=model, args=arguments, train_dataset=train, data_collator=DataCollatorWithPadding(tokenizer)
    )
    trainer.train()
    logits = torch.from_numpy(trainer.predict(test).predictions).double()
    found = {
        "probabilities": torch.softmax(logits, dim=1).tolist(),
        "labels": list(range(classes)),
        "wall_time_s": time.perf_counter() - started,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "trained_parameters": sum(each.numel() for each in model.parameters()),
        "settings": {**SETTINGS, "num_train_epochs": epochs},
    }
    (folder / "predictions.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
