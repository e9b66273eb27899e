"""Character language models: one recurrent layer reads one-hot characters and predicts the next one.

``python -m rnnviz.training.language_model`` trains the three that the lessons open and writes their report.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rnnviz.tasks.ngram import NGram
from rnnviz.tasks.text import Vocabulary, shakespeare, split
from rnnviz.training import weights

if TYPE_CHECKING:
    from torch import nn

CELLS = {"elman": "Elman", "gru": "GRU", "lstm": "LSTM"}
BASELINES = {3: "trigram", 4: "4-gram"}


@dataclass(frozen=True)
class Recipe:
    """How a model is trained; the same for the three cells.

    The text is cut into ``batch_size`` streams that are read side by side, ``sequence_length`` characters an update,
    the state carried from one update to the next (truncated backpropagation through time: Williams & Peng 1990).
    Adam's learning rate falls from ``learning_rate`` to 0 along half a cosine; gradients are clipped by their total
    norm. ``unknown_share`` of the characters read are replaced by ``<unk>``, so that its weights are trained too.

    Raises ValueError for a number that is not positive, and a share outside [0, 1).
    """

    hidden_size: int = 64
    updates: int = 10_000
    batch_size: int = 64
    sequence_length: int = 64
    learning_rate: float = 0.02
    gradient_clip: float = 1.0
    unknown_share: float = 0.005
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("hidden_size", "updates", "batch_size", "sequence_length", "learning_rate", "gradient_clip"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        if not 0 <= self.unknown_share < 1:
            raise ValueError(f"unknown_share must be at least 0 and below 1, got {self.unknown_share}")
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"seed must be from 0 to 2 ** 63 - 1, got {self.seed}")


def network(cell: str, *, size: int, hidden_size: int) -> nn.RNNBase:
    """torch's own layer with the ``output`` layer hung on it: its state_dict has the names of the files.

    ``weight_ih_l0 (gates·hidden, size)``, ``weight_hh_l0 (gates·hidden, hidden)``, ``bias_ih_l0``, ``bias_hh_l0``,
    ``output.weight (size, hidden)``, ``output.bias (size,)``, all with torch's initial values.
    Raises ValueError for a cell other than Elman, GRU and LSTM.
    """
    from torch import nn

    layers = {"Elman": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
    if cell not in layers:
        raise ValueError(f"cell must be one of {', '.join(layers)}, got {cell!r}")
    model = layers[cell](size, hidden_size)
    model.output = nn.Linear(hidden_size, size)
    return model


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread: networks this small gain little from a second, and a sum split among threads
    depends on how many there are."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@one_thread()
def train(
    cell: str,
    ids: np.ndarray,
    *,
    size: int,
    recipe: Recipe,
    report: Callable[[int, float], None] = lambda update, bits: None,
) -> dict[str, np.ndarray]:
    """Train on ids (time,) and return the tensors by name, float32.

    The same arguments give the same bytes on the same machine and torch build.
    report: called every hundredth of the way and at the end with the update (from 1) and the mean bits per character
    since the last call. Raises ValueError for a cell unknown to ``network`` and a text too short for the recipe.
    """
    import torch
    from torch.nn import functional
    from torch.nn.utils import clip_grad_norm_

    length, batch_size = recipe.sequence_length, recipe.batch_size
    stream = len(ids) // batch_size
    # One more to predict, and as much again to start each reading at another place.
    if stream < 2 * length + 1:
        raise ValueError(f"at least {batch_size * (2 * length + 1)} characters are needed, got {len(ids)}")

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = network(cell, size=size, hidden_size=recipe.hidden_size)
    chance = torch.Generator().manual_seed(recipe.seed)
    streams = torch.from_numpy(ids[: stream * batch_size].reshape(batch_size, stream).T.copy())
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=recipe.updates)

    output = model.get_submodule("output")
    position, state, since, losses = stream, None, 0, 0.0
    for update in range(1, recipe.updates + 1):
        if position + length + 1 > stream:
            position, state = int(torch.randint(length, (), generator=chance)), None
        read = streams[position : position + length]
        following = streams[position + 1 : position + length + 1]
        unknown = torch.rand(read.shape, generator=chance) < recipe.unknown_share
        hidden, state = model(functional.one_hot(read.masked_fill(unknown, 0), size).float(), state)
        loss = functional.cross_entropy(output(hidden).flatten(0, 1), following.flatten())
        optimiser.zero_grad()
        loss.backward()
        clip_grad_norm_(model.parameters(), recipe.gradient_clip)
        optimiser.step()
        schedule.step()
        state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        position += length

        since, losses = since + 1, losses + loss.item()
        if since >= recipe.updates / 100 or update == recipe.updates:
            report(update, losses / since / math.log(2))
            since, losses = 0, 0.0
    return {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}


@one_thread()
def bits_per_character(cell: str, tensors: dict[str, np.ndarray], ids: np.ndarray) -> float:
    """Mean of −log₂ p(next character) over ids (time,) read once from a zero state, which is never reset.

    The first character is read, not predicted. Raises ValueError for fewer than two ids, and for tensors that are
    not a model of the cell.
    """
    import torch
    from torch.nn import functional

    if len(ids) < 2:
        raise ValueError(f"a text of at least 2 characters is needed, got {len(ids)}")
    model = from_tensors(cell, tensors)
    text, size = torch.from_numpy(np.asarray(ids, dtype=np.int64)), model.input_size
    output, state, nats = model.get_submodule("output"), None, 0.0
    with torch.inference_mode():
        for start in range(0, len(text) - 1, 4096):
            piece = text[start : start + 4097]
            hidden, state = model(functional.one_hot(piece[:-1], size).float(), state)
            nats += functional.cross_entropy(output(hidden), piece[1:], reduction="sum").item()
    return nats / (len(ids) - 1) / math.log(2)


def from_tensors(cell: str, tensors: dict[str, np.ndarray]) -> nn.RNNBase:
    """The torch network whose tensors these are. Raises ValueError when names or shapes are not those of the cell."""
    import torch

    try:
        size, hidden_size = tensors["output.weight"].shape
        model = network(cell, size=size, hidden_size=hidden_size)
        model.load_state_dict({name: torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()})
    except (KeyError, ValueError, RuntimeError) as error:
        raise ValueError(f"these tensors are not a one-layer {cell} with an output layer: {error}") from error
    return model


def metadata(
    cell: str, tensors: dict[str, np.ndarray], vocabulary: Vocabulary, recipe: Recipe, bits: float
) -> dict[str, str]:
    """What a file says of itself; every value a string, as safetensors asks."""
    import torch

    return {
        "cell": cell,
        "command": command(cell, recipe),
        "tokens": json.dumps(vocabulary.tokens, ensure_ascii=False),
        "parameters": str(sum(tensor.size for tensor in tensors.values())),
        "held_out_bits_per_character": repr(bits),
        "trained_on": "the first nine tenths of assets/data/tinyshakespeare.txt",
        "held_out": "the last tenth of assets/data/tinyshakespeare.txt, read once from a zero state",
        "initialisation": "torch's own",
        "optimiser": "Adam, learning rate to 0 along half a cosine",
        "torch": torch.__version__,
        **{name: str(value) for name, value in asdict(recipe).items()},
    }


def command(cell: str, recipe: Recipe) -> str:
    """The command line that makes this model."""
    name = next(key for key, value in CELLS.items() if value == cell)
    words = ["--cell", name]
    for option, value in (("hidden", "hidden_size"), ("seed", "seed"), ("updates", "updates")):
        words += [f"--{option}", str(getattr(recipe, value))]
    return shlex.join(["python", "-m", "rnnviz.training.language_model", *words])


def baselines() -> dict[str, float]:
    """Held-out bits per character of counting: the n-grams, on the characters that the networks predict."""
    train_text, held_out = split(shakespeare())
    vocabulary = Vocabulary.of(train_text)
    ids, unseen = vocabulary.encode(train_text), vocabulary.encode(held_out)
    return {
        name: NGram.fit(ids, order=order, size=len(vocabulary)).bits_per_character(unseen)
        for order, name in BASELINES.items()
    }


def make(cell: str, recipe: Recipe, out: Path) -> None:
    """Train one model, measure it on the held-out text and write ``character_{cell}.safetensors``."""
    train_text, held_out = split(shakespeare())
    vocabulary = Vocabulary.of(train_text)
    started = time.monotonic()

    def report(update: int, bits: float) -> None:
        seconds = time.monotonic() - started
        print(
            f"\r{cell:5}  update {update}/{recipe.updates}  {bits:.3f} bits per character  {seconds:.0f} s",
            end="",
            flush=True,
        )

    tensors = train(cell, vocabulary.encode(train_text), size=len(vocabulary), recipe=recipe, report=report)
    print()
    bits = bits_per_character(cell, tensors, vocabulary.encode(held_out))
    weights.save(
        out / f"character_{cell.lower()}.safetensors", tensors, metadata(cell, tensors, vocabulary, recipe, bits)
    )


def table(out: Path) -> str:
    """The models found in ``out`` beside the baselines, as a Markdown table, the worst first."""
    rows = [(bits, name, "–", "–", "–") for name, bits in baselines().items()]
    for path in out.glob("character_*.safetensors"):
        told = weights.load(path)[1]
        rows.append(
            (
                float(told["held_out_bits_per_character"]),
                told["cell"],
                told["parameters"],
                f"`{path.name}`",
                f"`{told['command']}`",
            )
        )
    lines = ["| model | parameters | held-out bits per character | file | command |", "|---|--:|--:|---|---|"]
    for bits, name, parameters, file, made_by in sorted(rows, reverse=True):
        lines.append(f"| {name} | {parameters} | {bits:.3f} | {file} | {made_by} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, write the files, and print them beside the baselines."""
    parser = argparse.ArgumentParser(prog="python -m rnnviz.training.language_model", description=__doc__)
    parser.add_argument("--cell", choices=[*CELLS, "all"], default="all")
    parser.add_argument("--hidden", type=int, default=Recipe.hidden_size, help="hidden units")
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--updates", type=int, default=Recipe.updates)
    parser.add_argument("--out", type=Path, default=Path("assets/weights"))
    given = parser.parse_args()
    try:
        recipe = Recipe(hidden_size=given.hidden, seed=given.seed, updates=given.updates)
    except ValueError as error:
        parser.error(str(error))

    for cell in CELLS.values() if given.cell == "all" else [CELLS[given.cell]]:
        make(cell, recipe, given.out)
    measured = table(given.out)
    (given.out / "README.md").write_text(README.format(table=measured), encoding="utf-8")
    print(measured, end="")


README = """\
# Weights

Character language models: one-hot characters, one recurrent layer, one linear layer. Trained on the first nine
tenths of `../data/tinyshakespeare.txt`; measured on the last tenth, which no training saw, read once from start to
end. The n-grams (interpolated, Witten-Bell) count the same nine tenths and predict the same characters.

{table}
`make weights` makes all three and this page. Each file's metadata has its tokens, its recipe and its measured bits.
The same command gives the same bytes on the same machine and torch build.
"""


if __name__ == "__main__":
    main()
