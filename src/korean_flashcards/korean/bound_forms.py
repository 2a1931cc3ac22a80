"""Recognize particles and endings that word lists give as words: 거나 “or”, 라는 “called”, 치고 “considering”.

The analyzer takes such a form without its word for a different one: 든 of 언제든 for 들다, 라는 for a noun with a particle.
"""

_ENDINGS = """
게 거나 아서 어서 에요 예요 이에요 고 고요 겠어 겠어요 겠네요 군요 네요 잖아 잖아요 수록 도록 듯이 지만 는데 니까 면서
거든 거든요 던데 다가 더라 더라고 더라고요 려고 으려고 려면 자마자
"""
_PARTICLES = "든 든지 이든 이든지 라는 이라는 치고 라고 이라고 처럼요 하고요 보다는 보단 밖엔 뿐만 마저 조차 랑 이랑"
_KINDS = dict.fromkeys(_ENDINGS.split(), "ending") | dict.fromkeys(_PARTICLES.split(), "particle")


def kind_of_bound_form(form: str) -> str:
    """Return "ending" or "particle" for a form that is mistaken for a word, and "" for any other form."""
    return _KINDS.get(form, "")
