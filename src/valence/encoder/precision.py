"""The number format of matrix products, chosen by what this processor does fast, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from valence.system.machine import cpu_flags


@dataclass(frozen=True)
class Precision:
    """`bf16` or `fp32`, the device, and why."""

    name: str
    device: str
    reason: str

    @property
    def bf16(self) -> bool:
        return self.name == "bf16"

    @property
    def accelerator(self) -> str:
        """The GPU's name; empty on a CPU."""
        return torch.cuda.get_device_name() if self.device == "cuda" else ""

    def autocast(self) -> torch.autocast:
        """Computes matrix products in this format inside the block; weights stay float32."""
        return torch.autocast(self.device, torch.bfloat16, enabled=self.bf16)


def choose(wanted: str = "auto") -> Precision:
    """`auto` is bf16 if the GPU or the CPU has it in hardware; `bf16` and `fp32` are used as given."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if wanted != "auto":
        return Precision(wanted, device, "asked for")
    if device == "cuda":
        supported = torch.cuda.is_bf16_supported()
        return Precision("bf16" if supported else "fp32", device, f"the GPU {'has' if supported else 'lacks'} bf16")
    instructions = cpu_flags() & {"amx_bf16", "avx512_bf16"}
    if instructions:
        return Precision("bf16", device, f"the CPU has {max(instructions)}")
    return Precision("fp32", device, "the CPU lacks bf16 instructions")
