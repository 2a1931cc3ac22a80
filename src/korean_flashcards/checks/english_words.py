"""Tell whether a definition or a word is English. Only English definitions are compared word by word."""

from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.glosses import content_words
from korean_flashcards.korean.hanja_data import entries

# Words from Korean in English dictionaries, or usual in English texts about Korea.
_FROM_KOREAN = """
aegyo ahjumma ahjussi ajeossi ajumma arirang banchan bibimbap bingsu bossam bulgogi bungeoppang chaebol chimaek
chonggak chuseok daebak dakgalbi dalgona doenjang dokkaebi dolhareubang dolsot dongchimi galbi galbitang
ganggangsullae ganjang gapjil gayageum geomungo gimbap gimjang gisaeng gochujang gopchang gosiwon gumiho haechi
haenyeo haetae hagwon hallyu hanbok hangeul hangul hanja hanji hanok hapkido hotteok hwabyeong hwarang hyung
jajangmyeon jangseung japchae jeogori jeonse jjajangmyeon jjamppong jjigae jjimjilbang jokbal kalbi kalguksu kimbap
kimchi kimjang kisaeng kkakdugi kkondae kongguksu makgeolli makkoli maknae mandu manhwa miyeokguk mugunghwa mukbang
naengmyeon noona noraebang nunchi ondol oppa pajeon pansori patbingsu pojangmacha ramyeon ramyun samgyeopsal
samgyetang samulnori sasaeng seollal seolleongtang seonbi sijo sikhye skinship soju somaek songpyeon ssireum sujebi
sujeonggwa sundae sundubu suneung taegeukgi taekwondo tangsuyuk trot tteok tteokbokki tteokguk ttukbaegi unni unnie
yakgwa yangban
"""
FROM_KOREAN = frozenset(_FROM_KOREAN.split())
_ACCENTS = lazy_regex("[à-öø-ÿāăąćčďęěğłńňőœřśşšťűůźżžơưạ-ỹ]")


def is_english(text: str) -> bool:
    """Return whether at least half of the text's content words are among the 8,000 in the glosses of the hanja."""
    words = content_words(text)
    return not _ACCENTS.search(text.lower()) and 2 * len(words & _known_words()) >= len(words) > 0


def is_known(word: str) -> bool:
    """Return whether an English word is among those in the glosses, or too short or common to be there."""
    return content_words(word) <= _known_words()


def is_beginning(word: str) -> bool:
    """Return whether an English word is not among those in the glosses, but the beginning of one of them: umbre."""
    return not is_known(word) and any(known.startswith(word) for known in _known_words())


@cache
def _known_words() -> frozenset[str]:
    return content_words(" ".join(entry.gloss for entry in entries().values()))
