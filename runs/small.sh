#!/usr/bin/env bash
# All stages in a few minutes on small data: every stage really runs, on fewer rows. `make check-all` runs this.
# Everything is written to build/small. The data are a few hundred made-up reviews in the original formats.
set -euo pipefail
cd "$(dirname "$0")/.."
work=build/small
rm -rf "$work" && mkdir -p "$work"
export VALENCE_HOME="$PWD/$work/home"
step() { printf '\n== %s\n' "$*"; "$@"; }

step python runs/small_data.py "$work/data"
step valence pretrain --base minilm --data "$work/data/aclImdb" --out "$work/imdb" --epochs 2 --max-tokens 64
step valence export --model "$work/imdb"
step valence transfer --from "$work/imdb" --data "$work/data/SST-2" --out "$work/sst2" --learning-curve \
  --results "$work/sst2.json"
step valence baseline --kind majority --kind tfidf --kind vader --data "$work/data/SST-2" --results "$work/sst2-baselines.json"
# Such a short training leaves many probabilities near 50%, where rounding can flip the label.
step valence parity --model "$work/sst2" --data "$work/data/SST-2" --split validation --most-flipped 0.2
step valence parity --model "$work/sst2" --data "$work/data/SST-2" --most-flipped 0.2
step valence bundle --model "$work/sst2" --out "$work/bundled"
step valence evaluate --model "$work/bundled" --data "$work/data/SST-2" --record --beside "$work/sst2-baselines.json" \
  --report "$work/report.html" --mistakes 5
step valence predict --model "$work/bundled" "A wonderful, moving film." "Dull, clumsy and far too long."
