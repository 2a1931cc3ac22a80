"""Compute a property once per object. In Python 3.11, ``functools.cached_property`` takes a lock, which takes longer."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

_Value = TypeVar("_Value")


class Once(Generic[_Value]):
    """Property whose value is computed when it is first read, and then stored in the object. Works as a decorator."""

    def __init__(self, compute: Callable[[Any], _Value]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> "Once[_Value]": ...
    @overload
    def __get__(self, owner: object, kind: type) -> _Value: ...
    def __get__(self, owner: object, kind: type) -> "Once[_Value] | _Value":
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._compute(owner)
        return value
