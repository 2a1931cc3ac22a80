"""Recognize replies in which the model declines the task, in English, Korean, Japanese, Chinese, and other languages."""

import re
from typing import Any

from korean_flashcards.domain.records import FailureCode, ReplyError

# A refusal is prose. Quotations, parentheses, code, headings, list items, and table rows may quote an apology as an example.
_NOT_PROSE = re.compile(
    r"""```.*?(?:```|\Z) | `[^`\n]*` | "[^"\n]*" | “[^”]*” | ‘(?:[^’\n]|(?<=[a-z])’(?=[a-z]))*’
    | (?<![a-zA-Z])'(?:[^'\n]|(?<=[a-zA-Z])'(?=[a-zA-Z]))*'(?![a-zA-Z]) | (?<=\S)[ \t]*\([^()\n]*\)
    | 「[^」]*」 | 『[^』]*』 | «[^»]*» | ^[ \t]*(?:[-*+•#>|]|\d+[.)])[ \t].*$ | ^[ \t]*\|.*$""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_LENGTH = 400  # characters from the start of the prose: a refusal comes first
# Where a refusal may begin: in English at any sentence, because many refusals give the reason first, and otherwise in the
# first two sentences. Later sentences may be examples.
_SENTENCE = r"(?:\A[(\[_]*|[.!?\n])\s*"
_OPENING = r"\A(?:[^\n.!?。！？]{0,60}[.!?。！？,，]?\s+)?\W*"
_ENGLISH = (
    r"(?:(?:(?:i['’]m|i am|we['’]re|we are)\s+(?:\w+\s+)?)?(?:sorry|afraid|apologies|unfortunately|regrettably|however|but"
    r"|i apologi[sz]e|my apologies|as an ai\b[^,.!?\n]*|that|no|for (?:the|any) inconvenience)[\s,.;:—–-]*)*"
    r"(?:(?:i|we)\s+(?:can(?:no|['’])t|can not|could not|won['’]t|will not"
    r"|(?:must |have to |need to )?(?:respectfully )?decline|refuse)\b(?!\s+wait)"
    r"|(?:i['’]m|i am|we['’]re|we are)\s+(?:unable|not (?:able|allowed|permitted|comfortable|going to))\b"
    r"|(?:cannot|can['’]t|unable to|not able to) (?:help|assist|comply|answer|do|provide|fulfill?|process|respond)\b"
    r"|as an ai\b|(?:i['’]m|i am) (?:\w+ )?sorry,? but\b"
    r"|(?:this|the|your) (?:request|content|prompt) (?:violates|goes against|is against|cannot be)\b"
    r"|(?:request|content) (?:denied|refused|declined|blocked|rejected)\b)"
)
# After a reason, in the same sentence: "I understand that you are learning; however, I must decline to produce this."
_TURN = r"[,;:—–-]\s*(?:(?:however|but|yet|so|still|unfortunately|regrettably|therefore)\b[\s,]*)+"
_TASK = (
    r"(?:help|assist|compl[iy]|provid|produc|creat|generat|writ|fulfil|complet|answer|respond|continu|process|support"
    r"|engag|discuss|do)"
)
_ENGLISH_AFTER_REASON = (
    r"(?:(?:i|we)\s+(?:(?:must|will|have to|need to|will have to|am going to have to|[’']ll have to|am obliged to)\s+)?"
    rf"(?:\w+ly\s+)?(?:declin|refus)\w*|(?:(?:i|we)[’']?(?:\s+am|m|\s+are|re)\s+(?:unable to|not (?:able|allowed"
    rf"|permitted) to)"
    rf"|(?:i|we)\s+(?:can(?:no|[’'])t|won[’']t|will not|could not|must not))\s+(?:\w+ly\s+)?{_TASK})"
)
# In Spanish, Portuguese, French, German, Italian, Vietnamese, and Russian, if the reply begins with it.
_OTHER_LANGUAGES = (
    r"(?:(?:lo (?:siento|lamento)|desculpe|sinto muito|lamento|(?:je suis )?désolée?|je m['’]excuse"
    r"|es tut mir (?:sehr )?leid|leider|entschuldigung|mi dispiace|xin lỗi|rất tiếc|извините|простите|к сожалению"
    r"|прошу прощения)\b[^\n]{0,80}?)?"
    r"\b(?:no (?:puedo|podemos)|não (?:posso|podemos)|je ne (?:peux|puis) pas|ich kann[^.\n]{0,60}? nicht"
    r"|kann ich[^.\n]{0,60}? nicht|non posso|tôi không thể|không thể (?:giúp|hỗ trợ)|я не могу|не могу)\b"
)
_KOREAN_INABILITY = (
    r"(?:수\s*(?:가\s*|는\s*)?(?:없|업)|어렵|어려워|어려울|곤란|거절|거부|불가|않겠|못\s*(?:하|합|해|드))"
)
_KOREAN = (
    rf"(?:(?:죄송|미안|유감|안타깝|아쉽)(?!하다)\S*[^\n]{{0,120}}?{_KOREAN_INABILITY}"
    r"|[^\n.!?]{0,80}?(?:도와|도움|답변|대답|응답|제공|처리|작성|생성|수행|지원|분석|진행|응할|요청|따를)[^\n.!?]{0,30}?"
    rf"{_KOREAN_INABILITY})"
)
_JAPANESE = (
    r"(?:(?:大変|誠に)?(?:申し訳|すみません|すいません|ごめんなさい|恐れ入り|恐縮|残念|あいにく)[^\n]{0,100}?"
    r"(?:(?:でき|出来)(?:ません|かねます|ない)|(?:いた|致)しかねます|お断り|しかねます)"
    r"|[^\n。]{0,60}?(?:手伝|答え|応え|回答|提供|対応|作成|生成|協力|支援|要望|依頼|リクエスト)[^\n。]{0,30}?"
    r"(?:(?:でき|出来)(?:ません|かねます)|しかねます|お断り))"
)
_CHINESE = (
    r"(?:(?:很|非常|十分|实在|實在)?(?:抱歉|对不起|對不起|不好意思|遗憾|遺憾)[^\n]{0,80}?(?:无法|無法|不能|不可以|不便|拒[绝絕]|没办法|沒辦法)"
    r"|[^\n。]{0,40}?(?:无法|無法|不能|不可以|不便|拒[绝絕]|没办法|沒辦法)[^\n。]{0,8}?"
    r"(?:提供|回答|协助|協助|帮|幫|完成|满足|滿足|处理|處理|生成|执行|執行|请求|請求))"
)
# An apology is a refusal even without a reason, if it is the whole reply: "Sorry, no."
_SHORT = re.compile(
    r"\A\W*(?:i['’]?m |i am )?(?:very |so )?(?:sorry|no|declined?|refused?|죄송합니다|죄송해요|미안합니다|抱歉|对不起|對不起"
    r"|申し訳ありません|申し訳ございません|すみません)(?:[\s,.;]+(?:but )?no)?\W*\Z",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    f"{_SENTENCE}{_ENGLISH}|{_TURN}{_ENGLISH_AFTER_REASON}|{_OPENING}(?:{_KOREAN}|{_JAPANESE}|{_CHINESE})"
    rf"|\A\W*{_OTHER_LANGUAGES}",
    re.IGNORECASE,
)

# Every text that matches contains one of these parts, even before quotations are removed from it. Most texts contain none,
# and the search for a refusal takes much longer than the search for its parts.
_PARTS = (
    "not", "n't", "n’t", "declin", "refus", "unable", "sorry", "violates", "against", "denied", "blocked", "rejected",
    "puedo", "podemos", "peux", "puis", "nicht", "posso",
)  # fmt: skip
_AI = re.compile(r"\bai\b")
_OTHER_PARTS = (
    "không", "могу", "없", "업", "어렵", "어려", "곤란", "거절", "거부", "불가", "않겠", "못", "でき", "出来", "しかねます",
    "お断り", "无法", "無法", "不能", "不可以", "不便", "拒", "没办法", "沒辦法",
    # If the case is ignored, these match i, s, and the Cyrillic o, but ``lower`` does not replace them.
    "\u0131", "\u0307", "\u017f", "\u1c82",
)  # fmt: skip


def refusal(text: str) -> ReplyError | None:
    """Return an error if the model declined the task in its reply, or None otherwise."""
    if (_may_decline(text) and _REFUSAL.search(_start_of_prose(text))) or _SHORT.match(text):
        return ReplyError(FailureCode.REFUSED, f"the model declined: {' '.join(text.split())[:160]}")
    return None


def _may_decline(text: str) -> bool:
    """Return whether the text contains a part that every match of ``_REFUSAL`` contains."""
    lower = text.lower().replace("**", "")
    if any(part in lower for part in _PARTS) or _AI.search(lower):
        return True
    return not text.isascii() and any(part in lower for part in _OTHER_PARTS)


def _start_of_prose(text: str) -> str:
    return without_quotations(text).replace("**", "").strip()[:_LENGTH]


def without_quotations(text: str) -> str:
    """Return only the prose of a text, without quotations and everything else that may be an example."""
    return _NOT_PROSE.sub(" ", text)


def refusal_in(value: Any) -> ReplyError | None:
    """Return an error if a text in the JSON value declines the task, as in ``{"error": "I cannot help with that."}``."""
    if isinstance(value, str):
        return refusal(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((error for part in parts if (error := refusal_in(part))), None)
