"""Find words of other languages in English text: German, French, Spanish, and others that use Latin letters."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.languages import NOT_ENGLISH
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding

# Frequent words of a language that are not English words. Two of them in a sentence are enough.
_WORDS = {
    "German": """
        ist der das und nicht ein eine einen einem einer dem mit für auf zu zum zur sich wird werden sind wir ich sie es auch
        oder aber wenn wie sehr ganz hier immer noch nur bei nach über unter sagt sagen gesagt sollte haben wort wörter mehr
        weniger etwas alle jemand sein seine ihr kein keine vom kommt geht viel höflich einfach wörtlich bedeutet
    """,
    "French": """
        est les une dans avec vous nous qui que pas mais très être cette ces aux du il elle sont comme moins ce c'est n'est
        d'un d'une l'on mot mots jours tous amis chez sans aussi toujours
    """,
    "Spanish": """
        el los las una uno con por para muy como del pero más está que mucho mucha gente casa así palabra usa cuando también
        es sus donde porque siempre nunca
    """,
    "Italian": "il che della delle dei una sono con molto anche parola si usa quando sempre gli nella",
    "Portuguese": "uma não com muito são dos das você palavra quando também sempre pessoas isso",
    "Dutch": "het een niet zijn voor wordt ook maar woord zegt mensen altijd ",
    "Indonesian": "yang adalah tidak untuk dengan ini itu sering dalam",
}
_LANGUAGES: dict[str, set[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES.setdefault(_word, set()).add(_language)
_ALL_WORDS = frozenset(_LANGUAGES)
_ACCENTED = "äöüßéèêëàâáãåçñíìîïóòôõøúùûýæœčšžřęąłğışğđơư"
# Borrowed words that English writes with their accents
_BORROWED = """
café cafés cliché clichés naïve naïveté fiancé fiancée fiancés décor résumé résumés entrée entrées sauté sautéed purée puréed
façade façades crème brûlée crêpe crêpes soufflé déjà vu über protégé touché passé blasé élite élan éclair éclairs soirée
séance jalapeño jalapeños piñata señor señora señorita rosé pâté flambé consommé canapé canapés lamé tête-à-tête
papier-mâché mâché à la née habitué exposé risqué fête vis-à-vis raison
d'être smörgåsbord doppelgänger möbius coöperate reëlect naïf maître
"""
_ALLOWED = frozenset(_BORROWED.split())
_ACCENTED_LETTER = lazy_regex("[\u00df-\u024f]")
_ACCENT = lazy_regex(rf"(?<![\w'’-])[a-z{_ACCENTED}'’-]*[{_ACCENTED}][a-z{_ACCENTED}'’-]*")
# Text about the origin of a word may show the foreign word.
_ORIGIN = lazy_regex(
    r"\b(?:german|french|spanish|italian|portuguese|dutch|indonesian|latin|swedish|danish|norwegian|polish|turkish|vietnamese"
    r"|hungarian|czech|finnish|europe\w*|from|loan\w*|borrow\w*|origin\w*)\b",
    re.I,
)
_SENTENCE = lazy_regex(r"(?<=[.!?;:])\s+|\n")
_WORD = lazy_regex(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def foreign_latin(subject: Analysis | Card) -> Iterator[Finding]:
    """Report sentences with two words of the same foreign language, and words with accents that are not English."""
    if subject.analysis.language.code != "en":
        return
    suspects = subject.words & _ALL_WORDS
    has_accents = _ACCENTED_LETTER.search(subject.all_prose) is not None
    for field, text in subject.prose if has_accents or len(suspects) > 1 else ():
        for sentence in _SENTENCE.split(text):
            if (found := _foreign(sentence)) and not _ORIGIN.search(sentence):
                yield NOT_ENGLISH.at(field, f"“{found}” is not English: write {field} in English")


def _foreign(sentence: str) -> str:
    """Return the foreign words of a sentence, or ""."""
    for word in _ACCENT.findall(sentence):
        if word not in _ALLOWED:
            return str(word)
    found: dict[str, list[str]] = {}
    # Capitalized words may be names, such as Los Angeles, except at the beginning.
    first, *others = _WORD.findall(sentence) or [""]
    for word in dict.fromkeys((first.lower(), *others)):
        for language in _LANGUAGES.get(word, ()):
            found.setdefault(language, []).append(word)
    return next((" … ".join(words) for words in found.values() if len(words) > 1), "")
