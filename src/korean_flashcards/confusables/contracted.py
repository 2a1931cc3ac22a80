"""Recognize forms of the same pronoun or dependent noun, and spellings of the same form, which the letters do not show.

Contracted forms such as 내가 (나 + 가) and 그건 (그것 + 은) belong to one word, and so do 할게 and 할께.
"""

from korean_flashcards.domain.lazy_regex import lazy_regex

_FORMS = """
나: 나 난 날 내 내가 내게 나는 나를 나의 나에게 나한테 나도 나만 나랑 나와
저: 저 전 절 제 제가 제게 저는 저를 저의 저에게 저한테 저도 저만 저랑 저와
너: 너 넌 널 네 네가 네게 너는 너를 너의 너에게 너한테 너도 너만 너랑 너와 니 니가 너가
너희: 너희 너흰 너흴 너희가 너희는 너희를 너희의 너희들 니들 너네 니네 너희들이 너희들은 너희들의 니들이 니들은 니들의
너희: 너넨 너네가
뭐: 뭐 뭘 뭔 뭐가 뭐를 무엇 무엇이 무엇을 무얼 무어 머 뭐야 뭔데 뭐죠 뭐지 뭡니까 무엇입니까 뭔지 뭔지도 무엇인지 머시
뭐: 뭐가요 뭐요
무언가: 뭔가 뭔가를 뭔갈 뭔가가 뭔가에 무언가 무언가가 무언가를 무엇인가
아이: 아이 아이가 아이를 아이는 아이의 아이야 애 애가 애를 애는 애의 애한테 애야 얘 얘가 얘를 얘야
"""
_THING = lazy_regex(
    r"([이그저요]?)(?:것|거|게|건|걸|겁|꺼)(?:이|을|은|는|를|도|만|의|요|이요|이야|야|이다|예요|이에요|로|에)?"
)
_SAME = {
    each: name for line in _FORMS.split("\n") if line for name, forms in [line.split(":")] for each in forms.split()
}
# Spellings that differ from another one only in how it sounds: 할꺼야, 했다구요, 됬어, 같애.
_SPOKEN = (
    (lazy_regex("(?<=[할갈올볼줄될살알일을릴질둘칠])꺼"), "거"), (lazy_regex("께(?=요?$)"), "게"),
    (lazy_regex("구(?=요?$)"), "고"), (lazy_regex("됬"), "됐"), (lazy_regex("아니였"), "아니었"),
    (lazy_regex("같애"), "같아"), (lazy_regex("(?<=.)루$"), "로"),
)  # fmt: skip


def contracted_base(word: str) -> str:
    """Return what identifies the pronoun or 것 of which the word is a form, or "" if it is not such a form."""
    if base := _SAME.get(word):
        return base
    thing = _THING.fullmatch(word)
    return f"{thing[1]}것" if thing else ""


def usual_spelling(word: str) -> str:
    """Return the word in its usual spelling, if it is spelled as it is spoken: 할꺼야 → 할거야."""
    for pattern, usual in _SPOKEN:
        word = pattern.sub(usual, word)
    return word
