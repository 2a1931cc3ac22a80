"""Damage the Korean in examples: misspellings, words that do not exist, endings, particles, and spaces."""

from random import Random

from checks.damage import card_of, damage, with_card, with_record
from checks.good_records import Entry


def with_example(entry: Entry, korean: str, english: str) -> Entry:
    """Return the entry with one more example on its first card."""
    card = card_of(entry, "Scene", "Usage-Comparison", "Grammar") or entry.cards[0]
    return with_card(entry, card["tab_name"], back=f"{card['back']}\n\n{korean} '{english}'")


@damage("misspelled")
def misspelled_example(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("어제밤에 비가 왔어요.", "It rained last night."), ("제가 내일 전화할께요.", "I'll call you tomorrow."),
        ("저는 매일 책을 읽읍니다.", "I read books every day."), ("몇일 동안 집에 있었어요.",
        "I was at home for some days."),
        ("그렇게 하면 안되요.", "You must not do that."), ("오랫만에 친구를 만났어요.",
        "I met a friend after a long time."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("unknown_word", "likely_misspelled")
def example_with_a_word_that_does_not_exist(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("저는 아칭을 안 먹었어요.", "I haven't had breakfast."), ("배톼리가 다 됐어요.", "The battery is dead."),
        ("친구하고 비뱅기를 탔어요.", "I took a plane with a friend."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_form", "wrong_particle")
def example_with_the_other_particle(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("저는 밥를 먹었어요.", "I ate."), ("버스이 안 와요.", "The bus isn't coming."), ("고향는 멀어요.",
        "Home is far away."),
        ("친구과 만났어요.", "I met a friend."), ("지하철으로 갔어요.", "I went by subway."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_form", "wrong_inflection")
def example_with_a_wrong_ending(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("시험이 너무 어렵었어요.", "The exam was too difficult."), ("친구는 벌써 집에 가았어요.",
        "My friend has gone home."),
        ("바람이 참 시원하습니다.", "The breeze is so cool."), ("저기서 먹은는 사람이 누구예요?", "Who is eating there?"),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_form")
def example_with_wrong_spaces(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("저 는 오늘 바빠요.", "I'm busy today."), ("오랜만에 고향에내려왔어요.", "I've come home after a long time."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_case")
def example_with_another_case(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("저는 가수를 되고 싶어요.", "I want to become a singer."), ("카페에 친구를 만났어요.", "I met a friend at a cafe."),
        ("오늘은 커피를 뜨거워요.", "The coffee is hot today."), ("저는 엄마를 전화했어요.", "I called my mom."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_spaces")
def example_without_a_space(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("지금 밥을 먹고있어요.", "I'm eating."), ("내일은 비가 올거예요.", "It will rain tomorrow."),
        ("집까지 두시간 걸려요.", "It takes two hours to get home."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("speech_label")
def wrong_name_of_a_speech_level(entry: Entry, random: Random) -> Entry:
    claim = random.choice([
        "To friends 지금 갑니다.", "In formal speech 지금 가.", "Politely 같이 먹어.",
        "The casual form is 먹었습니다.", "갔어요 is casual.",
    ])  # fmt: skip
    return with_record(entry, explanation=f"{entry.record['explanation']} {claim}")


@damage("false_grammar")
def false_statement_about_grammar(entry: Entry, random: Random) -> Entry:
    claim = random.choice([
        "After a vowel it is 을, after a consonant 를.", "The object takes the subject particle 이.",
        "은/는 marks the object.",
        "The stem of 먹다 ends in a vowel.", "으면 is used after a vowel.",
    ])  # fmt: skip
    return with_record(entry, explanation=f"{entry.record['explanation']} {claim}")


@damage("translation_contradicts")
def example_with_the_opposite_translation(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("저는 아침을 안 먹었어요.", "I had breakfast."), ("민수가 창문을 닫았어요.", "Minsu opened the window."),
        ("저는 어제 집에서 쉬었어요.", "You rested at home yesterday."),
        ("수업은 삼십 분 걸려요.", "The class takes forty minutes."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_number")
def example_with_a_wrong_number(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("수업은 구 시에 시작해요.", "The class begins at nine."), ("사과 하나 개 주세요.", "One apple, please."),
        ("제 동생은 스물 살이에요.", "My younger brother is twenty."),
        ("다섯 분 동안 쉬었어요.", "I rested for five minutes."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_counter")
def example_with_a_wrong_counter(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("고양이 두 명을 키워요.", "I have two cats."), ("커피 세 권 주세요.", "Three coffees, please."),
        ("손님 네 마리가 왔어요.", "Four guests have come."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("likely_misspelled")
def example_with_a_word_misspelled_by_one_letter(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("식땅에서 먹었어요.", "I ate in a restaurant."), ("도서괸에서 공부해요.", "I study in the library."),
        ("사무실애 전화했어요.", "I called the office."),
        ("언니는 저녘마다 산책해요.", "My sister takes a walk every evening."),
    ])  # fmt: skip
    return with_example(entry, korean, english)


@damage("wrong_construction")
def example_whose_parts_do_not_fit(entry: Entry, random: Random) -> Entry:
    korean, english = random.choice([
        ("돈이 천 원밖에 있어요.", "I have only a thousand won."),
        ("집에 왔기 전에 전화했어요.", "I called before I came home."),
        ("날씨가 추워서 안으로 들어가자.", "It's cold, so let's go inside."),
    ])  # fmt: skip
    return with_example(entry, korean, english)
