"""What all cells share: parameters in torch's layout, initialisation, checks, and the run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from . import checks
from .trace import Trace

Array = np.ndarray


class Pulled(NamedTuple):
    """A gradient, taken back through one step of a cell.

    h, c: (..., hidden) ∂L/∂h_{t-1} through this step, and ∂L/∂c_{t-1}
    total_c: (..., hidden) ∂L/∂c_t with what goes through h_t   (c and total_c: None without a cell state)
    inward, recurrent: (..., blocks · hidden) at W_ih x_t + b_ih and at W_hh h_{t-1} + b_hh, in the parameters' order
    """

    inward: Array
    recurrent: Array
    h: Array
    c: Array | None = None
    total_c: Array | None = None


PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


class Cell(ABC):
    """A recurrent cell: four arrays in torch's layout and the formula that uses them.

    weight_ih: (blocks * hidden, input)   weight_hh: (blocks * hidden, hidden)
    bias_ih, bias_hh: (blocks * hidden,)

    The rows are stacked by block in torch's order (LSTM: i f g o, GRU: r z n). Arrays are copied to
    float64 and frozen. Biases left out are zero. Raises ValueError on shapes that do not fit.
    """

    name: ClassVar[str]
    blocks: ClassVar[tuple[str, ...]]
    """The symbols whose weights are stacked in the rows of weight_ih and weight_hh."""
    gates: ClassVar[tuple[str, ...]] = ()
    """The symbols that `clamp` can fix."""
    options: ClassVar[tuple[str, ...]] = ()
    """The names of the cell's own keyword arguments."""
    has_cell_state: ClassVar[bool] = False

    def __init__(self, weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None) -> None:
        self.weight_hh = checks.array("weight_hh", weight_hh, (None, None))
        rows, self.hidden_size = self.weight_hh.shape
        if rows != len(self.blocks) * self.hidden_size:
            raise ValueError(
                f"weight_hh has shape {self.weight_hh.shape}; {self.name} with {self.hidden_size} hidden units needs "
                f"({len(self.blocks)}·{self.hidden_size}, {self.hidden_size}), one block of rows for each of "
                f"{' '.join(self.blocks)}"
            )
        self.weight_ih = checks.array("weight_ih", weight_ih, (rows, None))
        self.input_size = self.weight_ih.shape[1]
        self.bias_ih = np.zeros(rows) if bias_ih is None else checks.array("bias_ih", bias_ih, (rows,))
        self.bias_hh = np.zeros(rows) if bias_hh is None else checks.array("bias_hh", bias_hh, (rows,))
        for parameter in PARAMETERS:
            getattr(self, parameter).setflags(write=False)

    @classmethod
    def random(
        cls,
        input_size: int,
        hidden_size: int,
        *,
        seed: int = 0,
        spectral_radius: float | None = None,
        forget_bias: float | None = None,
        **options: Any,
    ) -> Self:
        """A cell as torch initialises it: every parameter uniform in ±1/√hidden_size, seeded.

        spectral_radius: rescales weight_hh, each block of a gated cell by itself, so that the largest
            |eigenvalue| of every (hidden, hidden) block is this number, at least 0.
        forget_bias: what the LSTM's forget gate adds in total (Jozefowicz et al. 2015): it goes to bias_ih,
            and bias_hh is set to 0 there. ValueError for a cell without a forget gate.
        options: the cell's own (`nonlinearity`, `reset`).

        The numbers come from numpy's generator: the distribution is torch's, the draw is not.
        """
        input_size, hidden_size = checks.size("input_size", input_size), checks.size("hidden_size", hidden_size)
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise ValueError(f"seed must be a whole number of at least 0, not {seed!r}")
        generator = np.random.default_rng(seed)
        rows, bound = len(cls.blocks) * hidden_size, 1 / np.sqrt(hidden_size)
        shapes = ((rows, input_size), (rows, hidden_size), (rows,), (rows,))
        weight_ih, weight_hh, bias_ih, bias_hh = (generator.uniform(-bound, bound, shape) for shape in shapes)
        if spectral_radius is not None:
            spectral_radius = checks.number("spectral_radius", spectral_radius, least=0)
            for block in np.split(weight_hh, len(cls.blocks)):
                block *= spectral_radius / np.abs(np.linalg.eigvals(block)).max()
        if forget_bias is not None:
            if "f" not in cls.blocks:
                raise ValueError(f"forget_bias is {forget_bias!r}, but {cls.name} has no forget gate; leave it None")
            forget = slice(cls.blocks.index("f") * hidden_size, (cls.blocks.index("f") + 1) * hidden_size)
            bias_ih[forget], bias_hh[forget] = checks.number("forget_bias", forget_bias), 0.0
        return cls(weight_ih, weight_hh, bias_ih, bias_hh, **options)

    @classmethod
    def from_state_dict(
        cls, state_dict: Mapping[str, Any], *, layer: int = 0, reverse: bool = False, **options: Any
    ) -> Self:
        """One layer and direction of torch's `nn.RNN`, `nn.LSTM` or `nn.GRU`, by torch's own names.

        state_dict: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` (`_reverse` behind them for the
            backward direction), as tensors or arrays; other names are passed over. Both biases may be missing
            together (`bias=False`).
        Raises ValueError on a missing tensor or another cell's shapes.
        """
        suffix = f"_l{layer}" + ("_reverse" if reverse else "")
        names = {parameter: parameter + suffix for parameter in PARAMETERS}
        without_bias = not any(names[bias] in state_dict for bias in ("bias_ih", "bias_hh"))
        wanted = PARAMETERS[:2] if without_bias else PARAMETERS
        missing = [names[parameter] for parameter in wanted if names[parameter] not in state_dict]
        if missing:
            found = ", ".join(map(str, state_dict)) or "nothing"
            raise ValueError(f"the state_dict lacks {', '.join(missing)}; it holds {found}")
        if (projection := f"weight_hr{suffix}") in state_dict:
            raise ValueError(f"the state_dict holds {projection}; an LSTM with a projection cannot be read")
        arrays = {parameter: checks.array(names[parameter], state_dict[names[parameter]], (None,) * ndim)
                  for parameter, ndim in zip(wanted, (2, 2, 1, 1), strict=False)}  # fmt: skip
        rows, hidden_size = arrays["weight_hh"].shape
        if rows != len(cls.blocks) * hidden_size:
            likely = {1: "an nn.RNN", 3: "an nn.GRU", 4: "an nn.LSTM"}.get(rows / hidden_size, "no cell known here")
            raise ValueError(
                f"{names['weight_hh']} has shape ({rows}, {hidden_size}), which is {likely}; {cls.name} needs "
                f"({len(cls.blocks) * hidden_size}, {hidden_size})"
            )
        return cls(**arrays, **options)

    def state_dict(self) -> dict[str, Array]:
        """The parameters by torch's names, as float64 arrays: what `from_state_dict` reads."""
        return {f"{parameter}_l0": getattr(self, parameter).copy() for parameter in PARAMETERS}

    @property
    def parameters(self) -> int:
        """How many numbers the cell learns. The same for every length of the input."""
        return sum(getattr(self, parameter).size for parameter in PARAMETERS)

    def rows(self, block: str) -> slice:
        """Where a block's rows stand in the four parameters."""
        k = self.blocks.index(block)
        return slice(k * self.hidden_size, (k + 1) * self.hidden_size)

    def run(
        self,
        x: Any,
        h0: Any = None,
        c0: Any = None,
        *,
        clamp: Mapping[str, float | Mapping[int, float]] | None = None,
        hold_from: int = 0,
    ) -> Trace:
        """Read a sequence and record everything that is computed on the way.

        x: (time, input)   h0, c0: (hidden,), zero if left out; c0 only for a cell with a cell state
        clamp: gates held fixed, whole (`{"f": 1.0}`) or by unit (`{"i": {3: 0.0}}`); all that follows, follows.
        hold_from: the first step at which they are held, counted from 0; before it, the cell runs free
        Numbers that overflow are recorded as infinite. Raises ValueError on anything that does not fit.
        """
        x = checks.array("x", x, (None, self.input_size))
        start = np.zeros(self.hidden_size)
        h0 = start if h0 is None else checks.array("h0", h0, (self.hidden_size,))
        if c0 is not None and not self.has_cell_state:
            raise ValueError(f"c0 was given, but {self.name} has no cell state; leave it None")
        if self.has_cell_state:
            c0 = start.copy() if c0 is None else checks.array("c0", c0, (self.hidden_size,))
        held = checks.clamp(clamp, self.gates, self.hidden_size)
        hold_from = checks.step("hold_from", hold_from)
        with np.errstate(over="ignore", invalid="ignore"):
            values = self.forward(x, h0, c0, held, hold_from)
        return Trace(self, x, h0, c0, values, held, hold_from)

    @abstractmethod
    def forward(
        self, x: Array, h0: Array, c0: Array | None, held: Mapping[str, Mapping[int, float]], hold_from: int
    ) -> dict[str, Array]:
        """Every quantity by its symbol, each (time, hidden), in the order of computation. Arguments are checked."""

    @abstractmethod
    def pullback(self, trace: Trace) -> Callable[[int, Array, Array | None], Pulled]:
        """One step of the backward pass, as a function of (t, dh, dc), for one gradient or many at once.

        dh: (..., hidden) ∂L/∂h_t, through all later steps   dc: (..., hidden) ∂L/∂c_t but for what goes through h_t;
            None without a cell state
        """

    @property
    @abstractmethod
    def formulas(self) -> dict[str, str]:
        """Quantity -> LaTeX of exactly what this cell computes, its options included."""

    @property
    def symbols(self) -> dict[str, str]:
        """Quantity -> how it is written in the formulas: the left side of each."""
        return {quantity: formula.split(" = ")[0] for quantity, formula in self.formulas.items()}

    def entering(self, trace: Trace) -> dict[str, Array]:
        """Block -> (time, hidden): what its rows of weight_hh are multiplied by."""
        return dict.fromkeys(self.blocks, trace.previous("h"))

    def numbers(self, trace: Trace, time: int, unit: int) -> dict[str, float]:
        """What each symbol in `formulas` is worth at one step and unit: LaTeX -> number.

        `W x` and `W h` stand for that unit's entry of the product. Raises ValueError out of range.
        """
        for name, value, length in (("time", time, len(trace)), ("unit", unit, self.hidden_size)):
            if isinstance(value, bool) or not isinstance(value, Integral) or not 0 <= value < length:
                raise ValueError(f"{name} is {value!r}; it must be a whole number, 0 to {length - 1}")
        result = {symbol: float(trace[quantity][time, unit]) for quantity, symbol in self.symbols.items()}
        result["h_{t-1}"] = float(trace.previous("h")[time, unit])
        if self.has_cell_state:
            result["c_{t-1}"] = float(trace.previous("c")[time, unit])
        h_before = trace.previous("h")[time]
        for block in self.blocks:
            row = self.rows(block).start + unit
            result[f"W_{{i{block}}} x_t"] = float(self.weight_ih[row] @ trace.x[time])
            result[f"b_{{i{block}}}"] = float(self.bias_ih[row])
            result[f"W_{{h{block}}} h_{{t-1}}"] = float(self.weight_hh[row] @ h_before)
            result[f"b_{{h{block}}}"] = float(self.bias_hh[row])
        return result

    def __repr__(self) -> str:
        own = "".join(f", {option}={getattr(self, option)!r}" for option in self.options)
        return f"{self.name}(input_size={self.input_size}, hidden_size={self.hidden_size}{own})"


def hold(values: Mapping[str, Array], held: Mapping[str, Mapping[int, float]]) -> list[tuple[Array, Array, Array]]:
    """The clamp in a form that costs nothing in the loop: (gate's values, its held units, their numbers)."""
    return [(values[gate], np.array(list(units), dtype=int), np.array(list(units.values())))
            for gate, units in held.items() if units]  # fmt: skip


def slopes(derivative: Array, held: Iterable[int], hold_from: int) -> Array:
    """A gate's slope over time, (time, hidden), zero where units are held: nothing flows to what they replaced."""
    derivative[hold_from:, list(held)] = 0.0
    return derivative


def sigmoid(a: Array, out: Array | None = None) -> Array:
    """σ(a) = 1 / (1 + exp(−a)), accurate in both tails."""
    return np.reciprocal(1.0 + np.exp(-a), out=out)
