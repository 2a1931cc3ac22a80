"""Test how lists of learners in any language are read: the names of columns, and columns without a known name."""

import pytest

from korean_flashcards.formats.item_row import item_of
from korean_flashcards.formats.list_summary import ListSummary
from korean_flashcards.formats.word_list import ListRow, WordList, read_word_list


def read(text: str) -> tuple[list[ListRow], ListSummary]:
    words = WordList("words.csv", text.encode())
    rows = list(words.rows())
    return rows, words.summary


def used(text: str) -> dict[str, str]:
    """Return the columns in use: the header for each of the project's columns."""
    return {column: header for header, column in read(text)[1].columns.items()}


@pytest.mark.parametrize(
    ("header", "row", "found"),
    [
        ("Wort,Lektion,Übersetzung", "우유,Essen 1,Milch/빵,Essen 1,Brot/고기,Tiere,Fleisch",
         {"term": "Wort", "definition": "Übersetzung"}),
        ("Từ vựng,Từ loại,Nghĩa", "가족,Danh từ,gia đình/함께,Phó từ,cùng nhau",
         {"term": "Từ vựng", "pos": "Từ loại", "definition": "Nghĩa"}),
        ("Từ vựng;Hán Hàn;Nghĩa tiếng Việt;Ví dụ;Dịch ví dụ",
         "가족;家族;gia đình;가족이 있어요.;Tôi có gia đình./사촌;四寸;anh họ;사촌을 만났어요.;Tôi gặp anh họ.",
         {"term": "Từ vựng", "hanja": "Hán Hàn", "definition": "Nghĩa tiếng Việt", "example": "Ví dụ",
          "example_translation": "Dịch ví dụ"}),
        ("韩语,词性,中文", "학생,名词,学生/사다,动词,买", {"term": "韩语", "pos": "词性", "definition": "中文"}),
        ("單詞,詞性,中文意思,例句,例句翻譯", "비,名詞,雨,비가 와요.,下雨了。/눈,名詞,雪,눈이 와요.,下雪了。",
         {"term": "單詞", "pos": "詞性", "definition": "中文意思", "example": "例句", "example_translation": "例句翻譯"}),
        ("単語,品詞,意味", "학생,名詞,学生/사다,動詞,買う", {"term": "単語", "pos": "品詞", "definition": "意味"}),
        ("韓国語,ローマ字,日本語訳,例文", "바람,baram,風,바람이 분다./구름,gureum,雲,구름이 있다.",
         {"term": "韓国語", "definition": "日本語訳", "example": "例文"}),
        ("Тема,Hangul,Romanization,Перевод", "Тело,다리,dari,нога/Город,다리,dari,мост",
         {"term": "Hangul", "definition": "Перевод"}),
        ("Слово,Часть речи,Значение", "비,существительное,дождь/가다,глагол,идти",
         {"term": "Слово", "pos": "Часть речи", "definition": "Значение"}),
        ("Mot,Leçon,Traduction", "비,1,pluie/눈,1,neige", {"term": "Mot", "definition": "Traduction"}),
        ("Palabra;Categoría;Significado;Notas", "비;clima;lluvia;x/눈;clima;nieve;y",
         {"term": "Palabra", "definition": "Significado", "usage_hint": "Notas"}),
        ("Kosakata,Arti,Contoh kalimat,Terjemahan contoh", 
         "비,hujan,비가 와요.,Hujan turun./눈,salju,눈이 와요.,Salju turun.",
         {"definition": "Arti", "example": "Contoh kalimat", "example_translation": "Terjemahan contoh"}),
        ("คำศัพท์,ความหมาย,หมวดหมู่", "비,ฝน,อากาศ/눈,หิมะ,อากาศ", {"term": "คำศัพท์", "definition": "ความหมาย"}),
        ("Word (한국어)|Meaning (EN)|Example 1 (KR)|Example 1 (EN)|CEFR", "비|rain|비가 와요.|It rains.|A1/눈|snow|||A1",
         {"term": "Word (한국어)", "definition": "Meaning (EN)", "example": "Example 1 (KR)",
          "example_translation": "Example 1 (EN)"}),
        ("Korean 🇰🇷,✔ Learned,English 🇬🇧!,Notes:", "비,TRUE,rain,a/눈,FALSE,snow,b",
         {"term": "Korean 🇰🇷", "definition": "English 🇬🇧!", "usage_hint": "Notes:"}),
        ("word,roman,glosses", "눈,nun,eye/비,bi,rain/손,son,hand", {"term": "word", "definition": "glosses"}),
        ("단어,예문번역,예문,영어뜻", "비,It rains.,비가 와요.,rain/눈,It snows.,눈이 와요.,snow",
         {"definition": "영어뜻", "example": "예문", "example_translation": "예문번역"}),
        ("용어,설명", "저당,채무의 보증/등기,장부에 적는 일", {"term": "용어", "definition": "설명"}),
        ("항목,풀이", "개01,dog/개10,counter", {"term": "항목", "definition": "풀이"}),
        ("연번,분야,용어,한자,설명,조회건수", "1,민법,담보,擔保,제공하는 것,3건/2,형법,고소,告訴,알리는 일,9건",
         {"position": "연번", "term": "용어", "hanja": "한자", "definition": "설명"}),
        ("올림말꼴,뜻", "비,rain/눈,snow", {"term": "올림말꼴", "definition": "뜻"}),
        ("표제어,원어,뜻풀이,영어 대역어", "가격,價格,값.,price/버스,bus,차.,bus",
         {"term": "표제어", "hanja": "원어", "definition": "영어 대역어"}),
        ("term,phrase,locale,hint", "비,비가 와요.,en,rain/눈,눈이 와요.,en,snow",
         {"example": "phrase", "definition": "hint"}),
        ("phrase,translation", "비가 와요,it rains/눈이 와요,it snows", {"term": "phrase", "definition": "translation"}),
        ("生词,释义,例句,翻译", "비,雨,비가 와요.,下雨了。/눈,雪,눈이 와요.,下雪了。",
         {"definition": "释义", "example": "例句", "example_translation": "翻译"}),
        ("단어,뜻,예문,해석", "비,rain,비가 와요.,It rains./눈,snow,눈이 와요.,It snows.",
         {"definition": "뜻", "example": "예문", "example_translation": "해석"}),
        ("Korean word,English meaning(s),Korean example,English translation",
         "비,rain,비가 와요.,It rains./눈,snow,눈이 와요.,It snows.",
         {"definition": "English meaning(s)", "example_translation": "English translation"}),
        ("Корейское слово,Перевод,Пример,Перевод примера", "비,дождь,비가 와요.,Идёт дождь./눈,снег,눈이 와요.,Идёт снег.",
         {"term": "Корейское слово", "definition": "Перевод", "example_translation": "Перевод примера"}),
        ("คำศัพท์ภาษาเกาหลี,คำแปล,ประโยคตัวอย่าง", "비,ฝน,비가 와요./눈,หิมะ,눈이 와요.",
         {"term": "คำศัพท์ภาษาเกาหลี", "definition": "คำแปล", "example": "ประโยคตัวอย่าง"}),
        ("단어,해석", "비,rain/눈,snow", {"definition": "해석"}),
        ("ID,Korean Sentence,English Sentence", "1,비가 와요,it rains/2,눈이 와요,it snows",
         {"term": "Korean Sentence", "definition": "English Sentence"}),
        ("Word,Definition (KR),Definition (EN)", "비,하늘의 물,rain/눈,하얀 얼음,snow",
         {"term": "Word", "definition": "Definition (EN)"}),
        ("낱말,갈래,풀이말", "비,날씨,하늘의 물/눈,날씨,하얀 얼음", {"term": "낱말", "definition": "풀이말"}),
        ("headword,sense_no,definition", "배,1,pear/배,2,ship", {"term": "headword", "definition": "definition"}),
        ("TOPIK 단어,뜻", "비,rain/눈,snow", {"term": "TOPIK 단어", "definition": "뜻"}),
        ("korean,french", "우산,parapluie/비,pluie", {"term": "korean", "definition": "french"}),
        ("Vocabulary,Korean Translation", "rain,비/snow,눈", {"term": "Korean Translation", "definition": "Vocabulary"}),
    ],
)  # fmt: skip
def test_headers_in_the_languages_of_learners_are_recognized(header, row, found):
    text = "\n".join([header, *row.split("/")])
    assert found.items() <= used(text).items()
    assert {"pos", "hanja", "definition"} & used(text).keys() <= found.keys()


