"""SetFit as its own tutorial has it: contrastive pairs tune the encoder, then a logistic regression is its head.

    python setfit_recipe.py FOLDER BASE PAIRS SEED

FOLDER has train.jsonl and test.jsonl (text, label by number); predictions.json is written there. SetFit's default is to
learn from all pairs of rows; it does if they are at most PAIRS, and else from so many, of each row alike.
"""

import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path


def iterations_for(labels, pairs):
    """SetFit's `num_iterations`: None, all pairs, if these are at most `pairs`; else how often each row is in a pair of
    rows with one label, and in a pair with two.

    >>> iterations_for([0, 0, 1, 1], pairs=12), iterations_for([0, 0, 1, 1], pairs=11)
    (None, 1)
    """
    counts = Counter(labels).values()
    same = sum(count * (count + 1) // 2 for count in counts)  # SetFit pairs each row with itself too
    different = (len(labels) ** 2 - sum(count**2 for count in counts)) // 2
    if 2 * max(same, different) <= pairs:  # the default repeats the rarer kind
        return None
    return max(1, pairs // (2 * len(labels)))


def main(folder, base, pairs, seed):
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    train, test = (
        Dataset.from_list([json.loads(line) for line in (folder / f"{part}.jsonl").read_text("utf-8").splitlines()])
        for part in ("train", "test")
    )
    started = time.perf_counter()
    model = SetFitModel.from_pretrained(base, device="cpu")
    iterations = iterations_for(train["label"], pairs)
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
