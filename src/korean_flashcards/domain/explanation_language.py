"""Define the languages in which analyses and cards can explain Korean words."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

LanguageCode = Literal[
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "kk", "km", "ko",
    "mn", "ms", "my", "nb", "ne", "nl", "pl", "pt", "ro", "ru", "sk", "sv", "th", "tl", "tr", "uk", "uz", "vi", "zh",
]  # fmt: skip
Script = Literal[
    "Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Thai", "Khmer", "Burmese", "Hangul", "Kana", "Han",
]  # fmt: skip
ENGLISH: LanguageCode = "en"
# The field that a request contains unless the language is English, so that requests for English text never change.
FIELD = "explanation_language"


class Language(NamedTuple):
    """A language with its ISO 639-1 code, its English name, and the script that no text in the language lacks."""

    code: LanguageCode
    name: str
    script: Script = "Latin"

    @property
    def spaced(self) -> bool:
        """Whether the language is written with spaces between words."""
        return self.script not in ("Kana", "Han", "Thai", "Khmer", "Burmese")


LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language("ar", "Arabic", "Arabic"), Language("bg", "Bulgarian", "Cyrillic"), Language("cs", "Czech"),
        Language("da", "Danish"), Language("de", "German"), Language("el", "Greek", "Greek"), Language("en", "English"),
        Language("es", "Spanish"), Language("fa", "Persian", "Arabic"), Language("fi", "Finnish"),
        Language("fr", "French"), Language("he", "Hebrew", "Hebrew"), Language("hi", "Hindi", "Devanagari"),
        Language("hu", "Hungarian"), Language("id", "Indonesian"), Language("it", "Italian"),
        Language("ja", "Japanese", "Kana"), Language("kk", "Kazakh", "Cyrillic"), Language("km", "Khmer", "Khmer"),
        Language("ko", "Korean", "Hangul"), Language("mn", "Mongolian", "Cyrillic"), Language("ms", "Malay"),
        Language("my", "Burmese", "Burmese"), Language("nb", "Norwegian"), Language("ne", "Nepali", "Devanagari"),
        Language("nl", "Dutch"), Language("pl", "Polish"), Language("pt", "Portuguese"), Language("ro", "Romanian"),
        Language("ru", "Russian", "Cyrillic"), Language("sk", "Slovak"), Language("sv", "Swedish"),
        Language("th", "Thai", "Thai"), Language("tl", "Filipino"), Language("tr", "Turkish"),
        Language("uk", "Ukrainian", "Cyrillic"), Language("uz", "Uzbek"), Language("vi", "Vietnamese"),
        Language("zh", "Chinese", "Han"),
    )
}  # fmt: skip
_BY_NAME = {language.name: language for language in LANGUAGES.values()}


def language_field(code: str) -> dict[str, str]:
    """Return the request field that names the language. For English, return no field."""
    return {} if code == ENGLISH else {FIELD: LANGUAGES[code].name}


def language_of(request: Mapping[str, object]) -> Language:
    """Return the language that a request, or a word's row with the request's field, names. The default is English."""
    return _BY_NAME.get(str(request.get(FIELD)), LANGUAGES[ENGLISH])
