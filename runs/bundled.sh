#!/usr/bin/env bash
# Makes the bundled model, from its base to the folder in the package. Finished steps are skipped and an interrupted step
# resumes from its last checkpoint, so you can start the script again at any time.
# About four hours on two cores with AMX. All choices use validation rows; only the last step uses the test sets.
set -euo pipefail
cd "$(dirname "$0")/.."
# Needed at the end; asked for now, so that hours of training don't end with a message.
: "${LANGUAGES_FROM:?Set it to language-testdata/sentences of https://github.com/pemistahl/lingua-py}"
: "${TEXTS_FROM:?Set it to the folder of texts that benchmarks/readable.py and runs/neutral_head.py read}"
step() { # step FOLDER COMMAND...: trains FOLDER unless it is there
  local folder=$1
  shift
  [ -e "$folder/head.json" ] || (set -x && "$@" --out "$folder" --resume)
}

set -x
valence data get imdb sst2 sst ${DATA_FROM:+--from "$DATA_FROM"}
{ set +x; } 2>/dev/null

# Stage 1: a body trained on reviews.
step models/imdb valence pretrain --base minilm --data imdb --results docs/results/imdb-stage1.json

# The teacher: five times the size, tuned on sentences. Too large for a small dyno, it is used only in training.
step models/teacher valence pretrain --base mpnet --data sst2 --epochs 1 --learning-rate 3e-5 --max-tokens 128 \
  --results docs/results/sst2-teacher.json

# The student: the body of stage 1 learns sentences from the teacher without forgetting whole reviews.
step models/student valence distill --student models/imdb --teacher models/teacher --data sst2 --data imdb \
  --sentences 100000 --epochs 2 --short-passes 2 --max-tokens 256 --batch-size 64 --learning-rate 1e-4 --test-rows 1000
[ -e models/student/body.safetensors ] || (set -x && valence export --model models/student)

# For comparison, the strict method: the same body frozen, only the final layer changed.
[ -e models/student-strict/head.json ] ||
  (set -x && valence transfer --from models/student --data sst2 --out models/student-strict \
    --results docs/results/sst2-strict.json)

set -x
# The files that go into the package, tested as they are served.
valence bundle --model models/student --out src/valence/bundled --overwrite
# Which texts it can read: weights of the tokens.
python benchmarks/readable.py --data "$TEXTS_FROM" --languages "$LANGUAGES_FROM" --fit src/valence/bundled
valence evaluate --model src/valence/bundled --data docs/hard-cases.csv --results docs/results/hard-cases.json \
  --record --known-failures 15
valence evaluate --model src/valence/bundled --data sst2 --data imdb --results docs/results/bundled.json \
  --record --beside docs/results/sst2-teacher.json --beside docs/results/sst2-strict.json \
  --beside docs/results/sst2-final-layer.json \
  --beside docs/results/sst2-general.json --beside docs/results/sst2-without-stage1.json \
  --beside docs/results/sst2-tfidf.json --beside docs/results/imdb-stage1.json \
  --beside docs/results/imdb-final-layer.json --beside docs/results/imdb-tfidf.json
# The same head with a third label, neutral, for `--model sentiment`.
python runs/neutral_head.py --data "$TEXTS_FROM" --out src/valence/bundled/sentiment
valence evaluate --model sentiment --data sst --data sst2 --record --results docs/results/sentiment.json
python benchmarks/neutral_lines.py
python runs/manifest.py models/imdb models/teacher models/student src/valence/bundled --out docs/results/bundled-manifest.json
