"""Check the meaning against the homonyms and the list: the first homonym's, and not the opposite of the list's."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.english_words import is_english
from korean_flashcards.checks.homograph import contradicts
from korean_flashcards.checks.subject import Analysis
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.glosses import content_words, says_nothing

LATER_HOMONYM = Check(
    "later_homonym", Severity.WARNING, "The meaning is that of a homonym that is not the first.",
    "Compares the content words of primary_meaning with those of each homonym's meaning.",
)  # fmt: skip
HOMONYM_TWICE = Check(
    "homonym_twice", Severity.WARNING, "Two homonyms have the same hanja or the same meaning.",
    "Compares the homonyms with each other.",
)  # fmt: skip
OPPOSITE = Check(
    "opposite_meaning", Severity.WARNING, "The meaning is the opposite of the list's, or a different member of its group.",
    "Looks for words such as yesterday and tomorrow, brother and sister, or easy and difficult in both meanings.",
)  # fmt: skip
MEANING_PARAPHRASED = Check(
    "meaning_paraphrased", Severity.NOTE, "The meaning has no word in common with the list's definition.",
    "Compares the content words of primary_meaning and the definition, if other text in the record has them.",
)  # fmt: skip
CHECKS = (LATER_HOMONYM, HOMONYM_TWICE, OPPOSITE, MEANING_PARAPHRASED)

# Words that exclude each other. Synonyms are joined with "/".
_GROUPS = """
yesterday today tomorrow
brother sister; mother father; grandmother grandfather; aunt uncle; son daughter; husband wife; boy girl; king queen
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
spring/springtime summer autumn/fall winter; dawn/sunrise dusk/sunset; noon midnight
one two three four five six seven eight nine ten eleven twelve twenty thirty hundred
hot/warm cold/chilly; easy/simple difficult/hard; big/large/huge small/little/tiny; tall short; wide/broad narrow
expensive/costly cheap; fast/quick/quickly slow/slowly; heavy light; bright dark; rich/wealthy poor; thick thin; deep shallow
buy/purchase sell; open close/shut; start/begin end/finish; arrive depart; remember forget; teach learn; borrow lend
win lose; increase decrease; love hate; laugh/smile cry/weep; sit stand; wake sleep; enter/enter exit/leave; push pull
north south east west; left right; inside outside; front back; top bottom; always never; alive/living dead; wet dry
black white red blue green yellow brown gray/grey pink purple; meet part; cool/refreshing stuffy/humid; clean dirty
doctor/physician nurse; teacher student; bus train plane taxi/cab subway ship; dog cat; hand foot; eye ear nose mouth
breakfast lunch dinner/supper; hour minute second; day week month year; come/came go/went; give receive
solar lunar; male female; husband wife; parent/parents child/children; sunrise sunset; odd even; import export;
upstairs downstairs
early late; many/much few; strong weak; long short; full empty; same different; safe dangerous; healthy sick/ill; true false
succeed/success fail/failure; accept refuse/reject; allow/permit forbid/prohibit; agree disagree; appear disappear;
float sink
gain lose; lend borrow; rise fall; add subtract; attack defend/defense; guest host; buyer seller; employer employee;
answer question
question/ask/inquire answer/reply; praise scold/blame; friend enemy; heaven hell; sea/ocean sky; rough smooth; hard
soft; sharp dull/blunt
loud quiet; raw cooked/ripe; urban rural; public private; domestic foreign; arrival departure; entrance exit; beginning end
cause effect/result; profit loss; income expense; supply demand; majority minority; singular plural; subject object;
past future
boil roast/grill/fry; spoon fork knife chopsticks; table chair bed; shoe/shoes hat glove/gloves; apple pear grape peach
orange banana
"""
# The groups of each word, as (group, member).
_PLACES: dict[str, list[tuple[int, int]]] = defaultdict(list)
for _group, _line in enumerate(re.split("[;\n]", _GROUPS.strip())):
    for _member, _synonyms in enumerate(_line.split()):
        for _word in _synonyms.split("/"):
            _PLACES[_word].append((_group, _member))
_TENSES = {group for group, _ in _PLACES["past"]}
_WORDS = lazy_regex("[a-z]+")
_NOTES = lazy_regex(r"\([^()]*\)")


def meaning_is_the_first_homonyms(analysis: Analysis) -> Iterator[Finding]:
    """Report primary_meaning if it shares words with a later homonym but none with the first or the definition."""
    if len(analysis.homonyms) < 2:
        return
    meaning = content_words(analysis.text("primary_meaning"))
    first, *others = (content_words(homonym["meaning"]) for homonym in analysis.homonyms)
    if meaning & content_words(analysis.definition):
        return
    if not meaning & first and any(meaning & other for other in others):
        own = f"{analysis.homonyms[0]['hanja']} means “{analysis.homonyms[0]['meaning']}”"
        message = f"primary_meaning is “{analysis.text('primary_meaning')}”, but the first homonym {own}"
        yield LATER_HOMONYM.at("primary_meaning", message)


def homonyms_differ(analysis: Analysis) -> Iterator[Finding]:
    """Report homonyms that are listed twice, with the same hanja or the same meaning."""
    for field in ("hanja", "meaning"):
        values = [homonym[field].strip().lower() for homonym in analysis.homonyms if homonym[field]]
        if twice := next((value for value in values if values.count(value) > 1), None):
            yield HOMONYM_TWICE.at("homonyms", f"two homonyms have the same {field}: {twice}")
            return
    if repeated := _said_twice(_meanings(analysis)):
        yield HOMONYM_TWICE.at("homonyms", f"two homonyms have the same meaning: {repeated}")


def _meanings(analysis: Analysis) -> list[str]:
    """Return the homonyms' meanings. What is copied from the list consists of numbers: its definition."""
    meanings = [homonym["meaning"] for homonym in analysis.homonyms]
    return [meaning if any(map(str.isalpha, meaning)) else analysis.definition for meaning in meanings]


