"""What apt's texts say: versions, sources, and the backports source that goes with them.

Pure functions on text, for install_ngspice.py; nothing here touches the machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Version = tuple[int, int]

ALIASES = ("stable", "oldstable", "oldoldstable", "testing")  # names a codename may hide behind


# --- versions -------------------------------------------------------------------------


def parse_ngspice_version(text: str) -> Version | None:
    """(major, minor) out of the banner of ``ngspice --version``; None if there is none."""
    match = re.search(r"\bngspice-(\d+)(?:\.(\d+))?", text)
    return (int(match[1]), int(match[2] or 0)) if match else None


def parse_package_version(text: str) -> Version | None:
    """(major, minor) of a Debian version such as ``1:44.2+ds-1~bpo12+1``."""
    match = re.match(r"(?:\d+:)?(\d+)(?:\.(\d+))?", text.strip())
    return (int(match[1]), int(match[2] or 0)) if match else None


def parse_candidate(policy: str) -> Version | None:
    """The candidate's version out of ``apt-cache policy PACKAGE`` (C locale)."""
    match = re.search(r"^\s*Candidate:\s*(\S+)", policy, re.MULTILINE)
    return parse_package_version(match[1]) if match else None


def parse_archive_uris(policy: str) -> frozenset[str]:
    """Where ``apt-cache policy PACKAGE`` says that a suite's main component comes from."""
    found = re.findall(r"^\s+-?\d+ (\S+:\S+) \S+/main \S+ Packages$", policy, re.MULTILINE)
    return frozenset(canonical_uri(uri) for uri in found)


def show(version: Version) -> str:
    """The version as ngspice writes it: 46, 44.2."""
    major, minor = version
    return f"{major}.{minor}" if minor else str(major)


def canonical_uri(uri: str) -> str:
    """One spelling for the same place: no password, no extra slashes, lower-case scheme."""
    scheme, _, rest = uri.partition(":")
    rest = re.sub(r"^(//)[^/@]*@", r"\1", rest)
    return f"{scheme.lower()}:{rest.strip('/')}"


# --- apt sources ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """One enabled binary source; ``options`` is what the stanza or the brackets say besides."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: str


def parse_deb822(text: str) -> list[Source]:
    """The enabled ``deb`` stanzas of a ``*.sources`` file."""
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith("#")]
    stanzas = re.split(r"\n{2,}", "\n".join(lines))
    return [source for source in map(_parse_stanza, stanzas) if source is not None]


def _parse_stanza(stanza: str) -> Source | None:
    field_texts = re.findall(r"^[^\s:][^:\n]*:.*(?:\n[ \t].*)*", stanza, re.MULTILINE)
    fields = {field.partition(":")[0].strip().lower(): field for field in field_texts}

    def words(name: str) -> tuple[str, ...]:
        return tuple(fields.pop(name, "").partition(":")[2].split())

    enabled, types = words("enabled"), words("types")
    uris, suites, components = words("uris"), words("suites"), words("components")
    off = enabled and enabled[0].lower() in {"no", "false", "without", "off", "disable", "0"}
    if off or "deb" not in types:
        return None
    # The name belongs to the stanza it came from; two stanzas of one name confuse repolib.
    fields.pop("x-repolib-name", None)
    return Source(_without_cdrom(uris), suites, components, "\n".join(fields.values()))


def parse_oneline(text: str) -> list[Source]:
    """The enabled ``deb`` lines of a ``sources.list`` or ``*.list`` file."""
    sources = []
    for line in text.splitlines():
        match = re.match(
            r"\s*deb\s+(?:\[(?P<options>[^]]*)]\s*)?(?P<uri>[^\s\[]\S*)\s+(?P<suite>\S+)(?P<rest>.*)",
            line.partition("#")[0],
        )
        if match:
            options = " ".join((match["options"] or "").split())
            uris = _without_cdrom((match["uri"],))
            components = tuple(match["rest"].split())
            sources.append(Source(uris, (match["suite"],), components, options))
    return sources


def _without_cdrom(uris: Iterable[str]) -> tuple[str, ...]:
    return tuple(uri for uri in uris if not uri.lower().startswith("cdrom:"))


def backports_suite(codename: str) -> str:
    """The name of a release's backports suite."""
    return f"{codename}-backports"


def lists_backports(sources: Iterable[Source], codename: str) -> bool:
    """Whether a source already offers the release's backports."""
    suite = backports_suite(codename)
    return any(s.uris and suite in s.suites and "main" in s.components for s in sources)


def find_main_source(
    sources: Iterable[Source], codename: str, archive_uris: frozenset[str] | None
) -> Source | None:
    """The source that provides the release's own suite.

    Other archives (of a browser, of a database) also call their suite after the release;
    ``archive_uris``, what apt says about ngspice's origin, tells them apart. None: take any.
    """
    for source in sources:
        has_suite = any(suite in (codename, *ALIASES) for suite in source.suites)
        known = archive_uris is None or archive_uris & {canonical_uri(u) for u in source.uris}
        if source.uris and has_suite and "main" in source.components and known:
            return source
    return None


def derive_backports_deb822(
    text: str, codename: str, archive_uris: frozenset[str] | None = None
) -> str | None:
    """The backports stanza that goes with the release's stanza in ``text``.

    Returns:
        The stanza with the same place, keys and options; None where ``text`` has no
        source of the release's own suite.
    """
    source = find_main_source(parse_deb822(text), codename, archive_uris)
    if source is None:
        return None
    stanza = (
        f"Types: deb\nURIs: {' '.join(source.uris)}\n"
        f"Suites: {backports_suite(codename)}\nComponents: main\n"
    )
    return stanza + (f"{source.options}\n" if source.options else "")


def derive_backports_oneline(
    text: str, codename: str, archive_uris: frozenset[str] | None = None
) -> str | None:
    """The backports line that goes with the release's line in ``text``; else None."""
    source = find_main_source(parse_oneline(text), codename, archive_uris)
    if source is None:
        return None
    options = f"[{source.options}] " if source.options else ""
    return f"deb {options}{source.uris[0]} {backports_suite(codename)} main\n"


@dataclass(frozen=True, slots=True)
class Format:
    """One of apt's two file formats."""

    suffix: str
    parse: Callable[[str], list[Source]]
    derive: Callable[[str, str, frozenset[str] | None], str | None]


FORMATS = {
    fmt.suffix: fmt
    for fmt in (
        Format(".sources", parse_deb822, derive_backports_deb822),
        Format(".list", parse_oneline, derive_backports_oneline),
    )
}
