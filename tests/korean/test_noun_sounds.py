"""Test how nouns sound with particles."""

import pytest

from korean_flashcards.korean.noun_sounds import with_particles


@pytest.mark.parametrize(
    ("noun", "line"),
    [
        ("꽃", "With particles: 꽃이 [꼬치], 꽃을 [꼬츨], 꽃만 [꼰만]."),
        ("흙", "With particles: 흙이 [흘기], 흙을 [흘글], 흙만 [흥만]."),
        ("밭", "With particles: 밭이 [바치], 밭을 [바틀], 밭만 [반만]."),
        ("산", "With particles: 산이 [사니], 산은 [사는], 산을 [사늘]."),
        ("나무", ""),
        ("강", ""),
    ],
)
def test_a_particle_changes_the_sound_of_a_final_consonant(noun: str, line: str) -> None:
    assert with_particles(noun, "", "") == line
