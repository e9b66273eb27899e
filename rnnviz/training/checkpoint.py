"""A run under way as bytes, to go on from later as if it had never stopped. They hold numbers and execute nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .run import Learner


def save(learner: Learner) -> bytes:
    """Network, optimiser, generator of examples and the number of updates done, as one safetensors file."""
    from safetensors.numpy import save as serialise

    generator = json.dumps(learner.generator.bit_generator.state).encode()
    tensors = {"update": np.array(learner.update), "generator": np.frombuffer(generator, dtype=np.uint8)}
    tensors |= {f"model.{name}": value.numpy() for name, value in learner.model.state_dict().items()}
    for place, state in learner.optimiser.state_dict()["state"].items():
        kept = {name: value for name, value in state.items() if value is not None}
        tensors |= {f"optimiser.{place}.{name}": value.numpy() for name, value in kept.items()}
    return serialise(tensors)


def restore(learner: Learner, checkpoint: bytes) -> None:
    """Bring a learner of the same plan to where `save` was called.

    Raises ValueError where the bytes are no checkpoint or that of another network.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = {name: torch.from_numpy(value.copy()) for name, value in load(checkpoint).items()}
        update = int(tensors.pop("update"))
        learner.generator.bit_generator.state = json.loads(tensors.pop("generator").numpy().tobytes())
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name in [name for name in tensors if name.startswith("optimiser.")]:
            _, place, quantity = name.split(".")
            state.setdefault(int(place), {})[quantity] = tensors.pop(name)
        learner.model.load_state_dict({name.removeprefix("model."): value for name, value in tensors.items()})
        groups = learner.optimiser.state_dict()["param_groups"]
        learner.optimiser.load_state_dict({"state": state, "param_groups": groups})
    except (SafetensorError, KeyError, TypeError, RuntimeError, ValueError) as error:
        raise ValueError(f"this is no checkpoint of the plan: {error}") from error
    learner.update = update