def _said_twice(meanings: list[str]) -> str:
    """Return a meaning whose words, at least two, are all in another one: capital city, capital (city of a country)."""
    words = [content_words(meaning) for meaning in meanings]
    pairs = permutations(range(len(meanings)), 2)
    return next((meanings[one] for one, other in pairs if len(words[one]) > 1 and words[one] <= words[other]), "")


def meaning_is_not_the_opposite(analysis: Analysis) -> Iterator[Finding]:
    """Report primary_meaning if it has an opposite of a word in the list's definition instead of that word."""
    definition, meaning = analysis.definition, analysis.text("primary_meaning")
    if analysis.language.code != "en" or says_nothing(definition):
        return
    ours, theirs = _members(meaning), _members(definition)
    # mother-in-law (of a wife), mother-in-law (husband's mother)
    alike = content_words(_NOTES.sub("", meaning)) & content_words(_NOTES.sub("", definition))
    in_notes = _members(" ".join(_NOTES.findall(meaning))).keys() - _TENSES if alike else set()
    for group in ours.keys() & theirs.keys() - in_notes:
        if len(ours[group]) == len(theirs[group]) == 1 and ours[group] != theirs[group]:
            message = f"primary_meaning is “{meaning}”, but the list's definition is “{definition}”"
            yield OPPOSITE.at("primary_meaning", message)
            return
    wanted, said = content_words(definition), content_words(meaning)
    if not wanted or not said or wanted & said:
        return
    known = wanted & content_words(" ".join(text for _, text in analysis.prose))
    if known and is_english(definition) and not contradicts(analysis):
        yield MEANING_PARAPHRASED.at(
            "primary_meaning", f"compare “{meaning}” with the list's definition, “{definition}”"
        )


def _members(text: str) -> dict[int, set[int]]:
    """Return the members of each group whose words are in the text."""
    found: dict[int, set[int]] = defaultdict(set)
    for word in _WORDS.findall(text.lower()):
        for group, member in _PLACES.get(word, ()):
            found[group].add(member)
    return found