@pytest.mark.parametrize(
    ("text", "definition"),
    [
        ("Hangul,Xyz,Qwe\n다리,body 1,leg\n손,body 1,hand\n길,city 2,road\n", "Qwe"),
        ("단어,가나다,Qwe\n비,명사,rain\n가다,동사,to go\n", "Qwe"),
        ("word,Abc,Qwe,Zxc\n비,bi.mp3,https://a.b/1,rain\n눈,nun.mp3,https://a.b/2,snow\n", "Zxc"),
        ("word,Abc,Qwe\n비,2026-11-01,rain\n눈,\"November 4, 2026\",snow\n", "Qwe"),
        ("word,Abc,Qwe\n비,Danh từ,mưa\n가다,Động từ,đi\n", "Qwe"),
        ("Abc,Qwe,Zxc\n비,第1课,雨\n눈,第2课,雪\n물,第3课,水\n", "Zxc"),
        ("word,Abc,Qwe\n사과,sagwa,apple\n수박,subak,watermelon\n포도,podo,grape\n", "Qwe"),
        ("word,Abc\n학생,学生\n사다,买\n비싸다,贵\n", "Abc"),
    ],
)  # fmt: skip
def test_meanings_are_recognized_by_their_contents_below_an_unknown_name(text, definition):
    _, summary = read(text)
    assert used(text)["definition"] == definition
    assert "hanja" not in used(text)
    assert any(f'"{definition}" → definition' in note and "by their contents" in note for note in summary.notes)


