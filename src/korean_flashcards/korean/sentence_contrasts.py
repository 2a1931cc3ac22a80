"""Find translations that say the opposite of the Korean sentence, or are about somebody else.

The patterns are tested with the 9,900 translated sentences of a word list. Negation is compared only in simple sentences:
다르다 is also "not the same", and 안 되다 is also "must".
"""

import re
from functools import cache

from korean_flashcards.domain.lazy_regex import lazy_regex

from .negations import NOT_ENGLISH, NOT_KOREAN

# Korean verbs, the English words that contradict them, and the English words that translate them.
_OPPOSITES = """
벗[었어고는을]=put on|wore|wear|wearing=off|remov|undress|strip|bare|out of|chang
(?:옷|바지|치마|코트|양말|신발|구두|모자|안경)[을를]? (?:입|신|썼|써|쓰)=took off|take off|remov=put|wear|wore|dress
받[았아는고을습]=gave|give|gives=g[eo]t|receiv|accept|tak|took|given|g[ai]ve[sn]? (?:me|us)\\b|answer|by |from|pass|catch
빌려 ?(?:[주줬준]|드)=borrow=lend|lent|loan|let
빌렸[어다습]=lent|lend=borrow|rent|check|took|(?:lent|lends?) (?:me|us)\\b
(?:문|창문|가게|뚜껑)[을를이가]? 열=clos|shut=open|unlock
(?:문|창문|가게|뚜껑)[을를이가]? 닫=open=clos|shut
켰|켜[요주고라]=turned off|turn off|switched off= on
껐|꺼[요주라]|끄[고세]=turned on|turn on|switched on=off|out
시작[했하해됐되]=\\bend|finish=start|beg[aiu]n|open|launch|set
끝났|끝나=\\bstart|beg[aiu]n=end|finish|over|done|complet|end up|out|after
이겼=lost|lose=w[oi]n|beat|defeat|overc
울었|울어|울고=laugh|smil=cr[iy]|wept|weep|sob|tear|rang|ring
웃었|웃어|웃고|웃는=\\bcr(?:y|ied|ying)\\b|wept=laugh|smil|grin|giggl|chuckl
앉[았아으고는]=stood|stand=s[ia]t|seat
좋아해|좋아합|좋아했=hate|dislike=like|love|enjoy|fond|prefer|favou?r|good
마셨|마셔|마시[고는]=\\bate\\b|\\beat=dr[aiu]nk|ha[dsv]|sip|beer|tea|coffee|water|milk|soju|wine|juice
높[아은고다]=\\blow=high|tall|top|lofty|expensive
낮[아은고다]=high=low
무거[워운웠]|무겁=\\blight=heav|weigh|serious
가벼[워운웠]|가볍=heav=light
매워|매운|맵[다고습]=sweet|salty|sour|bitter=spic|hot|pungent|pepper
달콤|달아요|달고=spicy|salty|sour|bitter=sweet
짜요|짜다|짭니다=sweet|spicy|sour|bitter=salt
재미있|재밌=difficult|boring|\\bhard=fun|interest|enjoy|amus|entertain|excit|great|good
지루=interesting|\\bfun\\b|exciting=bor|dull|tedious|tire
앞에 있|앞에 서=behind=front|ahead|before|outside|at |by |face
뒤에 있|뒤에 서=in front=behind|back|after
위에 있|위에 놓|위에 뒀=under|below|beneath=\\bon\\b|above|over|top|up
(?:아래|밑)에 있|(?:아래|밑)에 놓=above|on top=under|below|beneath|bottom|down|foot|lower
안에 있=outside=\\bin|within
밖에서|밖으로=inside|indoors=out
늦게=early=late|after|past|slow
일찍=\\blate\\b=early|earlier|soon|ahead|\\bnow|in time
잃어버[렸려]=found=los[te]|losing|miss
출발[했하해]=arriv=start|depart|lea?v|left|set|go|off
도착[했하해]=depart|left=arriv|reach|g[eo]t|com|came|there|here|land
태어났=died=born
이혼=\\bmarried\\b=divorc|separat
내렸[어다습]|내려요=got on|get on=off|out|drop|fell|fall|down|snow|rain|lower
전화를? 받=hang up|hung up=answer|pick|call|get|g[eo]t|tak
"""
_DENIES = lazy_regex(
    r"\b(?:do|does|did|is|are|was|were|has|have|am)(?:n['’]t| not)\b|['’](?:m|s|re) not\b|\b(?:not) (?:\w+ing|go|eat)\b",
    re.I,
)
_FORBIDS = lazy_regex("(?:please,? )?(?:don['’]t|do not)", re.I)
# Words that are also translated with "not", or sentences whose "not" belongs to something else.
_MAY_BE_NOT = lazy_regex(
    "힘들|어려|어렵|부족|다르|달라|다른|틀[리린렸]|드물|참[았아으]|피[하해했]|조심|괜찮|됐|금지|아직|모자|미안"
    "|죄송|안타|아깝|아까|잊|끊|빠[지졌져]|비[어었]"
    "|놓[치쳤]|실패|거절|무[섭서]|곤란|불[가안편쾌만행]|거의|겨우|전에|벌써|오랜만|까 봐|얼마나|[뭐뭔왜]|누가"
    "|어떻|어떡|무슨|잖아|지요|죠|네요|까요|나요"
    "|불(?:합|완|확|충|친|공|규|균|필|법|참|응|허)|미(?:완|납|달|숙|정|결|혼|비)|떨어[지졌져진]|굶|거르|걸렀|결[석근]|쉬[고는었어]|쉽|쉬[워운]"
    "|가까|가깝|휴[무업]|그대로|여전|저렴|뜸하|뜸했|처음|아쉽|아쉬|무(?:관|료|능|식|책임)|반대|침묵|조용"
    "|서툴|낯설|귀찮|별로|무례|이상|비밀|필요|말[아았]|고프|지치|지쳤|큰일|부끄|정지|취소|신경|걱정|인생"
    "|[시세]요[.!]?$|나쁘|나빠|사라|부재|허락|아깐|끄|꺼|멈|만 |뿐|오히려|차라리"
)
_NOT_THE_VERB = lazy_regex(
    r"\b(?:but|until|unless|if|because|so|when|that|who|worry|mind|wait|only|why|let's|yet|anymore|enough|matter"
    r"|just|isn't it|right|know|think"
    r"|than|like)\b|\?",
    re.I,
)
# 안 먹었어요, 먹지 않았어요, 만지지 말자 at the end
_DENIED_VERB = lazy_regex(
    "(?<![가-힣])(?:안|못) (?!되|돼|됐|된|될|좋|그)[가-힣]+(?:요|습니다|니다|다|어|아|해)[.!]?$"
    "|지[는도를]? (?:않았|못했|않아|못해|않습|못합|않는|못한|말자|마세요|말아요|마십시오|맙시다)[가-힣]*[.!]?$"
)
# 몰라요 'I know.', 시간이 없어요 'I have time.'
_UNKNOWN = lazy_regex("(?:몰랐|몰라|모릅|모르겠|모른)[가-힣]*[.!]?$")
# 갈 수 없어요 'I can go', 갈 수 있어요 'I can't go'. 어쩔 수 없다 is an idiom.
_CANNOT = lazy_regex("(?<!어쩔 )(?<![가-힣])수(?:가|는|도)? 없(?:어|었|습|네|다|겠)[가-힣]*[.!]?$")
_CAN = lazy_regex("(?<![가-힣])수(?:가|는)? 있(?:어|었|습|네|다|겠)[가-힣]*[.!]?$")
_IS_ABLE = lazy_regex(r"\b(?:can|could)\b(?!['’]t)|\bable to\b", re.I)
_IS_UNABLE = lazy_regex(r"\b(?:can|could)n?['’]t\b|\bcannot\b|\bcould not\b|\bcan not\b|\bunable to\b", re.I)
_SENTENCES = lazy_regex("[^.!?…]+[.!?…]+")
_KNOWS = lazy_regex(r"(?<!\bwho )\b(?:know|knows|knew)\b", re.I)
# 정신이 없다, 상관없다, 문제없다, 소용이 없다 are idioms.
_MISSING = lazy_regex(
    "(?<!수 )(?<!정신이 )(?<!관이 )(?<!관 )(?<!문제 )(?<!제가 )(?<!용이 )(?<!밖에 )(?<![가-힣])"
    "없(?:어|었|습|네|다)[가-힣]*[.!]?$"
)
_HAS = lazy_regex(r"\b(?:I|you|he|she|it|we|they|there|that)(?:['’]ve| have| has| had| is| are| was| were)\b", re.I)
_SAYS_NO = lazy_regex(
    r"n['’]t\b|\b(?:not|never|no|none|nothing|nobody|nowhere|without|neither|nor|hardly|barely|cannot|rarely"
    r"|seldom|only|too|out of|far from"
    r"|refus\w*|fail\w*|lack\w*|miss\w*|hate\w*|stop\w*|avoid\w*|few|little|bad|badly|poor\w*|worse|less|rather"
    r"|instead|free|empty|absent|(?:day|days|time|called|put|turned) off"
    r"|forg[eo]t\w*|still|yet|must|have to|has to|need\w*|skip\w*|ignor\w*|closed|die|died|keep|kept|other"
    r"|against|behind|trouble|hard|deny|denied"
    r"|reluctant|unless|against|easily|immediately|soon|different\w*|incapable|beyond|soft|gave up|give up"
    r"|prevent\w*|cho[io]\w*|decid\w*|unable|late|(?:is|are|was|were|be) (?:out|away|gone)"
    r"|vegetarian\w*|clash\w*|ages|a while"
    r"|wrong\w*|un(?!der|it|ion|ivers|til|cle)\w{4,}|dis\w{4,}|im(?:poss|pol|pat|perf|mat|pers|prob)\w+"
    r"|in(?:corr|conv|compl|cap|vis|val|ab|acc|exp|sign|suff|app|flex|ed)\w+|\w+less)\b",
    re.I,
)
# Not an explanation: 안 먹었어요 (by choice), 못 먹었어요 (for lack of time)
_IS_CLAUSE = lazy_regex(
    r"\W*(?:[A-Z]|(?:i|you|he|she|it|we|they|there|this|that|my|your|the|is|are|was|were|did|does|\w+ed)\b)"
)
# Adjectives of which English also negates the opposite, with their translations.
_ADJECTIVES = {
    "어렵|어려[워웠]": "difficult|hard|tough", "쉽|쉬[워웠]": "eas|simple", "비싸|비쌌": "expensive|pric|cost|much",
    "싸지 |(?<![가-힣])[싸쌌]": "cheap|inexpensive", "덥|더[워웠]": "hot|warm", "춥|추[워웠]": "cold|chilly|freez",
    "맵|매[워웠]": "spic|hot", "멀|멀[어었]": "far|long way", "가깝|가까[워웠]": "near|clos", "나쁘|나[빠빴]": "bad",
    "싫|싫[어었]": "hat|dislike", "모르|몰[라랐]": "know|sure|idea|understand", "늦|늦[어었]": "late",
    "무겁|무거[워웠]": "heav", "가볍|가벼[워웠]": "light", "[크커컸]": "big|large|tall|loud", "작|작[아았]": "small|short",
    "많|많[아았]": "many|much|lot|plenty", "적|적[어었]": "few|little", "깊|깊[어었]": "deep", "길[어었]?": "long",
    "짧|짧[아았]": "short", "높|높[아았]": "high|tall", "낮|낮[아았]": "low", "달|달[아았]": "sweet", "짜|짰": "salty",
    "젊|젊[어었]": "young", "친하|친[해했]": "close|friend",
}  # fmt: skip
# Expressions that are negative only in English.
_OTHERWISE_SAID = lazy_regex(
    r"\b(?:kidding|joking|lying|a lie|serious|sure|far|asleep|full|changed|enough|mind|long|any(?:one|body|thing|more))\b",
    re.I,
)
_I = lazy_regex(r"\b(?:I|me|my|mine|myself|we|us|our|ours|ourselves)\b|\bI['’]", re.I)
_SPEAKER = lazy_regex("(?:저는|제가|나는|내가|저도|나도|난|저희는|우리는) ")
_OTHER_SUBJECT = lazy_regex(r"(?:You|He|She|They)\b(?! (?:say|said|told))")
_OTHERS = {
    "그는": "he|him|his|man|guy", "그녀는": "she|her|woman", "너는": "you", "당신은": "you", "동생": "brother"
    "|sister|sibling",
    "언니": "sister", "누나": "sister", "형": "brother", "오빠": "brother", "친구": "friend", "아버지": "father"
    "|dad", "아빠": "father|dad",
    "어머니": "mother|mom|mum", "엄마": "mother|mom|mum|mama", "할머니": "grandm|granny|gran|woman"
    "|old", "할아버지": "grandf|grandpa|man|old",
    "선생님": "teacher|professor|sir|doctor|mr|ms", "아기": "baby|child|infant",
}  # fmt: skip
_SUBJECT = lazy_regex(rf"(?:제 |우리 |내 )?({'|'.join(_OTHERS)})(?:[은는이가도]|께서는?) ")
_FIRST_PERSON = lazy_regex("저[는를도의희에]|제[가게 ]|나[는를도에]|내[가게 ]|우리")
_POLITE_REQUEST = lazy_regex(
    r"\b(?:please|let['’]s|let us|let me|how about|could|would|can|will|may|shall|tell me|i wonder|do you mind"
    r"|sorry|how do you do|what a)\b",
    re.I,
)
_RHETORICAL = lazy_regex("왜 이[렇리]|어쩜|(?:[죠지]|[지] 그[래랬]어|잖아요?|거든요?)[?]$")
_MINE, _YOURS = lazy_regex("(?<![가-힣])(?:내|제) (?=[가-힣])"), lazy_regex(r"\byours?\b", re.I)
_YOU = lazy_regex("너|네|니|당신|자네|그대|[시세셨십]")
# 할머니께 과일을 보냈어요: grandmother did not send it.
_RECEIVER = lazy_regex(
    rf"^(?:제가 |저는 |나는 |내가 )?({'|'.join(_OTHERS)})(?: 씨)?(?:에게|한테|께) .*"
    "(?:줬|주었|드렸|보냈|빌려줬|물어봤|여쭤봤)[가-힣]*[.!]?$"
)
_ANOTHER_GIVER, _GIVES = lazy_regex("[가이] |께서"), r"(?:gave|sent|lent|asked|told|bought|showed)\b"
_REQUEST = lazy_regex("(?<![가-힣])(?:[가-힣]+ ?)?(?:주세요|주십시오|줘)[.!]?$")
_STATES = lazy_regex(r"(?:I|We|He|She|They) (?:have|has|had|bought|got|gave|saw|ate|went|was|were|made|took|found)\b")
_PROPOSAL = lazy_regex(
    "(?:[가-힣]지 말|[가보먹하마쉬사오나]|읽|앉|놀|[가-힣]어[지보]|만나|시작하|헤어지|출발하)자[.!]?$|[가-힣]읍시다[.!]?$"
)
_DID = lazy_regex(
    r"(?:I|We|You|He|She|They) (?:went|came|ate|met|saw|left|began|broke|sat|bought|made|did|had|was|were|\w+ed)\b"
)
_GREETING_WORDS = 2  # 안녕하세요? 'Hello there.'
_STATEMENT_END = lazy_regex("(?:[었았했겠]습니다|입니다|[었았했]어요|[었았했]다|는다)[.]$")


