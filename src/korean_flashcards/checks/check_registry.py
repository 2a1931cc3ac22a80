"""Register all checks by code, and run them on an analysis or a card."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from korean_flashcards.checks import (
    boilerplate,
    character_meanings,
    chat,
    class_claims,
    comparison,
    doubled_words,
    endings_of_text,
    english_slips,
    examples,
    filler,
    foreign_latin,
    form_claims,
    front_task,
    fronts,
    grammar_claims,
    hanja,
    hanja_claims,
    hanja_words,
    homograph,
    homograph_stems,
    homonym_senses,
    honor_labels,
    inflection_claims,
    ipa,
    keywords,
    korean_forms,
    languages,
    latin_korean,
    leftovers,
    lengths,
    level_labels,
    level_of_word,
    memory_image,
    named_word,
    numbers,
    part_of_speech,
    particle_claims,
    pattern_claims,
    politeness,
    register,
    respelled_words,
    sound_claims,
    spelling,
    spoken,
    swapped_words,
    tag_values,
    tense_labels,
    tenses,
    term,
    translations,
    untranslated,
    word_class,
    wrong_constructions,
)
from korean_flashcards.checks.check import Check
from korean_flashcards.checks.signs import Rules
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.records import Finding, Severity
from korean_flashcards.korean.morphology import AnalyserMissing

_THEMES = (
    term, ipa, spoken, part_of_speech, word_class, class_claims, inflection_claims, grammar_claims, hanja, hanja_words,
    character_meanings, hanja_claims, homograph, homonym_senses, examples, spelling, respelled_words, korean_forms,
    wrong_constructions, numbers, translations, tenses, tense_labels, register, level_labels, level_of_word, politeness,
    comparison, swapped_words, keywords, untranslated, memory_image, named_word, fronts, front_task, endings_of_text,
    doubled_words, english_slips, filler, chat, tag_values, languages, leftovers, boilerplate, lengths,
)  # fmt: skip
CHECKS: Mapping[str, Check] = MappingProxyType({check.code: check for theme in _THEMES for check in theme.CHECKS})
"""All checks, keyed by code and grouped by theme."""

# These functions can find errors, so they run first and can run alone. All others find only warnings and notes.
_SURE_OF_NUANCE: Rules[Analysis] = Rules(
    term.term_of_record,
    term.record_is_about_the_word,
    ipa.ipa_of_record,
    hanja.homonyms_of_record,
    hanja.hanja_in_record,
    homograph.meaning_is_the_lists,
    comparison.compared_with_another_word,
    languages.languages_of_record,
    leftovers.leftovers_in_record,
    lengths.lengths_of_record,
    spelling.misspellings_in_record,
    korean_forms.inflections_in_record,
    latin_korean.hanja_in_sentences_of_record,
    chat.chat_in_record,
)
_OF_NUANCE: Rules[Analysis] = Rules(
    *_SURE_OF_NUANCE.all,
    respelled_words.respelled_words,
    korean_forms.particles_in_record,
    korean_forms.spaces_in_record,
    korean_forms.cases_in_record,
    homograph_stems.homograph_stems,
    latin_korean.romanised_words_in_record,
    term.romanised_in_record,
    ipa.ipa_beside_term,
    part_of_speech.pos_of_record,
    hanja.own_hanja_means_the_definition,
    hanja.characters_mean_the_meaning,
    comparison.compared_with_no_form_of_itself,
    comparison.compared_with_a_word_that_exists,
    comparison.comparison_is_about_the_two,
    swapped_words.swapped_in_record,
    spoken.spoken_in_record,
    hanja_words.related_words_in_record,
    hanja_words.origin_of_record,
    character_meanings.senses_in_record,
    hanja_claims.claims_of_record,
    hanja_words.listed_hanja_is_used,
    word_class.class_of_record,
    class_claims.class_fits_the_list,
    class_claims.class_in_explanation,
    inflection_claims.inflection_claims,
    homonym_senses.meaning_is_the_first_homonyms,
    homonym_senses.homonyms_differ,
    homonym_senses.meaning_is_not_the_opposite,
    endings_of_text.ends_of_record,
    doubled_words.doubled_in_record,
    foreign_latin.foreign_latin,
    english_slips.english_slips,
    filler.filler_in_record,
    memory_image.image_of_record,
    named_word.named_in_record,
    keywords.keywords_of_record,
    numbers.numbers_of_record,
    keywords.keywords_are_spelled,
    tenses.tenses_of_record,
    tense_labels.tense_labels,
    translations.translations_agree_in_record,
    politeness.honors_of_record,
    politeness.levels_of_record,
    level_labels.labels_of_record,
    honor_labels.honor_labels,
    grammar_claims.grammar_of_record,
    pattern_claims.false_patterns,
    sound_claims.false_sounds,
    particle_claims.false_particles,
    wrong_constructions.constructions,
    form_claims.false_forms,
)
_SURE_OF_CARD: Rules[Card] = Rules(
    term.term_of_card,
    term.card_is_about_the_word,
    hanja.hanja_on_card,
    hanja.hanja_card_shows_hanja,
    register.level_is_the_words,
    languages.languages_of_card,
    languages.translations_of_card,
    leftovers.leftovers_on_card,
    lengths.lengths_of_card,
    spelling.misspellings_on_card,
    korean_forms.inflections_on_card,
    latin_korean.hanja_in_sentences_on_card,
    hanja_words.hanja_card_shows_the_word,
    chat.chat_on_card,
)
_OF_CARD: Rules[Card] = Rules(
    *_SURE_OF_CARD.all,
    term.romanised_on_card,
    homograph.scene_says_the_meaning,
    examples.examples_of_card,
    register.examples_have_the_level,
    comparison.card_shows_the_comparison,
    swapped_words.swapped_on_card,
    spelling.slips_on_card,
    respelled_words.respelled_words,
    korean_forms.particles_on_card,
    korean_forms.spaces_on_card,
    korean_forms.cases_on_card,
    homograph_stems.homograph_stems,
    latin_korean.romanised_words_on_card,
    spoken.spoken_on_card,
    hanja_words.related_words_on_card,
    character_meanings.senses_on_card,
    hanja_claims.claims_of_card,
    level_of_word.level_fits_the_word,
    politeness.honors_of_card,
    politeness.levels_of_examples,
    translations.translations_agree,
    tenses.tenses_agree,
    tense_labels.tense_labels,
    fronts.front_asks,
    front_task.front_has_a_task,
    tag_values.tags_of_card,
    endings_of_text.ends_of_card,
    doubled_words.doubled_on_card,
    foreign_latin.foreign_latin,
    english_slips.english_slips,
    filler.filler_on_card,
    memory_image.scene_shows_the_image,
    named_word.named_on_card,
    keywords.romanised_examples,
    untranslated.examples_are_translated,
    numbers.numbers_on_card,
    level_labels.labels_on_card,
    honor_labels.honor_labels,
    grammar_claims.grammar_on_card,
    pattern_claims.false_patterns,
    sound_claims.false_sounds,
    particle_claims.false_particles,
    wrong_constructions.constructions,
    form_claims.false_forms,
    inflection_claims.inflection_claims,
    inflection_claims.irregular_tags,
)
# These functions compare the text with the list's, so a copy is what they look for.
_COMPARED_WITH_LIST = frozenset((
    homograph.meaning_is_the_lists, homograph.scene_says_the_meaning, hanja.own_hanja_means_the_definition,
    hanja.characters_mean_the_meaning, hanja.hanja_in_record, hanja.hanja_on_card, register.examples_have_the_level,
    fronts.front_asks, homonym_senses.meaning_is_the_first_homonyms, homonym_senses.meaning_is_not_the_opposite,
    hanja_words.listed_hanja_is_used, character_meanings.senses_in_record, character_meanings.senses_on_card,
    hanja_claims.claims_of_record, hanja_claims.claims_of_card, hanja_words.hanja_card_shows_the_word,
    hanja_words.related_words_in_record, hanja_words.related_words_on_card,
    untranslated.examples_are_translated, translations.translations_agree_in_record, translations.translations_agree,
    tenses.tenses_agree,
))  # fmt: skip
# To these functions, copied Korean is text in the wrong language. To all others, it is an example with the word.
_OF_LANGUAGE = frozenset((languages.languages_of_record, languages.languages_of_card))
_Subject = TypeVar("_Subject", Analysis, Card)


def check_nuance(record: Mapping[str, Any], word: Mapping[str, Any], *, errors_only: bool = False) -> list[Finding]:
    """Return the findings for an analysis. Checks that need kiwipiepy are skipped if it is not installed.

    Args:
        record: The analysis, as a row of the ``nuance`` layer.
        word: The word's row in the ``words`` layer.
        errors_only: Whether to return only errors (much faster than returning all findings).
    """
    return _found(_SURE_OF_NUANCE if errors_only else _OF_NUANCE, Analysis(record, word), errors_only)


def check_card(
    card: Mapping[str, Any], record: Mapping[str, Any], word: Mapping[str, Any], *, errors_only: bool = False
) -> list[Finding]:
    """Return the findings for a card, given as a row of the ``flashcards`` layer.

    The other arguments are the same as for ``check_nuance``.
    """
    return _found(_SURE_OF_CARD if errors_only else _OF_CARD, Card(card, Analysis(record, word)), errors_only)


def check_word(
    record: Mapping[str, Any], cards: Iterable[Mapping[str, Any]], word: Mapping[str, Any]
) -> tuple[list[Finding], list[list[Finding]]]:
    """Return the findings for an analysis, and those for each of its cards. What they have in common is found out once."""
    analysis = Analysis(record, word)
    return _found(_OF_NUANCE, analysis, False), [_found(_OF_CARD, Card(card, analysis), False) for card in cards]


def _found(rules: Rules[_Subject], subject: _Subject, errors_only: bool) -> list[Finding]:
    findings: list[Finding] = []
    for function in rules.that_may_find(subject):
        try:
            if found := list(function(subject)):
                findings += _not_from_list(found, function, subject)
        except AnalyserMissing:
            continue
    return [found for found in dict.fromkeys(findings) if not errors_only or found.severity is Severity.ERROR]


def _not_from_list(
    found: list[Finding], function: Callable[[_Subject], Iterable[Finding]], subject: _Subject
) -> list[Finding]:
    """Return the findings that do not depend on text from the word list, for which the model is not to blame."""
    if function in _COMPARED_WITH_LIST:
        return found
    korean = "" if function in _OF_LANGUAGE else subject.word
    own = {(finding.code, finding.field) for finding in function(subject.without_list_text(korean))}
    return [finding for finding in found if (finding.code, finding.field) in own]
