"""Recognize glosses that translate only the ending of a form: 있더라고 "found" is not a word for "found".

The verbs here have so little meaning that a list's gloss of their forms is often that of the ending (할래 "want
to", 봐서 "because").
"""

from collections.abc import Iterable

from korean_flashcards.confusables.senses import Sense, senses_of
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.inflection import letters

# The stem, and all that the word can mean.
_MEANINGS = """
있: exist; existence; have; had; has; be; is; was; are; there; there is; there was; stay; stayed; stay here; have it
없: not exist; not; none; no; not have; don't have; lack; gone; there isn't; disappear; nothing; without
하: do; does; did; done; doing; say; said; do it; must do; make; made
되: become; became; be; be possible; possible; work; okay; all right; be done; enough; turn into; will be; will become
말: stop; not; don't; do not; refrain
않: not; not do; don't; did not; do not; does not; didn't; will not; won't; not be
못하: cannot; can't; not able; unable; bad; poor; could not; couldn't; not do
싶: want; wanted; wants; wish; wish to; want to; wanted to
같: same; be the same; like; be like; seem; seems; similar; equal
보: see; saw; seen; look; watch; watched; look at; read; meet; try; seeing; let's see; seem; watching
나: come out; occur; happen; happened; break out; grow; appear; come up; get well; come from
오: come; came; coming; come here; arrive
가: go; went; going; let's go; leave
주: give; gave; given; giving; give me
아니: not; not be; no; is not; isn't; was not; wasn't
그러: do so; so; like that; such; do that; say so; that way; be so; right
그렇: so; like that; such; be so; that way; right; yes
"""
_BY_STEM = {
    letters(stem): frozenset(sense for each in meanings.split(";") for sense in senses_of(each.strip()))
    for stem, meanings in (line.split(":") for line in _MEANINGS.strip().split("\n"))
}
# With these parts of speech, only the forms of a few verbs are certain: 있기 "existence", but not 나라 or 가지.
_CERTAIN = frozenset(map(letters, ("있", "없", "않", "못하", "싶", "같")))
_INFLECTED = ("verb", "adjective", "particle", "phrase", "")
_NOMINAL = lazy_regex("(있|없|않|싶|같)(?:기|음)[를을에은는도가이]?")
_NOUN_FORM = lazy_regex(
    r"(?:거|것|테|건)(?:라도|라면|라고|라구|니까?|야|지|죠|고|면|예요|든|겠[지죠])|[한할알될볼]\s?[게수]"
)


def light_stems(word: str, pos: str, stems: Iterable[str]) -> frozenset[str]:
    """Return the stems of the verbs of which a word may be a form. A form of a dependent noun (거라도) has the stem "".

    Args:
        word: The word.
        pos: Its part of speech, or "" if unknown.
        stems: Its possible verb stems, from ``inflection.verb_stems``.
    """
    if _NOUN_FORM.fullmatch(word):
        return frozenset([""])
    if nominal := _NOMINAL.fullmatch(word):
        return frozenset([letters(nominal[1])])
    return frozenset(stem for stem in stems if stem in _BY_STEM and (pos in _INFLECTED or stem in _CERTAIN))


def is_sense_of(sense: Sense, stems: Iterable[str]) -> bool:
    """Return whether a sense is one of what the verbs with these stems mean."""
    return any(sense in _BY_STEM.get(stem, ()) for stem in stems)
