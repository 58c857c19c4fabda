#!/usr/bin/env bash
# Serving as it is deployed: an environment made from the serving requirements alone walks every serving path on the
# bundled model; its size and its ten largest packages are printed and held against the budget.
set -euo pipefail
cd "$(dirname "$0")/../.."
room=build/serving
budget_mb=230 # 223 here; the model, SQLAlchemy, numpy and the tokenizers are most of it

rm -rf "$room"
"${PYTHON:-python3}" -m venv "$room"
"$room/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
"$room/bin/pip" install --quiet --disable-pip-version-check --no-deps .
"$room/bin/pip" uninstall --quiet --yes setuptools >/dev/null 2>&1 || true
mkdir "$room/app" && (cd "$room/app" && PATH="$PWD/../bin:$PATH" bash ../../../bin/post_compile) # as a slug is thinned
if "$room/bin/python" -c 'import torch' 2>/dev/null; then echo "torch has come into the serving environment"; exit 1; fi

export VALENCE_DATA_FOLDER="$PWD/$room/kept" # not where the user's own server keeps its data
unset DATABASE_URL VALENCE_DATABASE_URL REDIS_URL VALENCE_REDIS_URL
echo "== Serving without torch, from requirements.txt alone"
(cd "$room" && bin/python ../../tests/serving/routine.py "$("bin/python" -c 'from valence.model.bundled import bundled_folder; print(bundled_folder())')")
echo "== The ten largest packages, MB"
du -m --max-depth=1 "$room"/lib/python*/site-packages | sort -rn | sed -n '2,11p' | awk '{n=split($2,p,"/"); printf "%6d  %s\n", $1, p[n]}'
size=$(du -sm "$room" | cut -f1)
echo "whole environment: $size MB of $budget_mb"
[ "$size" -le "$budget_mb" ]
