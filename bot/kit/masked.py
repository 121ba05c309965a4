"""Private text that does not leak by being printed."""

from __future__ import annotations

_PHONE_SHOWN = (3, 4)
_SHORT = 7


class Phone(str):
    """A phone number: prints, formats and logs masked; `.reveal()` gives it."""

    __slots__ = ()

    @property
    def masked(self) -> str:
        """138****5678: enough to recognise, too little to call."""
        text = str.__str__(self)
        head, tail = _PHONE_SHOWN
        return "****" if len(text) < _SHORT else f"{text[:head]}****{text[-tail:]}"

    def reveal(self) -> str:
        """The number itself; whoever calls this leaves an audit row."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"Phone({self.masked!r})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)


class Email(str):
    """An e-mail address: prints, formats and logs masked; `.reveal()` gives it."""

    __slots__ = ()

    @property
    def masked(self) -> str:
        """l***@firm.cn: the firm tells something, the person nothing."""
        local, _, domain = str.__str__(self).partition("@")
        return f"{local[:1]}***@{domain}"

    def reveal(self) -> str:
        """The address itself; whoever calls this leaves an audit row."""
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"Email({self.masked!r})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)