def opposite(korean: str, english: str) -> tuple[str, str] | None:
    """Return what the sentence says and what its translation says instead, or None if they may agree."""
    if _any_verb().search(korean) and not (NOT_KOREAN.search(korean) or NOT_ENGLISH.search(english)):
        for said, wrong, right in _table():
            if (found := said.search(korean)) and (instead := wrong.search(english)) and not right.search(english):
                return found[0], instead[0]
    finders = (_denial, _subject, _question, _mood)
    return next((pair for find in finders if (pair := find(korean, english))), None)


def _denial(korean: str, english: str) -> tuple[str, str] | None:
    if not any(sign in korean for sign in ("안 ", "못", "지", "모", "몰", "없")) and not any(
        sign in english for sign in ("n't", "n’t", "not")
    ):
        return None
    if "?" in korean:
        return None
    if len(sentences := _SENTENCES.findall(korean)) > 1:
        said = _SENTENCES.findall(english)
        pairs = zip(sentences, said, strict=True) if len(said) == len(sentences) else ()
        return next((found for one, other in pairs if (found := _denial(one.strip(), other.strip()))), None)
    if found := _ability(korean, english):
        return found
    is_denied = _IS_CLAUSE.match(english) and not _SAYS_NO.search(english)
    for korean_sign, english_sign in ((_UNKNOWN, _KNOWS), (_MISSING, _HAS)):
        if is_denied and (denied := korean_sign.search(korean)) and (says := english_sign.search(english)):
            return denied[0], says[0]
    if is_denied and (denied := _DENIED_VERB.search(korean)) and _has_adjective(korean, english):
        return denied[0], "no negation"
    says = None if _FORBIDS.match(english) or _OTHERWISE_SAID.search(english) else _DENIES.search(english)
    if says and not (NOT_KOREAN.search(korean) or _MAY_BE_NOT.search(korean) or _NOT_THE_VERB.search(english)):
        return ("no negation", says[0]) if _has_adjective(korean, english) else None
    return None


