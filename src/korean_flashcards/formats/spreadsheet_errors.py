"""Recognize what a spreadsheet shows in a cell without a value: errors such as #N/A, and "Loading..."."""

import re

from korean_flashcards.domain.lazy_regex import lazy_regex

# Every error is a capitalized name, translated in other languages: #NAME?, #NOM?, #¡REF!, #이름?. Old LibreOffice: Err:502.
_ERROR = lazy_regex(
    r"#(?:N/A|N/D|NV|GETTING_DATA|[¡¿]?[A-ZÀ-Þ][A-ZÀ-Þ0-9/_.]*[!?]+|[가-힣]+[!?]+)|#(?:REF|NAME|VALUE|NULL|NUM|SPILL|ERROR|DIV/0)"
    r"|Err:\d{3}"
)
_LOADING = lazy_regex(
    r"(?:loading|chargement|cargando|carregando|caricamento|(?:wird )?geladen|laden|загрузка|đang tải|memuat|읽는 중"
    r"|로드 중|로딩 중|불러오는 중|読み込み中|加载中|正在加载)\s*(?:\.{2,}|…)",
    re.IGNORECASE,
)


def is_spreadsheet_error(cell: str) -> bool:
    """Return whether the cell contains an error or a placeholder in place of a value."""
    # Most cells are decided by one character.
    if cell[:1] in ("#", "E") and _ERROR.fullmatch(cell):
        return True
    return cell[-1:] in (".", "…") and _LOADING.fullmatch(cell) is not None