@pytest.mark.parametrize(
    "text",
    [
        "word,Abc\n비,weather\n눈,weather\n손,body\n발,body\n머리,body\n",
        "word,Abc\n비,A1\n눈,A2\n손,B1\n",
        "word,Abc\n비,n.\n가다,v.\n큰,adj.\n",
        "word,Source,Lesson\n비,Book one,Rain\n눈,Book two,Snow\n",
        "word,Abc\n비,3 days\n눈,12 %\n",
    ],
)
def test_topics_levels_and_sources_are_not_meanings(text):
    assert "definition" not in used(text)


@pytest.mark.parametrize(
    ("text", "hanja"),
    [
        ("word,Abc,meaning\n학생,學生,student\n결혼하다,結婚,to marry\n", "Abc"),
        ("Korean,Chinese,English\n가격,價格,price\n감사하다,感謝,to thank\n", "Chinese"),
        ("korean,chinese\n가격,價格\n감사,感謝\n", "chinese"),
    ],
)
def test_chinese_characters_are_hanja_only_if_they_read_as_the_words(text, hanja):
    assert used(text)["hanja"] == hanja
    assert "hanja" not in used(text.translate(str.maketrans("學生結婚價格感謝", "蘋果葡萄西瓜石榴")))


@pytest.mark.parametrize(
    ("header", "cell", "hanja", "other"),
    [("원어", "bus", "", "bus"), ("원어", "感謝하다", "感謝", "感謝하다"), ("hanja", "感謝하다", "感謝", "感謝하다")],
)
def test_only_the_chinese_characters_of_an_origin_are_hanja(header, cell, hanja, other):
    row = read(f"단어,{header}\n가격,價格\n감사하다,{cell}\n")[0][1]
    assert (row.values["hanja"], row.other.get(header)) == (hanja, other)


@pytest.mark.parametrize(
    ("text", "title_rows", "row"),
    [
        ("내 단어장,,\n총 2개,다운로드 일시: 2026.11.20,\nNo.,단어,뜻\n1,모자,hat\n", 2, 4),
        ("My list,,\n\nUpdated 2026,,\n\n\nby me,,\n한국어,품사,영어\n모자,명사,hat\n", 3, 8),
        ("기초 어휘 목록,\n국립국어원,\n번호,어휘,의미\n1,모자,hat\n2,바지,pants\n", 2, 4),
        ("《首尔大学韩国语 1》词汇表,,\n课,韩语,中文\n1,모자,帽子\n", 1, 3),
        ("단어장,,\nAbc,Qwe,Zxc\n1,모자,hat\n2,바지,pants\n", 1, 3),
        ("Korean,English\nNo,단어,뜻\n1,모자,hat\n", 1, 3),
        ("\n".join([f"note {number},," for number in range(12)]) + "\nNo.,단어,뜻\n1,모자,hat\n", 12, 14),
    ],
)
def test_rows_above_the_header_are_skipped_and_reported(text, title_rows, row):
    rows, summary = read(text)
    assert (rows[0].row, rows[0].values["term"]) == (row, "모자")
    assert rows[0].values["definition"] in ("hat", "帽子")
    assert any(note.startswith(f"{title_rows} row") and "above the header" in note for note in summary.notes)
    assert len(rows) == text.count("모자") + text.count("바지")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("단어,word\n우산,umbrella\n", ["단어", "우산"]),
        ("우산,umbrella\n단어,vocabulary\n뜻,meaning\n", ["우산", "단어", "뜻"]),
        ("우산\n단어\n뜻\n", ["우산", "단어", "뜻"]),
        ("예문,example sentence\n번역,translation\n", ["예문", "번역"]),
        ("우산,\n나무,tree\n물,water\n", ["우산", "나무", "물"]),
        ("과일,fruit\n과장,section chief\n한국어,Korean\n", ["과일", "과장", "한국어"]),
    ],
)
def test_words_that_are_also_names_of_columns_stay_words(text, terms):
    assert [row.values["term"] for row in read(text)[0]] == terms