def _ability(korean: str, english: str) -> tuple[str, str] | None:
    """Return -(으)ㄹ 수 있다 or 없다 and the English verb that says the opposite."""
    if "수" not in korean or NOT_KOREAN.search(korean[: korean.rindex("수")]):
        return None
    if (cannot := _CANNOT.search(korean)) and (able := _IS_ABLE.search(english)) and not _SAYS_NO.search(english):
        return cannot[0], able[0]
    if (can := _CAN.search(korean)) and (unable := _IS_UNABLE.search(english)):
        alone = len(NOT_ENGLISH.findall(english)) <= 1
        return (can[0], unable[0]) if alone else None
    return None


def _has_adjective(korean: str, english: str) -> bool:
    """Return whether English has the adjective, not its opposite: "It's easy" is 어렵지 않아요. Other words may differ."""
    last = korean.rpartition("않")[0] or korean
    found = [
        wanted for said, wanted in _ADJECTIVES.items() if re.search(rf"(?<![가-힣])(?:{said})[가-힣]*[ .!]*$", last)
    ]
    return not found or re.search(rf"\b(?:{found[0]})", english, re.I) is not None


def _subject(korean: str, english: str) -> tuple[str, str] | None:
    if (speaker := _SPEAKER.match(korean)) and (other := _OTHER_SUBJECT.match(english)) and not _I.search(english):
        return speaker[0].strip(), other[0]
    mine, yours = _MINE.search(korean), _YOURS.search(english)
    if mine and yours and not (_YOU.search(korean) or _I.search(english)):
        return mine[0].strip(), yours[0]
    if (receiver := _RECEIVER.match(korean)) and not _ANOTHER_GIVER.search(korean, receiver.end(1)):
        gives = re.match(rf"(?:My |Our |The )?(?:{_OTHERS[receiver[1]]})\w* {_GIVES}.* (?:me|us)\b", english, re.I)
        return (f"{receiver[1]} is the receiver", gives[0]) if gives else None
    named = _SUBJECT.match(korean)
    if named and english.startswith(("I ", "I'm ", "I’m ")) and not _FIRST_PERSON.search(korean):
        is_named = re.search(rf"\b(?:{_OTHERS[named[1]]})", english, re.I)
        return None if is_named else (named[1], "I")
    return None


