"""Names of files that strangers wrote, judged as text: nothing is looked up by them."""


def is_absolute(name: str) -> bool:
    r"""Whether a name starts at a root, of this system or of another.

    >>> [is_absolute(name) for name in ("/etc/passwd", "C:\\secret", "a/b")]
    [True, True, False]
    """
    first = _folders(name)[0]
    return first.endswith(":") or (not first and name != "")


def leads_out(name: str) -> bool:
    r"""Whether a name climbs, be it to come back: no tool writes such names.

    >>> [leads_out(name) for name in ("../a", "a/../../b", "a\\..\\b", "a/b..c")]
    [True, True, True, False]
    """
    return ".." in _folders(name)


def _folders(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")