@pytest.mark.parametrize(
    "header", ["Homonym No.", "동형어 번호", "어깨번호", "동음이의어 번호", "homograph", "同形語番号"]
)
def test_a_column_of_homograph_numbers_gives_the_dictionary_numbers(header):
    rows, _ = read(f"단어,{header},뜻\n김,1,seaweed\n김,2,steam\n물,0,water\n")
    assert [item_of(row, "x.csv").dictionary_number for row in rows] == [1, 2, None]


@pytest.mark.parametrize("header", ["sense_no", "번호", "Homograph"])
def test_other_numbers_are_not_homograph_numbers(header):
    rows, _ = read(f"단어,{header}\n김,101\n물,102\n불,103\n")
    assert [item_of(row, "x.csv").dictionary_number for row in rows] == [None] * 3


def test_a_number_in_the_term_outranks_the_homograph_column():
    (row,) = read("단어,homograph\n김02,1\n")[0]
    assert item_of(row, "x.csv").dictionary_number == 2


@pytest.mark.parametrize(
    ("text", "frequencies"),
    [
        ("것 12345\n하다 9876\n있다 54\n", ["12345", "9876", "54"]),
        ("것,12345\n하다,9876\n있다,54\n", ["12345", "9876", "54"]),
        ("것\t20,000\n하다\t1,200\n나무\t300\n", ["20,000", "1,200", "300"]),
    ],
)
def test_counts_after_the_words_are_frequencies(text, frequencies):
    rows, summary = read(text)
    assert [row.values["frequency"] for row in rows] == frequencies
    assert any("→ frequency" in note for note in summary.notes)


@pytest.mark.parametrize(
    "text", ["1,우산\n2,나무\n", "우산,1\n나무,2\n물,3\n", "우산,3\n나무,2\n물,1\n", "우산,12\n나무,12\n물,13\n"]
)
def test_row_numbers_levels_and_pages_are_not_frequencies(text):
    assert "frequency" not in used(text)


def test_a_topic_before_the_words_is_not_a_word():
    rows, _ = read("날씨,비,rain\n날씨,눈,snow\n몸,손,hand\n몸,발,foot\n")
    assert [row.values["term"] for row in rows] == ["비", "눈", "손", "발"]
    rows, _ = read("명사,비,rain\n동사,가다,to go\n")
    assert [row.values["term"] for row in rows] == ["비", "가다"]


def test_examples_in_a_list_without_a_header_are_recognized():
    text = "우산\tumbrella\t비가 와서 우산을 썼어요.\n장갑\tgloves\t장갑을 꼈어요.\n춥다\tcold\t날씨가 추워요.\n"
    rows = list(read_word_list("list.txt", text.encode()))
    assert [row.values.get("example") for row in rows][:2] == ["비가 와서 우산을 썼어요.", "장갑을 꼈어요."]


def test_counts_are_frequencies_even_if_some_rows_are_no_words():
    text = "내가 302154\n그 251002\n안 210443\n너 188002\n제발 45110\nㅋㅋ 20111\n뭐라고 11890\n"
    rows = list(read_word_list("list.txt", text.encode()))
    assert rows[0].values["frequency"] == "302154"


def test_a_second_column_of_words_beside_the_first_is_reported():
    text = "Korean,English,,Korean,Chinese\n버스,bus,,병원,hospital\n지하철,subway,,의사,doctor\n"
    words = WordList("list.csv", text.encode())
    assert len(list(words.rows())) == 2
    assert "Column 4 contains more words. Move them below the first list." in " ".join(words.summary.notes)


@pytest.mark.parametrize(
    ("cell", "hanja"),
    [
        ("重要하다", "重要"),
        ("重要", "重要"),
        ("하다", "하다"),
        ("의사(醫師)", "醫師"),
        ("(學校)", "(學校)"),
        ("bus", "bus"),
    ],
)
def test_the_hanja_column_keeps_only_hanja(cell, hanja):
    text = f"term,hanja,meaning\n중요하다,{cell},x\n"
    (row,) = read_word_list("list.csv", text.encode())
    assert row.values["hanja"] == hanja
