"""What was computed once is not computed again: the same arguments give the same, frozen, result."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import partial, wraps
from inspect import signature
from threading import Lock
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from .turns import aside

Given = ParamSpec("Given")
Result = TypeVar("Result", covariant=True)


class Remembered(Protocol[Given, Result]):
    def __call__(self, *args: Given.args, **named: Given.kwargs) -> Result: ...

    def knows(self, *args: Given.args, **named: Given.kwargs) -> bool:
        """Whether the result is there; it computes nothing."""
        ...


@overload
def remember(function: Callable[Given, Result]) -> Remembered[Given, Result]: ...


@overload
def remember(*, most: int) -> Callable[[Callable[Given, Result]], Remembered[Given, Result]]: ...


def remember(function: Callable | None = None, *, most: int = 64) -> Callable:
    """Keep the last results of a pure function for all visitors, by its arguments; `most` of them.

    The result is handed out as it is, not copied: it must be frozen, and a table must not be changed. Arguments are
    compared as the keys of a dictionary are; those whose names begin with _ do not count. Whoever asks for what
    another is just computing waits for it. This is why a changed view never computes a model again.

    `function.knows(…)` says whether a result is there, and computes nothing.
    Streamlit's own cache does more and takes twenty times as long to find a result, and any visitor may empty it.
    """
    if function is None:
        return partial(remember, most=most)
    parameters = signature(function).parameters
    counts = [not name.startswith("_") for name in parameters]
    defaults = tuple(one.default for one in parameters.values())
    positions = {name: k for k, name in enumerate(parameters)}
    kept: OrderedDict[Hashable, Future] = OrderedDict()
    lock = Lock()

    def key_of(args: tuple, named: dict[str, Any]) -> Hashable:
        values = [*args, *defaults[len(args) :]]
        for name, value in named.items():
            values[positions[name]] = value
        return tuple(value for value, matters in zip(values, counts, strict=True) if matters)

    def knows(*args: Any, **named: Any) -> bool:
        result = kept.get(key_of(args, named))
        return result is not None and result.done()

    @wraps(function)
    def remembered(*args: Any, **named: Any) -> Any:
        key = key_of(args, named)
        with lock:
            result = kept.get(key)
            if mine := result is None:
                result = kept[key] = Future()
                if len(kept) > most:
                    kept.popitem(last=False)
            else:
                kept.move_to_end(key)
        if mine:
            try:
                result.set_result(function(*args, **named))
            except BaseException as error:
                with lock:
                    kept.pop(key, None)
                result.set_exception(error)
        if result.done():
            return result.result()
        with aside():  # who computes it may have stepped aside, and needs a turn to go on
            return result.result()

    remembered.knows = knows  # type: ignore[attr-defined]
    return remembered
