"""Find the file formats of export profiles in the catalog, whose entries are patterns such as ``{profile}/{file}.xlsx``."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kedro.utils import load_obj

from korean_flashcards.datasets.format_file import FormatDataset
from korean_flashcards.domain.errors import SettingsError
from korean_flashcards.exports.content import FormatOptions
from korean_flashcards.exports.nearest_names import unknown_name
from korean_flashcards.exports.profile_settings import ProfileSettings, format_options

if TYPE_CHECKING:
    from kedro.io import DataCatalog

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_PATTERN = "{profile}/{file}."
_NO_FORMATS = (
    "The catalog has no export formats. Copy conf/base/catalog_exports.yml from the current release of the project, and run "
    "the same command again."
)


@dataclass(frozen=True)
class KnownFormat:
    """A file format of the catalog.

    Attributes:
        name: The name in profiles: that of its dataset, such as ``markdown`` for MarkdownDataset.
        ending: The ending of its files.
        description: What the format is for.
        other_names: Other names that profiles can use: the ending, and its part before the first dot.
        options: The class of the format's options.
    """

    name: str
    ending: str
    description: str
    other_names: tuple[str, ...]
    options: type[FormatOptions]


def known_formats(catalog: "DataCatalog") -> dict[str, KnownFormat]:
    """Return the formats by name, sorted."""
    resolver = catalog.config_resolver
    found = []
    for pattern in resolver.list_patterns():
        if pattern.startswith(_PATTERN):
            entry = resolver.resolve_pattern(pattern.format(profile="profile", file="file"))
            dataset = load_obj(entry["type"], "kedro.io") if isinstance(entry["type"], str) else entry["type"]
            if issubclass(dataset, FormatDataset):
                ending = pattern.removeprefix(_PATTERN)
                name = _CAPITAL.sub("_", dataset.__name__.removesuffix("Dataset")).lower()
                description = (entry.get("metadata") or {}).get("description", "")
                others = (ending, ending.partition(".")[0])
                found.append(KnownFormat(name, ending, description, others, dataset.options))
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}


def by_any_name(known: Mapping[str, KnownFormat]) -> dict[str, KnownFormat]:
    """Return the formats by all their names, including the other names that profiles can use."""
    return {name: each for each in known.values() for name in (*each.other_names, each.name)}


def formats_named(names: Iterable[str], known: dict[str, KnownFormat], place: str) -> list[KnownFormat]:
    """Return the formats with these names.

    Args:
        names: The names in a profile.
        known: All formats of the catalog.
        place: Where the names come from, such as a file.

    Raises:
        SettingsError: There is no such format.
    """
    if not known:
        raise SettingsError(_NO_FORMATS)
    by_name = by_any_name(known)
    found = []
    for name in names:
        if name.lower() not in by_name:
            raise SettingsError(f"{place}: {unknown_name('format', name, known)} Nothing was exported.")
        found.append(by_name[name.lower()])
    return list(dict.fromkeys(found))


def formats_of(
    settings: ProfileSettings, known: dict[str, KnownFormat], place: str
) -> dict[KnownFormat, dict[str, Any]]:
    """Return the formats of a profile, with the profile's options for each.

    Args:
        settings: The settings of the profile.
        known: All formats of the catalog.
        place: Where the settings come from, such as a file.

    Raises:
        SettingsError: There is no such format or option, or an option's value is not valid.
    """
    formats_named(settings.options, known, f"{place}, options")
    return {each: _options(settings.options, each, place) for each in formats_named(settings.format, known, place)}


def _options(options: Mapping[str, Mapping[str, Any]], file_format: KnownFormat, place: str) -> dict[str, Any]:
    """Return a profile's options for a format, under whichever of the format's names they are."""
    names = (file_format.name, *file_format.other_names)
    given = {key: value for name in names for key, value in options.get(name, {}).items()}
    try:
        format_options(file_format.options, given)
    except SettingsError as error:
        raise SettingsError(f"{place}, options of {file_format.name}: {error} Nothing was exported.") from None
    return given
