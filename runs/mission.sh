#!/usr/bin/env bash
# All stages as a dozen commands, in order, each with its reason. runs/bundled.sh then makes the bundled model.
# Stage 1 took 71 minutes on two busy cores with AMX; `make small` runs the same stages in minutes.
# A second run replaces the models of the first (--overwrite).
set -euxo pipefail
cd "$(dirname "$0")/.."

# The data, from the official addresses; DATA_FROM=PATH uses existing copies.
valence data get imdb sst2 ${DATA_FROM:+--from "$DATA_FROM"}

# Stage 1. A base trained on general English is trained on 25,000 reviews and becomes a body that knows sentiment.
# `--base roberta-base` is the full-size choice; minilm is a fifth of its size and doesn't need the Hub.
valence pretrain --base minilm --data imdb --out models/imdb --overwrite --results docs/results/imdb-stage1.json

# The body, quantised, as it is served. Stage 2 keeps the body, so every later model reuses this file.
valence export --model models/imdb --overwrite

# Stage 2. The body is frozen; only the final layer is changed. It is fitted to short sentences, on the quantised body's
# features, since these are what it will read when served. It replaces the network's own, so plain transformers loads the folder.
valence transfer --from models/imdb --data sst2 --out models/sst2 --overwrite --results docs/results/sst2-final-layer.json

# The same with a final layer that reads all depths of the body: better on sentences, worse on long reviews.
valence transfer --from models/imdb --data sst2 --readout general --out models/sst2-general --overwrite \
  --results docs/results/sst2-general.json

# How much stage 1 helps: the same final layer on a base not trained on the reviews.
valence transfer --from minilm --data sst2 --readout general --out models/sst2-without --overwrite \
  --results docs/results/sst2-without-stage1.json

# The second half of the classic tutorial: IMDb itself again, and only the final layer is changed.
valence transfer --from models/imdb --data imdb --out models/imdb-again --overwrite \
  --results docs/results/imdb-final-layer.json

# How much the body helps: no body at all.
valence baseline --data sst2 --results docs/results/sst2-tfidf.json
valence baseline --data imdb --results docs/results/imdb-tfidf.json
valence baseline --kind vader --data sst2 --results docs/results/sst2-vader.json
valence baseline --kind vader --data imdb --results docs/results/imdb-vader.json

# Does the model as served, quantised and without torch, answer like the one that was trained?
valence parity --model models/sst2 --data sst2 --data imdb --results docs/results/parity.json
valence parity --model models/sst2-general --data sst2 --results docs/results/parity-general.json
