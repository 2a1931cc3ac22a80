"""Find slips in the English: “an rabbit”, “nobody maked her”, “goverment”, and “Really??”."""

import re
from collections.abc import Iterator

from korean_flashcards.checks.check import Check
from korean_flashcards.checks.subject import Analysis, Card
from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.domain.records import Finding, Severity

ENGLISH_SLIP = Check(
    "english_slip", Severity.WARNING, "The English has a wrong article, a misspelled word, or a doubled punctuation mark.",
    "Compares “a” and “an” with the next word, and finds frequent misspellings and regular forms of irregular verbs.",
)  # fmt: skip
CHECKS = (ENGLISH_SLIP,)

# No word that may begin with a different sound than its letter (hour, one, European, user), and none after the letter A.
_AFTER_THE_LETTER = (
    "after|alone|also|am|and|appears?|are|as|at|ends|even|if|in|into|is|it|its|of|on|only|onto|opens?|or|our|over"
)
_ARTICLE = lazy_regex(
    r"\b[Aa]n [bcdfgjkmpqtvwyz][a-z]+|\b[Aa]n (?:[lnrs][a-z]{2,})"
    rf"|(?:\ba|(?:^|[.!?] |['“‘])A) (?!(?:{_AFTER_THE_LETTER})\b|one|once|eu|ew|oui)[aeio][a-z]+",
    re.M,
)
_DOUBLED = lazy_regex(r"(?<![.?!,;])(?:\.\.|\?\?|,,|;;)(?![.?!,;])")
# Lowercase text with a wrong article contains this, which is found much faster.
_MAY_BE_WRONG = lazy_regex("a(?:n [b-df-hj-np-tv-z]| [aeio])")
_MARKS = ("..", "??", ",,", ";;")
_SLIPS = """
maked goed taked eated buyed comed runned thinked telled knowed drinked sleeped writed speaked teached catched breaked
falled gived getted sitted standed bringed builded sended spended losed feeled finded keeped meaned sayed selled
swimmed throwed weared winned heared readed putted hitted cutted choosed forgetted understanded childs mans womans
foots tooths mouses informations advices furnitures homeworks
accomodate accomodation adn adress adresses beatiful beautful beautifull becouse becuase begining beleive beleived
calender carefull carefuly collegue collegues concious definately defintion difficut diffrence diffrent dissapear
dissapeared dissapoint dissapointed easly embarass embarassed enviroment existance expresion familar favorit finaly
foriegn foriegner fourty freind freindly freinds freqent frequenty gaurantee gaurd generaly goverment grammer greatful
hapiness happend hospitel hte immediatly independant interessting intrest intrested intresting knowlege koreean korena
langauge languge lenght libary lugagge luggadge maintainance meanning neccesary neccessary neigbor neighbur nervious
noticable ocasion ocassion occassion occured occurence offical offically oportunity orignal paralel particpate peolple
peple perosn persue poeple politly politness posess posession posible posibly practicly prefered prepair priviledge
proably probaly pronounciation publically quitely realy reccomend recieve recieved recieves recieving recomend refered
relativly relevent religous remeber respectfull responsability restaraunt restaurent rythm scedule sentance seperate
seperated seperately similiar sincerly speach spekaer strenght studing succesful succesfully suprise suprised
suprising taht tecnology teh therfore thier thorougly thsi togehter tommorow tommorrow tomorow tought tounge
traditonal truely unfortunatly untill usally usefull usualy vegatable vocabluary waht whcih wheter wich wierd wiht
wonderfull writting yesturday yuo
"""
_MISSPELLED = frozenset(_SLIPS.split())


def english_slips(subject: Analysis | Card) -> Iterator[Finding]:
    """Report slips in the English prose of a record or a card."""
    if subject.analysis.language.code != "en":
        return
    wrong = subject.words & _MISSPELLED
    may_be_wrong = _MAY_BE_WRONG.search(subject.all_prose) is not None
    has_doubled = any(map(subject.all_prose.__contains__, _MARKS))
    for field, text in subject.prose if wrong or may_be_wrong or has_doubled else ():
        if may_be_wrong and (found := _ARTICLE.search(text)):
            article, word = found[0].strip("'“‘.!? ").split()
            right = "a" if article.lower() == "an" else "an"
            yield ENGLISH_SLIP.at(field, f"“{article} {word}” is wrong: write “{right} {word}”")
        if has_doubled and (found := _DOUBLED.search(text)):
            yield ENGLISH_SLIP.at(field, f"“{text[max(0, found.start() - 20) : found.end()]}” has a mark too many")
        for word in sorted(wrong):
            if re.search(rf"(?<![\w'’-]){word}(?![\w'’-])", text):
                yield ENGLISH_SLIP.at(field, f"“{word}” is not spelled correctly")
