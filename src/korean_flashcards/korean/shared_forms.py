"""Choose between two verbs that share a form by what the form means: 걸어 is 걷다 "walk" or 걸다 "hang".

An analyzer chooses without the meaning, and a word list has the form without a context. In lists, 바래 "hope" is a common
spelling of 바라, not a form of 바래다 "fade".
"""

import re
from collections.abc import Iterable
from functools import cache

from .glosses import content_words
from .inflection import letters

# Each verb with English words that only its meaning has.
_VERBS = """
걷다: walk walked; 걸다: hang hung call called lock bet hook; 걸리다: take caught
듣다: hear heard listen; 들다: hold held lift carry raise enter
묻다: ask asked bury buried; 물다: bite bit bitten
바라다: hope wish want; 바래다: fade faded escort
보다: see saw seen look watch read try meet met seem since; 보내다: send sent
말다: not don't don stop except instead besides never or should finish; 말하다: talk talked speak tell told say said
같다: same like seem seems be because identical equal as; 같잖다: ridiculous absurd
살다: live lived life alive; 사다: buy bought purchase
팔다: sell sold; 파다: dig dug
갈다: sharpen grind change replace; 가다: go went gone leave
날다: fly flew; 나다: occur happen grow broke
돌다: turn spin rotate; 도다: -
빌다: pray beg wish; 빌리다: borrow rent lend; 비다: empty vacant
이르다: early reach arrive tell; 일다: rise
부르다: call called sing sang full; 불다: blow blew; 붇다: swell
잇다: connect continue link join; 이다: be
붓다: pour swell; 부다: -
낫다: better recover heal cure; 낳다: birth bear bore; 나다: occur happen grow
나서다: initiative step forward intervene volunteer
놓다: put place let release; 놀다: play played
달다: sweet attach; 다르다: different differ
들르다: drop stop visit; 들리다: heard audible sound
지나다: pass passed; 지내다: spend spent along
모르다: know; 몰다: drive drove
나르다: carry carried transport; 날다: fly flew
마르다: dry dried thin thirsty; 말다: stop not roll
오르다: rise climb go; 올리다: raise upload lift
앉다: sit sat; 안다: hug hold embrace
알다: know knew understand; 앓다: ill sick suffer; 알리다: inform tell notify announce let; 아니다: not no
눕다: lie lay down; 누다: -
굽다: bake grill roast bend; 구르다: roll stamp
줍다: pick picked; 주다: give gave
차다: cold kick full; 찾다: find look search
열다: open opened; 여물다: ripen
풀다: solve untie release; 푸다: scoop
쓸다: sweep swept; 쓰다: write use wear bitter
울다: cry cried weep; 우르다: -
멀다: far distant; 멎다: stop
"""


def contradicts(found: str, stems: Iterable[str], definition: str) -> bool:
    """Return whether a definition means a different verb, of which the form is not a form: 걸까요 “shall we walk?”.

    The arguments are those of ``verb_meant``.
    """
    table, own = _table(), frozenset(stems)
    if letters(found[:-1]) not in table:
        return False
    words = frozenset(re.findall("[a-z]+", definition.lower())) | content_words(definition)
    if words & table[letters(found[:-1])][1]:
        return False
    row = next(row for row in _VERBS.strip().split("\n") if re.search(rf"(?<![가-힣]){found}:", row))
    others = [letters(each.strip().partition(":")[0][:-1]) for each in row.split(";")]
    return any(words & table[other][1] for other in others if other not in own)


@cache
def _table() -> dict[str, tuple[str, frozenset[str]]]:
    """Return each verb and the English words of its meaning, keyed by the letters of its stem."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for entry in re.split(r"[;\n]", _VERBS.strip()):
        verb, _, words = entry.strip().partition(": ")
        known = found.get(letters(verb[:-1]), (verb, frozenset[str]()))[1]
        found[letters(verb[:-1])] = verb, known | frozenset(words.split()) | content_words(words)
    return found


def verb_meant(found: str, stems: Iterable[str], definition: str) -> str:
    """Return the verb that a form with this definition belongs to: ``found``, unless only another verb has the meaning.

    Args:
        found: The verb that the analyzer found, in its dictionary form.
        stems: The form's possible stems, from ``inflection.verb_stems``.
        definition: What the form means.
    """
    table = _table()
    if letters(found[:-1]) not in table:
        return found
    words = frozenset(re.findall("[a-z]+", definition.lower())) | content_words(definition)
    if words & table[letters(found[:-1])][1]:
        return found
    others = {table[stem][0] for stem in stems if stem in table and words & table[stem][1]} - {found}
    return others.pop() if len(others) == 1 else found
