"""Values of a record that are changed when they are read, and findings of a word and its cards together."""

from checks.good_records import hand_written

from korean_flashcards.checks import check_card, check_nuance, check_word
from korean_flashcards.checks.lazy_values import LazyValues


def test_only_values_that_are_read_are_changed_and_each_once() -> None:
    calls: list[str] = []

    def changed(name: str) -> str:
        calls.append(name)
        return name.upper()

    values = LazyValues({"a": 1, "b": "x"}, {"b": lambda: changed("b"), "c": lambda: changed("c")})
    values.change("a", lambda: changed("a"))
    assert calls == [] and (values["b"], values.get("b"), values.get("d")) == ("B", "B", None) and calls == ["b"]
    assert dict(values) == {"a": "A", "b": "B", "c": "C"} and len(values) == 3 and calls == ["b", "a", "c"]


def test_a_word_and_its_cards_have_the_same_findings_together_as_alone() -> None:
    for word, record, cards in hand_written():
        # With texts from the list, so that the findings are compared with a record without them.
        listed = f"{word.get('example') or ''} TODO {{{{example}}}} {word['definition']} {word['definition']}"
        damaged = {**record, "explanation": listed}
        both = [{**card, "back": f"{listed} {listed}"} for card in cards]
        of_record, of_cards = check_word(damaged, both, word)
        assert of_record == check_nuance(damaged, word) != []
        assert of_cards == [check_card(card, damaged, word) for card in both] and all(of_cards)
