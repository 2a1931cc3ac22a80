"""Choose between pronunciations of the same spelling, using the word's hanja or its English definition.

Each line of the table is one reading: the word, its hanja (``-`` for a native word), and English words that its
definition may contain. In the word, ``'`` marks tensification that occurs in a compound or is listed in dictionaries, and
``^`` marks tensification between a stem and its ending (Article 24). A word's first reading is the default.
"""

from functools import cache
from typing import NamedTuple

from .glosses import content_words
from .junctions import Mark
from .lexicon import can_follow, parse, shifted

_READINGS = """
잠자리 - dragonfly
잠'자리 - bed bedding bedtime sleeping sleep intercourse
대'가 代價 price cost reward compensation payment consequence return
대가 大家 master expert authority virtuoso maestro
고'가 高價 expensive price costly
고가 高架 overpass elevated flyover viaduct
고가 古家 old house
시'가 市價 market price
시'가 時價 current price
시가 市街 street town downtown
시가 - cigar
시가 媤家 husband laws
시가 詩歌 poem poetry
정'가 定價 list fixed price
정가 政街 political circles politics
유'가 油價 oil price
유가 儒家 Confucian Confucianist
최고가 - best
최고'가 最高價 price highest
최저가 - minimum
최저'가 最低價 price lowest
판매가 - sales sale
판매'가 販賣價 price selling
거래가 - deal transaction
거래'가 去來價 price
단'가 單價 unit price cost
단가 短歌 short poem song
주'가 株價 stock price
주가 - week lord state province
인적 人跡 trace sign footprint trail
인'적 人的 human personnel personal
공'적 公的 public official
공적 功績 achievement merit contribution exploit deed
공적 公敵 enemy
사'적 私的 private personal
사'적 史的 historical
사적 史跡 historic site ruins relic
지적 指摘 point pointing criticism criticize indication indicate remark
지'적 知的 intellectual intelligent
성적 成績 grade score mark result record
성'적 性的 sexual sexually sex
정적 靜寂 silence stillness quiet
정적 政敵 political opponent rival enemy
정'적 靜的 static
정'적 情的 emotional
외'적 外的 external outer outward
외적 外敵 foreign enemy invader
전'적 全的 entire total complete full entirely totally
전적 戰績 war results record
수'적 數的 numerical
수적 水賊 pirate
병'적 病的 pathological morbid abnormal
병적 兵籍 military register
강'점 强點 strength strong advantage
강점 强占 occupation seizure
시'점 時點 point time moment
시'점 視點 viewpoint perspective
시점 始點 starting origin
상'장 賞狀 award certificate
상장 上場 listing stock listed
상장 喪章 mourning armband
영'장 令狀 warrant
영장 靈長 primate creation lord
소장 所長 director head chief
소장 小腸 small intestine
소'장 訴狀 complaint petition lawsuit
송장 - corpse dead
송'장 送狀 invoice
장기 長期 long term
장기 臟器 organ
장기 將棋 chess
장'기 長技 specialty talent skill forte
정자 亭子 pavilion
정자 精子 sperm
정'자 正字 correct block letter
성'과 成果 result outcome achievement fruit performance
성과 - castle sex surname
문'과 文科 liberal arts humanities
문과 - door gate
전과 - before battle
전'과 前科 criminal conviction
사법 司法 judicial judiciary judicature justice
사'법 私法 private law
물'질 物質 matter material substance
물질 - diving haenyeo seafood
팔'자 八字 fate destiny fortune lot
팔자 - sell
절'도 竊盜 theft stealing larceny
절도 - temple bow
별'도 別途 separate separately extra
별도 - star
열'도 列島 archipelago islands
열도 - heat fever
참고 參考 reference refer note consult
참^고 - endure enduring hold bear patient patiently
감기 - cold flu
감^기 - winding wind wrap rolling washing hair
분수 噴水 fountain
분'?수 分數 fraction
분수 分數 place limits means
철'수 撤收 withdraw withdrawal retreat pull evacuate evacuation
철수 - Cheolsu Chulsoo name
문'구 文句 phrase wording words text
문구 文具 stationery
호수 湖水 lake
호'수 號數 number
감자 - potato
감^자 - close wash wind
신고 申告 report declaration notify declare notification
신^고 - wear wearing shoes
안다 - know knows
안^다 - hug hold embrace
"""

_LONGEST = 3


class _Reading(NamedTuple):
    marks: tuple[tuple[int, Mark], ...]  # one for each inner boundary, so that no other source decides there
    hanja: str  # "" for a native word
    cues: frozenset[str]


def reading_marks(word: str, definition: str, hanja: str, start: int = 0) -> tuple[str, tuple[tuple[int, Mark], ...]]:
    """Return the source of the decision and the marks for the homograph at ``start``.

    Return ("", ()) if there is no homograph at ``start``.
    """
    readings = _readings()
    for end in range(min(len(word), start + _LONGEST), start + 1, -1):
        known = readings.get(word[start:end])
        if known and can_follow(word[end:]):
            told_by, reading = _meant(known, definition, hanja)
            return told_by, shifted(reading.marks, start)
    return "", ()


def _meant(known: list[_Reading], definition: str, hanja: str) -> tuple[str, _Reading]:
    """Choose the reading by hanja or, failing that, by words shared with the definition.

    The default is the first reading.
    """
    for reading in known:
        if hanja and reading.hanja and reading.hanja in hanja:
            return f"from its hanja {reading.hanja}", reading
    wanted = content_words(definition)
    best = max(known, key=lambda reading: len(reading.cues & wanted))
    return "from its meaning" if best.cues & wanted else "the usual reading", best


@cache
def _readings() -> dict[str, list[_Reading]]:
    found: dict[str, list[_Reading]] = {}
    for line in _READINGS.strip().splitlines():
        entry, hanja, cues = line.split(" ", 2)
        tensed = Mark.STEM if "^" in entry else Mark.COMPOUND if hanja == "-" else Mark.HABIT
        word, marks = parse(entry.replace("^", "'"), tensed)
        inside = {**dict.fromkeys(range(1, len(word)), Mark.NONE), **dict(marks)}
        reading = _Reading(tuple(inside.items()), hanja.strip("-"), content_words(cues))
        found.setdefault(word, []).append(reading)
    return found
