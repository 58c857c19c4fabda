#!/usr/bin/env bash
# Compares how much of the body to train: the same stage 1 and the same sentences, from the final layer alone to all layers,
# with a larger base, and with one trained on nothing but reviews. Results in docs/results/layers/.
# Minutes on a GPU, a night on two cores. Finished steps are skipped; an interrupted step resumes.
set -euo pipefail
cd "$(dirname "$0")/.."
R=docs/results/layers
step() { # step FOLDER RESULT COMMAND...: makes the model FOLDER unless it is there
  local folder=models/$1 result=$R/$2.json
  shift 2
  [ -e "$folder/head.json" ] || (set -x && "$@" --out "$folder" --results "$result")
}

valence data get imdb sst2 ${DATA_FROM:+--from "$DATA_FROM"}

step imdb imdb-stage1 valence pretrain --base minilm --data imdb --resume
[ -e models/imdb/body.safetensors ] || valence export --model models/imdb
step sst2 sst2-final-layer valence transfer --from models/imdb --data sst2
step sst2-general sst2-general valence transfer --from models/imdb --data sst2 --readout general
step sst2-without sst2-without-stage1 valence transfer --from minilm --data sst2 --readout general
for n in 1 2 3; do
  step l$n sst2-layers-$n valence transfer --from models/imdb --data sst2 --train-layers $n --resume
done
step lora sst2-lora valence transfer --from models/imdb --data sst2 --method lora --resume
step all sst2-layers-all valence transfer --from models/imdb --data sst2 --train-layers all --resume

# Five times the size.
step mpnet-final sst2-mpnet-final valence transfer --from mpnet --data sst2 --readout general
step teacher-reviews imdb-teacher valence pretrain --base mpnet --data imdb --epochs 1 --learning-rate 3e-5 --resume
step teacher sst2-teacher valence transfer --from models/teacher-reviews --data sst2 --train-layers all --epochs 1 \
  --learning-rate 3e-5 --resume

# A RoBERTa from scratch. Three minutes suit a large GPU: allow more on a smaller one.
[ -e models/reviews-base ] || python runs/roberta_from_scratch.py --out models/reviews-base --minutes "${MINUTES:-3}"
step scratch-imdb scratch-imdb valence pretrain --base models/reviews-base --data imdb --resume
step scratch-sst2 scratch-sst2-final valence transfer --from models/scratch-imdb --data sst2
