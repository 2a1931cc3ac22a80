"""Recognize people's names in a word list: 데릭 "Derek", with the note "foreign given name"."""

import re

_CALLED_NAME = re.compile(
    r"((fe)?male|given|personal|first|proper|person.s)( given)? names?|proper noun|"
    r"[A-Z]\w+ \((given |first |personal )?name\)",
    re.I,
)
_MAYBE_NAME = re.compile(r"(family )?name|surname", re.I)
_CAPITALIZED = re.compile(r"[A-Z][\w'’-]+( [A-Z][\w'’-]+)?('s)?")
_NAME_WORDS = ("이름", "성", "명의", "존함")  # the Korean words for "name" themselves
_PLACES = frozenset(("jordan", "virginia", "victoria", "madison", "jackson"))
_OF_PERSON = re.compile(
    r"\b(given names?|first name|personal name|(fe)?male (given )?name|(fe|mas)\w+ne (given )?name|surname of|"
    r"foreign (sur)?name|"
    r"english (\w+ )?(sur)?name|western (\w+ )?name|(english|foreign) surname|for people|individuals|character('s)? name|"
    r"(fictional )?characters?|name of a person|person named|(sur|personal )names?|person.s name|"
    r"foreign proper noun|biblical)\b",
    re.I,
)
_OF_PLACE = re.compile(
    r"\b(city|country|capital|continent|state|island|river|planet|language|month|day|holiday|brand|car|company|place|"
    r"(?<!or )title|region|nation\w*|religi\w+|theology|idiom)\b",
    re.I,
)


# English given names without a more usual meaning, for lists without notes.
_COMMON = """
aaron abigail adam adele alan albert alex alexander alice allison amanda amy andrea andrew andy angela anna anne anthony
arthur ashley barbara benjamin betty bill billy bob brandon brenda brian bruce carl carol caroline catherine charles
charlie charlotte chloe chris christina christine christopher cindy claire dan daniel danny dave david deborah denis
dennis derek diana donald donna dorothy doug douglas dylan ed eddie edward elizabeth ellen emily emma eric ethan eva
evelyn frances gary george gloria greg hailey hannah harold harry heather helen henry howard isaac isabella jack jackson
jacob jake james jamie jane janet jason jay jeff jeffrey jennifer jenny jeremy jerry jesse jessica jim jimmy joan joe
joel john johnny jonathan jordan joseph joshua juan judith judy julia julie julius justin karen kate katherine kathleen
keith kelly ken kenneth kevin kim kyle larry laura lauren lawrence leo leonard lily linda lisa louis lucas lucy luke
madison marco margaret maria marie martha martin mary matt matthew max megan meredith michael michelle mike monica
nancy natalie nathan nick nicole nicholas noah oliver olivia oscar owen pablo pamela patricia patrick paul peter philip
rachel ralph randy raymond rebecca richard rick robert robin roger ronald roy russell ruth ryan sam samantha samuel
sandra sara sarah scott sean sharon shirley simon sofia sophia stella stephanie stephen steve steven susan taylor teresa
terry theo theresa thomas tim timothy tina todd tom tommy tony tyler vanessa victor victoria vincent virginia walter
wayne wendy william willie zachary
avery bailey burke chandler cristina elvis harris lucius mattie teresa torres watson
"""
_COMMON_NAMES = frozenset(_COMMON.split())


def is_person_name(term: str, definition: str, hint: str) -> bool:
    """Return whether a word is a person's name, judging by the list's definition and note."""
    definition = definition.strip()
    if definition.istitle() and definition.removesuffix("'S").removesuffix("'s").lower() in _COMMON_NAMES - _PLACES:
        return _OF_PERSON.search(hint) is not None or _OF_PLACE.search(hint) is None
    if term.startswith(_NAME_WORDS):
        return False
    if _CALLED_NAME.fullmatch(definition):
        return True
    if not _MAYBE_NAME.fullmatch(definition) and not _CAPITALIZED.fullmatch(definition):
        return False
    return _OF_PERSON.search(hint) is not None and _OF_PLACE.search(hint) is None
