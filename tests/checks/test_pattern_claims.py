"""Test that false statements about grammar patterns are found, and that true ones are accepted."""

import pytest
from checks.test_claims import codes_of_record

_FALSE = """
밖에 | Particle, always with a positive verb.
별로 | It is used with an affirmative predicate.
느라고 | The two halves have different subjects.
-(으)면서 | Both verbs need two subjects.
-는 바람에 | The result is bad; a command follows.
-기 때문에 | Commands may follow: 바쁘기 때문에 오세요.
-(으)려고 | Mostly followed by a command.
-(으)면 | Only statements may follow.
-(으)니까 | No command may follow it.
-느라고 | This ending takes -았- before it: 먹었느라고.
피곤하다 | Here -아/어서 needs a past marker.
-기 때문에 | It never takes -었- before it.
-고 있다 | Also with adjectives: 예쁘고 있어요.
-자마자 | It attaches to nouns.
-답다 | Attached to verbs: 먹답다.
까지 | It is attached to a verb.
헌 | Determiner, only after a noun.
모든 | Directly before a verb.
부터 | It stands before the noun.
만큼 | Here it is a dependent noun and is glued on.
조차 | It is a particle and stands apart.
새 | Written without a space (새 가방).
새 | Written with a space (새가방).
"""
_TRUE = """
밖에 | Particle, never with a positive verb. The verb must be negative.
별로 | It refuses an affirmative verb. In speech one affirmative use exists: 별로예요.
보다 | Attached to a verb stem with -아/어: 먹어 보다.
-아/어서 | Also with nouns: 학생이어서.
밖에 | 만 takes a positive verb (하나만 있어요).
-느라고 | Both have the same subject, no -았- stands before it, and no command may follow. For that use -(으)니까.
-는 바람에 | If a command follows, use -(으)니까. Not with adjectives.
-기 때문에 | It may follow -았/었-, but -(으)니까 can lead to a command.
-기 때문에 | Before a command only -(으)니까 works.
-아/어 보다 | Attached to a verb stem: 먹어 보다.
-느라고 | The main clause takes the past tense: 못 갔어요.
-(으)니까 | A command may follow, and the past may stand before it: 늦었으니까.
새 | Written with a space (새 가방), before a noun.
만큼 | After a noun it is a particle. After a verb it is a dependent noun and stands apart (먹을 만큼).
-고 있다 | A learner's mistake is to use it also with adjectives.
"""


def _cases(text: str) -> list[list[str]]:
    return [line.split(" | ") for line in text.strip().split("\n")]


@pytest.mark.parametrize(("term", "claim"), _cases(_FALSE))
def test_false_statements_about_patterns_are_found(term: str, claim: str) -> None:
    assert "false_grammar" in codes_of_record(term, pos="particle", explanation=claim)


@pytest.mark.parametrize(("term", "claim"), _cases(_TRUE))
def test_true_statements_about_patterns_are_accepted(term: str, claim: str) -> None:
    assert "false_grammar" not in codes_of_record(term, pos="particle", explanation=claim)
