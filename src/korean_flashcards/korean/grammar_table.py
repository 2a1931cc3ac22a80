"""List particles and endings with what they mean, the speech level that they express, and how they are written.

Each line has the analyzer's forms and tags, the usual spelling, and the meaning. ``level=`` is the speech level of a final
ending. ``cue=`` describes the piece without showing its letters in a sentence with a gap; without it, the spelling is the
cue. Pieces that the analyzer often confuses with others are missing, because a wrong explanation is worse than none.

Sources: 표준국어대사전 for the meanings, and school grammar for the speech levels (하십시오체 is formal, 해요체 polite, 해체
casual).
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class FormPiece:
    """A particle, an ending, or an auxiliary verb.

    Attributes:
        written: The usual spelling, with a hyphen for endings: -(으)면.
        meaning: What it means, or "" if only the speech level matters.
        level: The speech level of a final ending: formal, polite, casual, or "".
        cue: How to refer to the piece on a front that has a gap for the word.
    """

    written: str
    meaning: str
    level: str
    cue: str


_PARTICLES = """
이 가 JKS | 이/가 | marks the subject | cue=the subject particle
이 가 JKC | 이/가 | before 되다 or 아니다 | cue=the particle 이/가
께서 JKS | 께서 | marks a respected subject | cue=the honorific subject particle
을 를 ㄹ JKO | 을/를 | marks the object | cue=the object particle
은 는 ㄴ JX | 은/는 | marks the topic or a contrast | cue=the topic particle
의 JKG | 의 | of | cue=the possessive particle
ㄴ Z_CODA | 은/는 | marks the topic or a contrast | cue=the topic particle
야 아 JKV | 야/아 | calls a friend or a child | cue=a particle for calling someone
보고 JKB | 보고 | to a person, with what someone says; in speech | cue=a particle for “to a person”
도 JX | 도 | also, even | cue=a particle for “also, even”
만 JX | 만 | only | cue=a particle for “only”
까지 JX | 까지 | until, as far as, even | cue=a particle for “until, even”
부터 JX | 부터 | from, since | cue=a particle for “from, since”
마다 JX | 마다 | every | cue=a particle for “every”
밖에 JX | 밖에 | nothing but; the verb is negative | cue=a particle for “nothing but”
조차 JX | 조차 | even | cue=a particle for “even”
나 이나 JX | (이)나 | or, or something | cue=the particle (이)나
나 이나 JC | (이)나 | or | cue=the particle (이)나
여 이여 이시여 JKV | (이)여 | calls someone, in prayer or poetry | cue=a solemn particle for calling
에 JKB | 에 | marks a place, a time, or a target | cue=the particle 에
에서 JKB | 에서 | in, at: where it happens; from | cue=the particle 에서
에게 한테 JKB | 에게/한테 | to a person | cue=a particle for “to a person”
께 JKB | 께 | to a respected person | cue=the honorific particle for “to”
로 으로 JKB | (으)로 | toward, with, as | cue=the particle (으)로
보다 JKB | 보다 | than | cue=a particle for “than”
처럼 JKB | 처럼 | like | cue=a particle for “like”
와 과 JKB | 와/과 | with, and | cue=the particle 와/과
와 과 JC | 와/과 | and | cue=the particle 와/과
랑 이랑 JKB JC | (이)랑 | with, and; in speech | cue=the particle (이)랑
하고 JKB JC | 하고 | with, and; in speech | cue=the particle 하고
서 JKB | 서 | short for 에서: in, at, from | cue=the particle 서
에게서 한테서 JKB | 에게서/한테서 | from a person | cue=a particle for “from a person”
마저 JX | 마저 | even, as the last one | cue=a particle for “even”
라도 이라도 JX | (이)라도 | at least, even if only | cue=the particle (이)라도
든 이든 든지 이든지 JX | (이)든(지) | any, no matter which | cue=the particle (이)든(지)
대로 JX | 대로 | as, according to | cue=a particle for “according to”
뿐 JX | 뿐 | only | cue=a particle for “only”
요 JX | 요 | | level=polite | cue=a particle that makes it polite
들 XSN | 들 | plural | cue=the plural suffix
이 VCP | 이다 | to be | cue=“to be”
"""
_INNER = """
었 았 였 EP | -았/었- | past | cue=past
었었 았었 EP | -았었/었었- | past, and no longer so | cue=past with -았었/었었-
겠 EP | -겠- | intention or a guess | cue=-겠-
시 으시 EP | -(으)시- | respect for the subject | cue=respect for the subject
"""
_LINKING = """
고 EC | -고 | and, and then
어 아 EC | -아/어 | links the verb to the next one
어서 아서 EC | -아/어서 | because, or and then
면 으면 EC | -(으)면 | if, when
는데 ㄴ데 은데 EC | -는데/(으)ㄴ데 | gives background or a contrast
지 EC | -지 | before 않다, 못하다, or 말다: not
지만 EC | -지만 | but
니까 으니까 EC | -(으)니까 | because
으려고 려고 EC | -(으)려고 | in order to, intending to
으러 러 EC | -(으)러 | in order to, with 가다 or 오다
으려면 려면 EC | -(으)려면 | if you want to
게 EC | -게 | makes an adverb, or “so that”
느라 느라고 EC | -느라(고) | because someone was doing it
도록 EC | -도록 | so that, until
어도 아도 EC | -아/어도 | even if
어야 아야 야 EC | -아/어야 | only if, or even if; with 하다 or 되다: must
라서 이라서 EC | -(이)라서 | because it is
는데요 ㄴ데요 은데요 EC | -는데요/(으)ㄴ데요 | leaves the rest open | level=polite
면서 으면서 EC | -(으)면서 | while
거나 EC | -거나 | or
든 든지 EC | -든(지) | whether … or, no matter which
며 으며 EC | -(으)며 | and; while
더라도 EC | -더라도 | even if
더니 EC | -더니 | after what the speaker saw
ㄹ수록 을수록 EC | -(으)ㄹ수록 | the more …, the more
다가 EC | -다가 | while doing it, something else happens
던데 EC | -던데 | recalls something as background
려 으려 EC | -(으)려 | in order to, intending to
으니 니 EC | -(으)니 | because, or when
거든 EC | -거든 | if, before a request
라면 이라면 EC | -(이)라면 | if it is
다니 EC | -다니 | surprise about a fact
냐고 느냐고 EC | -냐고 | reports a question
자마자 EC | -자마자 | as soon as
다시피 EC | -다시피 | as, just as
다고 ㄴ다고 는다고 EC | -다고/ㄴ다고/는다고 | reports a statement
라고 으라고 EC | -(으)라고 | reports an order or, after 이다 and 아니다, a statement
자고 EC | -자고 | reports a suggestion
다면 ㄴ다면 는다면 EC | -다면/ㄴ다면/는다면 | if it is true that
는지 ㄴ지 은지 EC EF | -는지/(으)ㄴ지 | whether; an indirect question
ㄹ지 을지 EC | -(으)ㄹ지 | whether something will happen
기 ETN | -기 | makes a noun of the verb
음 ㅁ ETN | -(으)ㅁ | makes a noun of the verb
"""
_DESCRIBING = """
는 ETM | -는 | describes the next noun
은 ㄴ ETM | -(으)ㄴ | describes the next noun
을 ㄹ ETM | -(으)ㄹ | describes the next noun: possible or future
던 ETM | -던 | describes the next noun; recalled from the past
다는 ㄴ다는 는다는 ETM | -다는/ㄴ다는/는다는 | “that …”, before a noun
라는 으라는 ETM | -(으)라는 | reports an order or a name, before a noun
"""
_FINAL = """
어요 아요 EF | -아/어요 | | level=polite
에요 예요 EF EC | -에요 | | level=polite
세요 으세요 EF | -(으)세요 | asks politely, or shows respect for the subject | level=polite
어 아 EF | -아/어 | | level=casual
야 EF | -야 | | level=casual
ㅂ니다 습니다 EF | -ㅂ니다/습니다 | | level=formal
ㅂ니까 습니까 EF | -ㅂ니까/습니까 | asks a question | level=formal
ㅂ시오 EF | -ㅂ시오 | a formal request, after -(으)시- | level=formal
ㅂ시다 읍시다 EF | -(으)ㅂ시다 | let’s; not to someone above you
네요 EF | -네요 | notices something just now | level=polite
네 EF | -네 | notices something; older adults also state facts with it
군요 EF | -군요 | realizes something just now | level=polite
군 EF | -군 | realizes something just now | level=casual
구나 는구나 EF | -구나 | realizes something just now | level=casual
죠 지요 EF | -죠 | expects the listener to agree or to know | level=polite
지 EF | -지 | expects the listener to agree or to know | level=casual
거든요 EF | -거든요 | gives a reason that the listener does not know | level=polite
거든 EF | -거든 | gives a reason that the listener does not know | level=casual
잖아요 EF | -잖아요 | reminds the listener: “you know” | level=polite
잖아 EF | -잖아 | reminds the listener: “you know” | level=casual
잖니 EF | -잖니 | reminds a friend or someone younger: “you know” | level=casual
ㄹ게요 을게요 EF | -(으)ㄹ게요 | the speaker promises to do it | level=polite
ㄹ게 을게 EF | -(으)ㄹ게 | the speaker promises to do it | level=casual
ㄹ까요 을까요 EF | -(으)ㄹ까요 | shall we, shall I, or I wonder | level=polite
ㄹ까 을까 EF | -(으)ㄹ까 | shall we, shall I, or I wonder | level=casual
ㄹ래요 을래요 EF | -(으)ㄹ래요 | what someone wants to do | level=polite
ㄹ래 을래 EF | -(으)ㄹ래 | what someone wants to do | level=casual
나요 EF | -나요 | asks a question gently | level=polite
ㄴ가요 은가요 EF | -(으)ㄴ가요 | asks a question gently | level=polite
어야죠 아야죠 EF | -아/어야죠 | says what should be done | level=polite
어야지 아야지 EF | -아/어야지 | says what should be done | level=casual
자 EF | -자 | let’s | level=casual
니 EF | -니 | asks a friend or someone younger | level=casual
냐 EF | -냐 | asks bluntly | level=casual
어라 아라 EF | -아/어라 | gives an order | level=casual
는데 ㄴ데 은데 EF | -는데/(으)ㄴ데 | leaves the rest open | level=casual
는데요 ㄴ데요 은데요 EF | -는데요/(으)ㄴ데요 | leaves the rest open | level=polite
다 EF | -다 | plain style, as in writing | cue=plain style
ㄴ다 는다 EF | -ㄴ다/는다 | plain style, as in writing | cue=plain style
구요 EF | -구요 | spoken for -고요 | level=polite
고요 EF EC | -고요 | adds something | level=polite
니까요 으니까요 EF | -(으)니까요 | gives the reason | level=polite
는군요 EF | -는군요 | realizes something just now | level=polite
는군 EF | -는군 | realizes something just now | level=casual
다고 ㄴ다고 는다고 EF | -다고/ㄴ다고/는다고 | repeats or stresses a statement | level=casual
라고 으라고 EF | -(으)라고 | repeats or stresses what was said | level=casual
다고요 ㄴ다고요 는다고요 EF | -다고요/ㄴ다고요/는다고요 | repeats or stresses a statement | level=polite
대요 ㄴ대요 는대요 EF | -대요/ㄴ대요/는대요 | passes on what someone said | level=polite
대 ㄴ대 는대 EF | -대/ㄴ대/는대 | passes on what someone said | level=casual
더라고요 EF | -더라고요 | tells what the speaker saw or felt | level=polite
더라고 더라 EF | -더라(고) | tells what the speaker saw or felt | level=casual
더군요 EF | -더군요 | tells what the speaker noticed | level=polite
더군 EF | -더군 | tells what the speaker noticed | level=casual
던데 EF | -던데 | recalls something and leaves the rest open | level=casual
던데요 EF | -던데요 | recalls something and leaves the rest open | level=polite
어서요 아서요 EF | -아/어서요 | gives the reason | level=polite
다구 ㄴ다구 는다구 EF | -다구 | spoken for -다고, which repeats or stresses a statement | level=casual
다구요 ㄴ다구요 는다구요 EF | -다구요 | spoken for -다고요, which repeats or stresses a statement | level=polite
라구 으라구 EF | -(으)라구 | spoken for -(으)라고 | level=casual
라구요 으라구요 EF | -(으)라구요 | spoken for -(으)라고요 | level=polite
라고요 으라고요 EF | -(으)라고요 | repeats or stresses what was said | level=polite
자구 EF EC | -자구 | spoken for -자고 | level=casual
다니까 ㄴ다니까 는다니까 EF EC | -다니까 | insists: “I’m telling you” | level=casual
라니까 EF EC | -(이)라니까 | insists: “I’m telling you” | level=casual
란다 EF | -란다 | tells a fact in a friendly way | level=casual
답니다 ㄴ답니다 는답니다 EF | -답니다 | tells a fact in a friendly way | level=formal
십시오 으십시오 EF | -(으)십시오 | a formal request | level=formal
는가 EF | -는가 | asks oneself or the listener
ㄹ세 EF EC | -ㄹ세 | an old-fashioned statement to someone younger
나 EF | -나 | asks oneself; older adults also ask the listener with it
ㄴ가 은가 EF | -(으)ㄴ가 | asks oneself or the listener
려고 으려고 EF | -(으)려고 | tells or asks what someone intends | level=casual
렴 으렴 EF | -(으)렴 | gently tells someone younger to do it | level=casual
거라 너라 EF | -거라 | an order to someone younger | level=casual
오 시오 EF | -(으)오 | an old-fashioned or written style
ㄹ걸 을걸 EF | -(으)ㄹ걸 | a guess, or a regret | level=casual
단다 ㄴ단다 는단다 EF | -단다 | tells a fact in a friendly way | level=casual
다네 ㄴ다네 는다네 EF | -다네 | tells a fact in a friendly way | level=casual
소 EF EC | -소 | an old-fashioned style, heard in historical dramas
"""
# An auxiliary verb with the ending before it: -아/어 보다, -지 않다.
_AUXILIARIES = """
어 보 | -아/어 보다 | try
어 주 | -아/어 주다 | do something for someone
어 드리 | -아/어 드리다 | do something for someone above you
어 버리 | -아/어 버리다 | do completely, for good
어 놓 | -아/어 놓다 | do and leave it that way
어 두 | -아/어 두다 | do and keep it that way
어 있 | -아/어 있다 | be in the state
어 지 | -아/어지다 | become, be done
어야 하 | -아/어야 하다 | must
어야 겠 | -아/어야겠- | must, should
고 있 | -고 있다 | be doing
고 싶 | -고 싶다 | want to
지 않 | -지 않다 | not
지 못하 | -지 못하다 | cannot
지 말 | -지 말다 | do not
어 가 | -아/어 가다 | go on doing; do and go
어 오 | -아/어 오다 | have been doing; do and come
어 내 | -아/어 내다 | manage to do
어 대 | -아/어 대다 | keep doing it too much
어 하 | -아/어하다 | feel and show it
어야 되 | -아/어야 되다 | must
어도 되 | -아/어도 되다 | may
고 말 | -고 말다 | end up doing
고 나 | -고 나다 | finish doing
게 되 | -게 되다 | come to, end up
게 하 | -게 하다 | make or let someone do
려고 하 | -(으)려고 하다 | intend to
나 보 | -나 보다 | it seems
"""


# 것 after a describing form, with 이다: 갈 거야, 가는 거예요. 거 is short for 것.
_THING = """
ㄹ | -(으)ㄹ 것이다 | will, be going to, or probably
을 | -(으)ㄹ 것이다 | will, be going to, or probably
는 | -는 것이다 | explains or asks: it is that …
ㄴ | -(으)ㄴ 것이다 | explains or asks: it is that …
은 | -(으)ㄴ 것이다 | explains or asks: it is that …
"""


def piece_of(form: str, tag: str) -> FormPiece | None:
    """Return the piece with this form and tag, or None if it is not listed."""
    return _pieces().get((form, tag))


def auxiliary_of(ending: str, verb: str) -> FormPiece | None:
    """Return the auxiliary verb with the ending before it, such as 어 and 보, or None if it is not listed."""
    return _auxiliaries().get(("어" + ending[1:] if ending[:1] in ("아", "여") else ending, verb))


def with_thing(ending: str) -> FormPiece | None:
    """Return the piece for 것이다 after a describing ending, such as ㄹ, or None if it is not listed."""
    return _things().get(ending)


@cache
def _things() -> dict[str, FormPiece]:
    found = {}
    for line in _THING.strip().split("\n"):
        ending, written, meaning = (part.strip() for part in line.split("|"))
        found[ending] = FormPiece(written, meaning, "", written)
    return found


@cache
def _pieces() -> dict[tuple[str, str], FormPiece]:
    found: dict[tuple[str, str], FormPiece] = {}
    for line in "".join((_PARTICLES, _INNER, _LINKING, _DESCRIBING, _FINAL)).split("\n"):
        if line:
            names, written, meaning, *others = (part.strip() for part in line.split("|"))
            more = dict(each.split("=", 1) for each in others)
            level = more.get("level", "")
            piece = FormPiece(written, meaning, level, more.get("cue") or (written if meaning or not level else level))
            tags = [name for name in names.split() if name.isascii()]
            forms = [name for name in names.split() if not name.isascii()]
            found |= {(form, tag): piece for form in forms for tag in tags}
    return found


@cache
def _auxiliaries() -> dict[tuple[str, str], FormPiece]:
    found = {}
    for line in _AUXILIARIES.strip().split("\n"):
        names, written, meaning = (part.strip() for part in line.split("|"))
        ending, verb = names.split()
        found[ending, verb] = FormPiece(written, meaning, "", written)
    return found
