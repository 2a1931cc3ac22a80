"""List English words that are no evidence that two Korean words mean the same, because they have unrelated meanings.

For example, "general" defines both 일반적인 and 장군, and "leave" defines both 떠나다 and 남기다.
"""

# Words that are ambiguous in definitions of words of any class.
_ANY_TEXT = """
back band bank bar bark base bat bear bill board bound bow box can case cell charge check class clear close club company cool
corner count course court cover crane cross current date deal degree die direct draft draw duty even express face fair
fan fast figure file fine fire firm fit flat foot form free game general grave great ground hand hard head issue jam
just key kind know land last late lead left letter lie light like line live lock long lot mark mass master match may mean
meaning mine minute miss model movement nail name natural novel object odd okay one operation order organization organ
other out own palm park part party past patient period pipe pitch place plane plant plot point pole pool pop port post
pound power present press pretty principal produce proper pupil race rank rate record relative rest right ring rock roll
root round room row rule safe save scale seal season second sense sentence set shade sharp shot side sign sink so sound spare
spell spirit spot spring stage staple state stem step stick still stock story strike subject suit surprise swallow table
tear temple term thing tie time tip tire title top touch track train trip trunk type used wave way well will wind yard
"""
# Words that are ambiguous only in definitions of verbs and adjectives.
_VERBS_TEXT = """
act add become bring call catch come cut do end exclamation exist fall feel fill fly follow get give go have hit hold
keep know lay leave let look lose make move open pass pay pick play put raise reach run see seem send serve shoot show
stand start take tell treat turn work
broke came gave given gone got held kept laid let made meant ran sent shot stood taken told took went won
"""
AMBIGUOUS = frozenset(_ANY_TEXT.split())
AMBIGUOUS_VERBS = frozenset(_VERBS_TEXT.split())