def _question(korean: str, english: str) -> tuple[str, str] | None:
    if "?" not in korean and "?" not in english:
        return None
    korean, english = korean.strip("'\"”’ "), english.strip("'\"”’ ")
    if _POLITE_REQUEST.search(english) or len(english.split()) <= _GREETING_WORDS:
        return None
    if "?" in english and "?" not in korean and _STATEMENT_END.search(korean):
        return ("a statement", "a question") if len(re.findall("[.?!]", english)) == 1 else None
    is_statement = english.endswith(".") and not {"?", ","} & set(english)
    asks = korean.endswith("?") and not _RHETORICAL.search(korean)
    return ("a question", "a statement") if asks and is_statement else None


def _mood(korean: str, english: str) -> tuple[str, str] | None:
    """Return a request or a proposal that is translated as a statement: 주세요 'I have', 가자 'We went'."""
    if len(_SENTENCES.findall(korean)) > 1 or _POLITE_REQUEST.search(english):
        return None
    if (asked := _REQUEST.search(korean)) and (says := _STATES.match(english)):
        return asked[0], says[0]
    if (proposed := _PROPOSAL.search(korean)) and (says := _DID.match(english)):
        return proposed[0], says[0]
    return None


@cache
def _any_verb() -> re.Pattern[str]:
    """Return a pattern of all Korean verbs in the table. Most sentences have none."""
    return re.compile("|".join(said.pattern for said, _, _ in _table()))


@cache
def _table() -> tuple[tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], ...]:
    rows = [line.split("=") for line in _OPPOSITES.strip().splitlines()]
    return tuple(
        (re.compile(said), re.compile(rf"\b(?:{wrong})", re.I), re.compile(right, re.I)) for said, wrong, right in rows
    )
