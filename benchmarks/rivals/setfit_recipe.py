"""SetFit as its own tutorial has it: contrastive pairs tune the encoder, then a logistic regression is its head.

    python setfit_recipe.py FOLDER BASE PAIRS SEED

FOLDER has train.jsonl and test.jsonl (text, label by number); predictions.json is written there.
"""

import json
import resource
import sys
import time
from pathlib import Path

from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments


def rows(path):
    return Dataset.from_list([json.loads(line) for line in path.read_text("utf-8").splitlines()])


def main(folder, base, pairs, seed):
    train, test = rows(folder / "train.jsonl"), rows(folder / "test.jsonl")
    started = time.perf_counter()
    model = SetFitModel.from_pretrained(base, device="cpu")
    # Two pairs a row and iteration, one alike and one not.
    iterations = max(1, pairs // (2 * len(train)))
    arguments = TrainingArguments(
        batch_size=16,
        num_epochs=1,
        num_iterations=iterations,
        seed=seed,
        output_dir=str(folder / "setfit"),
        report_to="none",
        save_strategy="no",
    )
    trainer = Trainer(model=model, args=arguments, train_dataset=train)
    trainer.train()
    probabilities = model.predict_proba(test["text"], as_numpy=True)
    found = {
        "probabilities": probabilities.tolist(),
        "labels": [int(label) for label in model.model_head.classes_],
        "wall_time_s": time.perf_counter() - started,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "trained_parameters": sum(each.numel() for each in model.model_body.parameters()) + model.model_head.coef_.size,
        "settings": {"batch_size": 16, "num_epochs": 1, "num_iterations": iterations},
    }
    (folder / "predictions.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
