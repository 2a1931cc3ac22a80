"""Say how a noun sounds with particles: 꽃이 [꼬치], 꽃만 [꼰만]."""

from .hangul import is_syllable, split
from .pronunciation import pronounce

# Before these codas, only a vowel changes the sound. Before ㅇ, nothing does.
_SONORANT = ("ㄴ", "ㄹ", "ㅁ")


def with_particles(noun: str, definition: str, hanja: str) -> str:
    """Return a line such as "With particles: 꽃이 [꼬치], 꽃만 [꼰만].", or "" if they do not change the sound.

    Args:
        noun: The noun.
        definition: Its meaning, which tells homographs with different pronunciations apart.
        hanja: Its hanja, or "".
    """
    coda = split(noun[-1]).coda if is_syllable(noun[-1]) else ""
    if coda in ("", "ㅇ"):
        return ""
    particles = ("이", "은", "을") if coda in _SONORANT else ("이", "을", "만")
    said = (f"{noun}{each} [{pronounce(noun + each, definition=definition, hanja=hanja)[0]}]" for each in particles)
    return f"With particles: {', '.join(said)}."
