"""Give the Chinese origin of words that are native today, which their characters no longer read as (가난 from 艱難).

The source is 표준국어대사전, which marks these origins with an arrow.
"""

_ORIGINS = {
    "가난": "艱難", "장난": "作亂", "배추": "白菜", "김치": "沈菜", "성냥": "石硫黃", "썰매": "雪馬",
    "숭늉": "熟冷", "대추": "大棗", "사냥": "山行", "짐승": "衆生", "서랍": "舌盒", "과일": "果實",
    "보배": "寶貝", "수육": "熟肉", "술래": "巡邏", "내숭": "內凶", "무명": "木綿", "고추": "苦椒",
    "감자": "甘藷", "조용": "從容", "과녁": "貫革", "작두": "斫刀", "천둥": "天動",
}  # fmt: skip


def native_origin(hangul: str) -> str:
    """Return the Chinese origin of a native word, or "" if it is not listed."""
    return _ORIGINS.get(hangul, "")
