"""`python -m valence`, which is also how torchrun starts it: `torchrun --nproc-per-node 2 -m valence pretrain ...`."""

from __future__ import annotations

from valence.cli import main

main(prog_name="valence")
