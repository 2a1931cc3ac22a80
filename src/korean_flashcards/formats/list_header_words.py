"""Recognize the words that headers of word lists consist of, in the languages of Korean learners.

A header such as "Example 1 (KR)" or "Nghĩa tiếng Việt" combines a few such words. This module says what the words mean;
``list_headers`` decides which column the combination names.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache

from korean_flashcards.domain.lazy_regex import lazy_regex
from korean_flashcards.korean.hangul import has_hangul


class Concept(Enum):
    """Name what a word in a header refers to."""

    KOREAN = auto()
    ENGLISH = auto()
    LANGUAGE = auto()  # any other language
    TERM = auto()
    FRONT = auto()
    BACK = auto()
    MEANING = auto()
    TRANSLATION = auto()
    EXPLANATION = auto()
    EXAMPLE = auto()
    POS = auto()
    HANJA = auto()
    LEVEL = auto()
    FREQUENCY = auto()
    RANK = auto()
    HOMOGRAPH = auto()
    POSITION = auto()
    HINT = auto()
    TAGS = auto()
    IPA = auto()
    UNUSED = auto()  # never a meaning: lessons, topics, sources, dates, media, romanizations


_WORDS: dict[Concept, str] = {
    Concept.KOREAN:
        "korean, hangul, hangeul, kor, ko, kr, 한국어, 한국말, 한글, 국어, koreanisch, coréen, coreen, coreano, "
        "en coréen, en coreano, em coreano, корейский, корейское, корейском, на корейском, по корейски, "
        "tiếng hàn, tiếng hàn quốc, hàn ngữ, hangul korea, korea, bahasa korea, 韩语, 韓語, 韩文, 韓文, 韩国语, "
        "韓國語, 朝鲜语, 韓国語, ハングル, 朝鮮語, ภาษาเกาหลี, เกาหลี, koreański, korece, кореялық, солонгос",
    Concept.ENGLISH:
        "english, eng, en, 영어, 영문, 영, englisch, anglais, en anglais, inglés, ingles, inglês, en inglés, "
        "em inglês, английский, английское, на английском, по английски, tiếng anh, bahasa inggris, inggris, "
        "英语, 英語, 英文, 英訳, 英译, อังกฤษ, ภาษาอังกฤษ",
    Concept.LANGUAGE:
        "german, french, spanish, portuguese, russian, vietnamese, indonesian, chinese, japanese, thai, italian, "
        "polish, turkish, ukrainian, dutch, swedish, arabic, hindi, mongolian, uzbek, kazakh, malay, khmer, "
        "burmese, nepali, hungarian, czech, romanian, greek, hebrew, persian, finnish, danish, norwegian, "
        "mandarin, deutsch, auf deutsch, français, francais, en français, en francais, español, espanol, "
        "en español, português, portugues, em português, русский, русское, на русском, по русски, tiếng việt, "
        "việt, bahasa indonesia, indonesia, ไทย, ภาษาไทย, italiano, polski, türkçe, українська, nederlands, "
        "svenska, العربية, хинди, монгол, 中文, 汉语, 漢語, 华语, 華語, 国语, 國語, 简体, 繁体, 繁體, 简体中文, "
        "繁體中文, 日本語, 日语, 日語, 日文, 日本语, 중국어, 일본어, 베트남어, 러시아어, 독일어, 프랑스어, 불어, "
        "스페인어, 태국어, 인도네시아어, 몽골어, 아랍어, 포르투갈어, 이탈리아어, 외국어, 모국어, ger, deu, fra, "
        "fre, fr, es, spa, esp, pt, por, ru, rus, vi, vn, vie, zh, cn, chn, chi, ja, jp, jpn, th, tha, pl, tr, "
        "tur, nl, uk, ukr, ar, mn",
    Concept.TERM:
        "word, words, term, terms, vocabulary, vocab, vocabs, vocabularies, headword, headwords, head word, "
        "lemma, lemmas, lexeme, entry, entries, dictionary form, base form, target word, target language, "
        "target, expression, expressions, lexical item, item, vocabulary word, 단어, 어휘, 낱말, 표제어, 용어, "
        "항목, 올림말, 표제항, 표현, 기본형, 단어장, wort, wörter, vokabel, vokabeln, wortschatz, begriff, "
        "ausdruck, grundform, mot, mots, vocabulaire, terme, palabra, palabras, vocabulario, término, termino, "
        "expresión, palavra, palavras, vocabulário, termo, expressão, слово, слова, слов, лексика, термин, "
        "выражение, từ, từ vựng, từ mới, từ ngữ, thuật ngữ, mục từ, kata, kosakata, kosa kata, istilah, 单词, "
        "單詞, 單字, 单字, 词汇, 詞彙, 生词, 生詞, 词语, 詞語, 词, 詞, 词条, 詞條, 単語, 語彙, 見出し語, 見出し, "
        "言葉, ことば, 語句, 用語, คำ, คำศัพท์, ศัพท์, parola, parole, słowo, słówko, kelime, sözcük, сөз, үг, "
        "woord, woorden",
    Concept.FRONT:
        "front, question, front side, side 1, vorderseite, frage, recto, anverso, vorne, лицевая сторона",
    Concept.BACK:
        "back, answer, back side, side 2, rückseite, antwort, verso, reverso, hinten, обратная сторона",
    Concept.MEANING:
        "meaning, meanings, definition, definitions, gloss, glosses, sense, senses, def, defs, sense gloss, "
        "short gloss, 뜻, 의미, 어의, bedeutung, bedeutungen, definitionen, sens, signification, définition, "
        "définitions, significado, significados, definición, definiciones, acepción, definição, definições, "
        "sentido, значение, значения, определение, смысл, толкование, nghĩa, ý nghĩa, định nghĩa, nghĩa của từ, "
        "arti, makna, definisi, pengertian, 意思, 含义, 含義, 词义, 詞義, 释义, 釋義, 定义, 定義, 意味, 語義, "
        "語釈, ความหมาย, คำแปล, significato, znaczenie, anlam, anlamı, утга, мағынасы, betekenis",
    Concept.TRANSLATION:
        "translation, translations, translated, transl, trans, equivalent, equivalents, 번역, 해석, 대역, "
        "대역어, 번역어, 뜻 번역, übersetzung, übersetzungen, ubersetzung, uebersetzung, traduction, "
        "traductions, traducción, traduccion, traducciones, tradução, traducao, traduções, перевод, переводы, "
        "dịch, bản dịch, dịch nghĩa, lời dịch, dịch câu, terjemahan, 翻译, 翻譯, 译文, 譯文, 译, 訳, 訳語, 和訳, "
        "日本語訳, 対訳, 翻訳, แปล, traduzione, tłumaczenie, çeviri, çevirisi, переклад, орчуулга, аударма, "
        "vertaling",
    Concept.EXPLANATION:
        "explanation, explanations, description, descriptions, 풀이, 뜻풀이, 풀이말, 의미풀이, 설명, 해설, 정의, "
        "용어설명, 내용, erklärung, beschreibung, explication, explications, explicación, descripción, "
        "explicação, descrição, объяснение, описание, giải thích, giải nghĩa, mô tả, penjelasan, deskripsi, "
        "keterangan, 解释, 解釋, 说明, 說明, 注释, 註釋, 説明, 解説, 語釈, คำอธิบาย, spiegazione",
    Concept.EXAMPLE:
        "example, examples, sentence, sentences, example sentence, example sentences, sample sentence, sample, "
        "usage, usages, usage example, context, phrase, phrases, ex, eg, 예문, 용례, 예시, 문장, 예시문, 활용예, "
        "사용예, 쓰임, beispiel, beispiele, beispielsatz, beispielsätze, beispielsatzes, beispiels, satz, sätze, "
        "exemple, exemples, phrase exemple, ejemplo, ejemplos, oración, oraciones, frase, frases, exemplo, "
        "exemplos, пример, примеры, предложение, предложения, предложений, примера, примеров, фраза, фразы, "
        "пример предложения, ví dụ, câu ví dụ, câu, contoh, kalimat, contoh kalimat, 例句, 例文, 用例, 例, 造句, "
        "句子, 例子, ตัวอย่าง, ประโยค, ตัวอย่างประโยค, esempio, esempi, przykład, örnek, örnek cümle, cümle, "
        "приклад, жишээ, voorbeeld, zin",
    Concept.POS:
        "part of speech, parts of speech, part of speech tag, pos, pos tag, word class, word type, wordclass, "
        "lexical category, grammatical category, 품사, 품사정보, 품사 정보, 품사 구분, wortart, wortarten, "
        "wortklasse, nature, classe grammaticale, catégorie grammaticale, categoría gramatical, "
        "clase de palabra, tipo de palabra, categoria gramatical, classe gramatical, classe de palavra, "
        "часть речи, từ loại, loại từ, kelas kata, jenis kata, 词性, 詞性, 词类, 詞類, 品詞, ชนิดของคำ, "
        "ประเภทของคำ, część mowy, sözcük türü",
    Concept.HANJA:
        "hanja, 한자, 한자어, 한자표기, 漢字, 汉字, chinese character, chinese characters, sino korean, hanzi, "
        "kanji, hán hàn, hán tự, chữ hán, âm hán, gốc hán, từ gốc hán, 汉字词, 漢字詞, 漢字語, 漢字表記, 原語, "
        "원어, 어원, 원어 어원, 원어정보, ханча, иероглиф, иероглифы, ханджа, karakter hanja",
    Concept.LEVEL:
        "topik, topik level, level, levels, grade, 토픽, 급수, 등급, 수준, 단계, 난이도, 급, 레벨, niveau, "
        "stufe, schwierigkeit, nivel, nível, уровень, cấp độ, cấp, trình độ, tingkat, tingkatan, 等级, 等級, "
        "级别, 級別, 级, 級, レベル, ระดับ, livello, poziom, seviye",
    Concept.FREQUENCY:
        "frequency, frequencies, freq, freqs, count, counts, occurrence, occurrences, number of occurrences, "
        "token count, raw frequency, 빈도, 빈도수, 사용빈도, 출현빈도, 출현횟수, 횟수, häufigkeit, anzahl, "
        "vorkommen, fréquence, frecuencia, frequência, frequencia, частота, частотность, tần suất, tần số, "
        "frekuensi, 频率, 頻率, 频次, 頻次, 词频, 詞頻, 頻度, 出現回数, 出现次数, ความถี่, frequenza, "
        "częstotliwość, sıklık",
    Concept.RANK:
        "rank, ranks, ranking, frequency rank, freq rank, rank frequency, frequency ranking, frequency order, "
        "순위, 빈도순위, 빈도 순위, 빈도순, rang, häufigkeitsrang, classement, rango, posição, ранг, место, "
        "xếp hạng, thứ hạng, peringkat, 排名, 排行, 名次, 順位, ランク, อันดับ",
    Concept.HOMOGRAPH:
        "homograph, homograph no, homograph number, homograph nr, homonym, homonym no, homonym number, "
        "homonym nr, hom no, homonymy number, sup no, sup num, superscript number, etymology number, "
        "etymology no, 동형어 번호, 동형어번호, 동형어, 동형이의어 번호, 동형이의어번호, 동형이의어, "
        "동음이의어 번호, 동음이의어번호, 동음이의어, 동음어 번호, 동음어, 어깨번호, 어깨 번호, homonymnummer, "
        "homographennummer, numéro d homonyme, homonyme, número de homónimo, homónimo, homônimo, номер омонима, "
        "омоним, từ đồng âm, số từ đồng âm, homonim, nomor homonim, 同形词编号, 同形异义, 同音异义, 同形語番号, "
        "同音異義語番号, 同形異義語",
    Concept.POSITION:
        "no, nr, num, number, position, index, #, №, n°, nº, stt, số thứ tự, 번호, 순번, 연번, 일련번호, 순서, "
        "序号, 序號, 编号, 編號, 番号, 通番, lfd nr, laufende nummer, nummer, numéro, numero, número, номер, "
        "п п, nomor, ลำดับ, ลำดับที่, sıra",
    Concept.HINT:
        "hint, hints, note, notes, usage hint, usage note, usage notes, remark, remarks, comment, comments, "
        "memo, memos, tip, tips, mnemonic, mnemonics, guide word, my notes, 비고, 메모, 참고, 참고사항, "
        "길잡이말, 길잡이 말, 유의사항, 노트, 팁, 특이사항, notiz, notizen, anmerkung, anmerkungen, hinweis, "
        "hinweise, bemerkung, remarque, remarques, commentaire, astuce, nota, notas, observación, observaciones, "
        "comentario, observação, observações, comentário, dica, примечание, примечания, заметка, заметки, "
        "комментарий, подсказка, ghi chú, chú thích, lưu ý, catatan, 备注, 備註, 备考, 笔记, 筆記, 提示, 注意, "
        "備考, メモ, ノート, 注記, หมายเหตุ, โน้ต, note personali, uwagi, notlar",
    Concept.TAGS:
        "tag, tags, label, labels, 태그, 꼬리표, schlagwort, schlagwörter, étiquette, étiquettes, etiquetas, "
        "теги, тег, thẻ, 标签, 標籤, タグ, แท็ก",
    Concept.IPA:
        "ipa, ipa pronunciation, pronunciation, pronunciations, pronunciation ipa, phonetic, phonetics, "
        "phonetic transcription, transcription, 발음, 표준발음, 발음기호, aussprache, lautschrift, "
        "prononciation, phonétique, pronunciación, pronunciacion, fonética, pronúncia, произношение, "
        "транскрипция, phát âm, phiên âm quốc tế, pelafalan, pengucapan, 发音, 發音, 音标, 音標, 発音, 読み, "
        "การออกเสียง, คำอ่าน",
    Concept.UNUSED:
        "lesson, lessons, unit, units, chapter, chapters, section, week, day, book, textbook, page, pages, "
        "volume, part, course, deck, notebook, list, set, group, topic, topics, theme, themes, category, "
        "categories, subcategory, class, subject, field, domain, area, source, sources, origin, author, authors, "
        "title, date, dates, created, updated, added, modified, created at, updated at, date added, added on, "
        "last reviewed, last practiced, last seen, reviewed, due, due date, timestamp, time, audio, sound, "
        "sounds, recording, voice, mp3, image, images, picture, pictures, photo, icon, illustration, video, "
        "media, file, url, link, links, website, romanization, romanisation, romanized, romaja, romaji, roman, "
        "transliteration, translit, reading, mr romanization, rr, revised romanization, latin, id, ids, guid, "
        "uuid, key, code, type, status, state, learned, known, done, mastered, mastery, progress, score, "
        "strength, interval, ease, streak, importance, priority, favorite, starred, locale, lang, language, "
        "gender, alternatives, alternative, synonym, synonyms, antonym, antonyms, related, derived, derivatives, "
        "see also, conjugation, conjugations, inflection, inflections, plural, honorific, formality, register, "
        "style, cefr, sort order, sense no, sense nr, sense num, sense number, sense id, sort, order, checked, "
        "check, verified, review, reviews, auto translate, stem, root, hash, user, version, pinyin, furigana, "
        "kana, stroke, strokes, etymology, length, syllables, correct, wrong, attempts, 과, 단원, 장, 권, 갈래, "
        "쪽, 페이지, 교재, 교과서, 주제, 분야, 분류, 대분류, 중분류, 소분류, 영역, 범주, 카테고리, 구분, 종류, "
        "유형, 출처, 출전, 날짜, 일자, 기준일자, 등록일, 등록일자, 수정일, 작성일, 기준일, 조회수, 조회건수, "
        "음성, 소리, 오디오, 녹음, 이미지, 사진, 그림, 동영상, 파일, 링크, 주소, 로마자, 로마자표기, "
        "로마자 표기, 아이디, 코드, 상태, 학습, 학습여부, 여부, 고유어, 고유어 여부, 유의어, 반의어, 동의어, "
        "관련어, 파생어, 활용, 활용형, 작성자, 담당부서, 부서, 길이, 문형, 주, 일, lektion, lektionen, einheit, "
        "kapitel, thema, themen, kategorie, kategorien, gruppe, quelle, datum, ton, bild, bilder, umschrift, "
        "romanisierung, stärke, zuletzt geübt, zuletzt gesehen, erstellt, seite, buch, woche, tag der woche, "
        "artikel, leçon, leçons, unité, chapitre, thème, catégorie, groupe, date d ajout, son, semaine, livre, "
        "lección, leccion, unidad, capítulo, capitulo, tema, categoría, fuente, fecha, imagen, sonido, "
        "romanización, página, libro, lição, unidade, assunto, categoria, fonte, data, imagem, som, romanização, "
        "semana, урок, тема, раздел, глава, категория, источник, дата, аудио, звук, изображение, картинка, "
        "иллюстрация, романизация, транслитерация, страница, книга, ссылка, неделя, bài, bài học, chủ đề, "
        "chủ điểm, chương, phần, nguồn, ngày, hình ảnh, hình, ảnh, âm thanh, phiên âm, loại, nhóm, trang, "
        "pelajaran, bab, topik pelajaran, kategori, sumber, tanggal, gambar, suara, romanisasi, halaman, 课, 課, "
        "课次, 单元, 單元, 章, 主题, 主題, 类别, 類別, 分类, 分類, 来源, 來源, 日期, 音频, 音頻, 图片, 圖片, "
        "拼音, 罗马字, 羅馬字, 罗马音, 羅馬音, 页, 頁, 页码, 册, 课文, 出处, レッスン, トピック, テーマ, "
        "カテゴリ, カテゴリー, 出典, 日付, 音声, 画像, ローマ字, ページ, 読み方, ふりがな, カナ, 課名, บท, "
        "บทที่, หมวด, หมวดหมู่, หัวข้อ, ที่มา, วันที่, เสียง, รูปภาพ, รูป, คำอ่านโรมัน, โรมัน, lezione, lekcja, "
        "ders, konu",
}  # fmt: skip
_FILLERS = {
    "of", "the", "in", "for", "a", "an", "s", "es", "n", "to", "from", "and", "or", "my", "your", "as", "by", "full",
    "short", "main", "first", "second", "other", "basic", "primary", "der", "die", "das", "des", "dem", "und", "auf", "zur",
    "zum", "de", "du", "la", "le", "les", "l", "d", "et", "el", "los", "las", "del", "y", "da", "do", "dos", "e", "em",
    "di", "и", "на", "по", "của", "bằng", "sang", "dalam", "dari", "の", "的", "之", "및", "의", "language", "text", "side",
    "语", "文", "式", "第", "제",
}  # fmt: skip
_CONCEPTS = {word: concept for concept, words in reversed(_WORDS.items()) for word in re.split(r",\s*", words)}
# Words in these scripts are written without spaces, as in 예문번역 and 例句翻译.
_UNSPACED = lazy_regex("[가-힣一-鿿぀-ヿ\u0e00-\u0e7f]")
_SYMBOLS = {"So", "Sk", "Cn", "Co", "Cf"}
_VARIATIONS = "\ufe0e\ufe0f\u20e3"
_LONGEST_NAME = 60  # characters
_LONGEST_PHRASE = 4  # words
# Whole headers that are codes of languages, but that are other words inside a longer header.
_CODES = {"de": Concept.LANGUAGE, "it": Concept.LANGUAGE, "no.": Concept.POSITION, "#": Concept.POSITION}


@lru_cache(maxsize=4096)
def plain_header(header: str) -> str:
    """Return the header in lowercase, with single spaces and without underscores, emoji, and punctuation around it."""
    text = unicodedata.normalize("NFKC", header).casefold() if not header.isascii() else header.lower()
    text = unicodedata.normalize("NFC", "".join(" " if _is_decoration(sign) else sign for sign in text))
    plain = " ".join(text.replace("_", " ").split())
    return plain.strip(" .:;*!?'\"“”‘’·•-–—=~✓") or plain


@lru_cache(maxsize=4096)
def concepts_of(header: str) -> frozenset[Concept]:
    """Return what the words in a header refer to, or an empty set if any of the words is unknown."""
    if len(header) > _LONGEST_NAME:
        return frozenset()
    name = plain_header(header)
    if name in _CODES:
        return frozenset({_CODES[name]})
    # "Example 1" and 예문1 are examples, and "translation(s)" is one word.
    text = re.sub(r"\d+", " ", name.replace("(s)", ""))
    words = "".join(sign if _is_in_words(sign) else " " for sign in text).split()
    found = list(_read(words))
    return frozenset() if None in found else frozenset(one for one in found if one is not None)


def has_known_word(cell: str) -> bool:
    """Return whether a whole cell is a word of headers. This is much faster than ``concepts_of``."""
    return cell.lower() in _CONCEPTS


def _read(words: list[str]) -> Iterator[Concept | None]:
    """Yield the concept of each word, always of the longest possible phrase. The concept of an unknown word is None."""
    while words:
        for length in range(min(_LONGEST_PHRASE, len(words)), 0, -1):
            if concept := _CONCEPTS.get(" ".join(words[:length])):
                yield concept
                break
        else:
            length = 1
            if words[0] not in _FILLERS:
                yield from _inside(words[0])
        words = words[length:]


def _inside(word: str) -> Iterator[Concept | None]:
    """Yield the concepts of the parts of a word that is written without spaces."""
    while word:
        if not _UNSPACED.match(word):
            yield None
            return
        # A single syllable is usually a part of some other word: 과일 (fruit) is not 과 (lesson) and 일 (day).
        least = 2 if has_hangul(word[:1]) and word[:1] not in _FILLERS else 1
        sizes = range(len(word), least - 1, -1)
        size = next((size for size in sizes if word[:size] in _CONCEPTS or word[:size] in _FILLERS), 0)
        if not size:
            yield None
            return
        if word[:size] in _CONCEPTS:
            yield _CONCEPTS[word[:size]]
        word = word[size:]


def _is_in_words(sign: str) -> bool:
    """Return whether the sign is a letter or a number sign. Thai vowels are marks."""
    return sign.isalnum() or sign in "#№º" or unicodedata.category(sign).startswith("M")


def _is_decoration(sign: str) -> bool:
    """Return whether the sign is an emoji or a similar symbol."""
    return sign in _VARIATIONS or (sign not in "°" and unicodedata.category(sign) in _SYMBOLS)
