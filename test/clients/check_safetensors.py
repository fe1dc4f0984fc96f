"""A checkpoint in Python's safetensors, and saved again by it: as it is, and rounded to 16 bits."""

import sys
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

folder = Path(sys.argv[1])
path = folder / "checkpoint.safetensors"
tensors = load_file(path)
with safe_open(path, "np") as file:
    metadata = file.metadata()
assert tensors["embedding"].dtype == np.float32
rounded = {name: t.astype(np.float16) if t.dtype == np.float32 else t for name, t in tensors.items()}
save_file(tensors, folder / "again.safetensors", metadata=metadata)
save_file(rounded, folder / "rounded.safetensors", metadata=metadata)
print(f"safetensors: {len(tensors)} tensors, saved again twice")
