"""Tell whether a hanja character has a sense, in English or as Korean 훈음, and which similar character has it instead."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from .character_names import all_names
from .english_synonyms import related
from .glosses import alike, content_words, senses
from .hanja_data import all_taught, entries, taught

# Senses that the other tables lack: usual in the words of everyday life, or usual translations of the 훈음.
_MORE = """
道 province district ability; 州 province district; 康 well wellbeing ease; 過 fault error excess mistake; 困 distress
trouble tired
曜 shine bright weekday; 幸 luck fortune happiness; 銜 title; 姓 surname; 長 head chief elder senior; 福 luck; 停 halt;
約 agree bind
束 bundle; 期 term time; 人 person; 分 minute share; 生 student raw fresh; 學 study school; 校 proofread correct; 先
previous former
者 person one; 家 expert profession; 師 master; 員 person staff; 手 skill person; 主 owner host; 客 customer visitor;
品 article item
物 object matter; 所 office facility; 場 field site; 室 chamber; 館 house; 院 hospital academy; 店 shop; 屋 shop; 社
shrine firm
會 society gathering assembly; 議 debate; 論 theory; 說 theory; 話 story; 語 word; 文 text literature sentence; 字 character
書 document; 紙 newspaper; 記 write note remember; 錄 note; 報 news inform; 知 inform; 新 fresh; 聞 news; 放 release
broadcast
送 see; 通 communicate traffic commute; 行 line conduct; 運 fortune transport; 動 motion; 力 strength force; 氣 spirit
mood weather
心 mind core; 情 affection emotion circumstances love; 感 sense; 意 will mind; 思 consider thought
罪 guilt sin; 接 touch contact meet; 萬 unit; 想 idea imagine; 念 idea;
記 memory
愛 affection; 好 like fond; 親 parent intimate kin; 切 earnest urgent; 友 companion; 朋 friend; 交 mix cross; 際 edge contact
國 nation state; 民 citizen; 王 monarch; 政 politics; 治 rule; 法 rule way; 律 rule; 權 power; 利 profit advantage; 益 profit
經 sutra classic scripture experience; 濟 aid; 商 merchant commerce business; 業 trade occupation; 工 labor worker; 農
agriculture
價 worth; 料 charge; 金 metal; 錢 coin cash; 財 property asset; 産 birth property; 買 purchase; 賣 sale; 費 expense cost
年 age; 歲 age; 時 hour; 代 era age substitute; 週 cycle; 曜 planet luminary; 初 begin first; 末 last; 今 present; 昨 past
前 ahead ago; 後 later back; 內 within; 外 foreign external; 上 up top; 下 down under; 中 center inside during; 間 gap room
東 orient; 西 occident; 方 side square; 地 place; 土 soil; 所 location; 處 office; 位 rank; 面 side aspect noodle; 點
spot dot
一 single; 全 all entire; 不 negative un; 無 nothing lack; 未 un; 非 wrong un; 最 extreme; 大 great large; 小 little; 多 much
高 tall expensive; 低 cheap; 重 serious; 輕 slight; 急 hurry sudden; 速 speed rapid; 早 soon; 强 powerful; 弱 feeble;
明 light
美 beauty America; 英 hero Britain; 獨 Germany single; 佛 France; 日 Japan sunday; 韓 Korean; 中 China; 西 Spain west
食 meal; 飮 beverage; 料 ingredient; 理 principle manage logic; 藥 drug; 病 disease sick; 院 court; 痛 ache hurt; 醫
heal physician
休 break holiday leave; 業 karma; 遊 amuse travel; 樂 pleasure happy; 喜 happy; 悲 sorrow; 苦 pain hardship; 勞 toil
effort work
努 effort strive; 力 effort; 成 succeed form; 功 success achievement; 失 miss lack err; 敗 lose fail; 勝 victory; 負
defeat burden
試 attempt exam; 驗 examine trial proof; 題 problem subject; 問 question; 答 reply; 解 understand loosen answer; 決
settle resolve
定 settle certain set; 選 elect select; 擇 select; 認 admit; 證 prove certificate; 確 sure; 信 trust faith letter; 義
justice meaning
禮 manners etiquette ceremony; 謝 gratitude apology; 敬 honor; 尊 honor; 恭 polite respectful; 待 treat host; 接
receive touch
受 accept get; 授 grant; 取 take get; 得 gain get obtain; 持 have carry keep; 有 possess; 在 be; 存 keep; 住 dwell reside
立 establish found; 建 found construct; 設 establish; 作 work do create; 造 create; 製 produce; 發 start set shoot emit
develop
出 exit leave emerge; 入 enter; 到 reach; 着 wear attach; 進 progress enter; 退 retreat leave; 來 future; 去 leave; 往
go; 復 again
開 begin hold bloom; 始 start; 終 finish; 止 halt; 停 stay; 留 remain; 變 alter; 化 transform become; 改 correct
change; 換 change
電 lightning electric; 車 car wheel; 機 opportunity chance; 械 tool; 汽 vapor; 船 boat; 空 air void; 港 port; 航
navigate; 路 street
海 ocean; 洋 western sea; 水 liquid; 火 fire; 木 wood; 石 rock; 山 hill; 川 river; 林 woods; 花 flower; 果 effect
fruit; 實 fruit true
勤 work duty office attendance; 務 work duty business; 關 connect concern relation involve close
係 connect relation concern; 聯 connect ally join; 結 tie join conclude bear; 連 connect continue; 絡 connect link
責 duty responsibility; 任 duty task appoint; 職 job post duty work; 役 service role labor; 事 work affair event serve
勢 power trend; 能 ability able can; 技 skill art; 術 skill art technique; 藝 art skill; 格 status standard
資 capital resource qualification; 源 source; 社 company society; 團 group; 隊 team; 班 class group; 組 group team
部 department part; 課 lesson section; 科 subject department; 級 grade level class; 等 grade rank equal
階 floor stairs rank; 段 step stage; 層 floor layer; 席 place seat; 座 seat; 寢 sleep bed; 宿 lodge stay
泊 stay overnight; 旅 travel trip; 行 travel; 觀 view see; 光 scenery light; 景 scenery view
風 wind style custom scenery; 俗 custom; 習 practice habit learn; 慣 habit; 練 practice; 訓 train teach
敎 religion teach; 育 raise educate; 養 raise nourish; 保 keep protect; 護 protect; 管 manage pipe; 守 keep protect
衛 guard; 警 warn police; 察 examine watch; 檢 check examine; 査 check investigate; 究 study; 硏 study
調 adjust investigate tone; 和 peace harmony; 平 peace flat ordinary; 安 peace comfort safe; 全 safe
便 easy comfort mail; 健 healthy
衣 clothing; 服 clothing dose obey; 着 put; 洗 clean; 淨 pure; 身 self; 體 form; 頭 chief; 目 item; 口 opening; 手
hand; 足 sufficient
先 before; 生 grow; 番 order; 號 shout; 朝 court; 節 festival verse; 和 Japan; 益 increase; 社 shrine; 心 center; 手 means
expert; 精 refined energy; 神 divine mind; 樂 easy; 場 ground; 町 town; 機 occasion; 來 next; 去 remove; 入 put in;
出 come out spend attend; 重 layer; 正 straight; 直 direct honest; 曲 song; 對 answer pair against; 反 against return
violate; 約 approximately; 離 distance; 別 farewell; 通 connect connection; 計 measure; 劃 stroke; 文 letter; 見 meet;
解 release free; 驗 effect; 品 quality character class; 森 thick dense; 險 steep; 難 disaster suffering trouble;
祝 wish; 個 each; 消 erase; 滅 perish; 發 depart rise; 表 table outside; 原 plain; 關 gate; 傳 pass on tell communicate;
式 method; 態 condition; 科 branch; 程 degree distance; 位 place; 質 nature ask question; 度 times limit extent law;
床 floor; 息 interest son; 擔 shoulder; 當 hit of course; 券 bond; 版 board; 署 station sign; 局 board; 庫 warehouse;
圈 range; 漠 vast; 燈 light; 照 compare; 錠 pill; 刃 blade; 標 target; 準 aim; 稱 praise; 演 extend; 劇 intense; 誘 invite;
惑 bewitch; 監 watch; 督 urge; 揮 scatter; 亡 flee; 感 be moved; 暴 sudden expose; 烈 intense; 激 violent; 候 season
symptom; 象 shape appearance; 徵 collect; 零 fall; 空 zero; 實 substance; 療 treat; 治 treat; 審 try; 訟 sue; 告 sue
notice; 被 receive; 與 together take part; 賞 enjoy; 定 stable; 得 benefit; 利 interest win; 子 interest; 收 receive;
納 offer; 貨 money; 還 give back; 給 pay; 料 pay; 要 ask; 合 match; 義 duty loyalty; 資 material; 格 frame; 味 meaning
seasoning; 氣 smell; 色 sex; 白 say; 徒 group; 登 register; 乘 multiply; 搭 ride load; 居 stay; 營 camp; 就 achieve;
退 resign; 業 study; 練 skilled; 達 skilled master; 專 special only; 門 school branch; 攻 study; 免 escape; 諾 agree;
認 approve allow; 拒 reject; 絶 refuse; 親 friendly; 寫 depict; 映 show; 理 cooking; 調 even; 米 America; 帶 carry;
組 weave; 派 group send; 擧 act; 投 vote; 落 fail; 育 grow; 分 enough; 話 conversation; 信 sign communication; 處 handle
treat; 金 price; 守 obey; 院 palace house; 員 official; 蹟 ruins; 統 lineage rule system; 次 time; 習 review; 想 expect;
備 equip
男 male; 女 female; 父 dad; 母 mom; 兄 elder; 弟 younger; 子 suffix; 孫 descendant; 夫 husband man; 婦 lady; 老 aged
elderly; 少 little
"""


def has_sense(character: str, gloss: str) -> bool:
    """Return whether one of the tables gives the character this sense or a similar one, or whether it is unknown."""
    known, words = _known(character), content_words(gloss)
    single = frozenset[str]().union(*(sense for sense in senses(_text(character)) if len(sense) == 1))
    return not known or not words or alike(words, known) or related(words, single)


def all_senses(hanja: str) -> frozenset[str]:
    """Return the content words of all senses of the characters."""
    return frozenset().union(*map(_known, hanja))


def owner_of(gloss: str, character: str, others: Iterable[str]) -> str:
    """Return a character that has the sense: one of the others, one that is read as the character, or one that is usual.

    Return "" if there is none. Homophones and usual characters are only those that schools teach or, with their first sense,
    those in the table of common characters, because rare ones have almost any sense.
    """
    entry = entries().get(character)
    homophones = [sign for reading in (entry.readings if entry else ()) for sign in taught(reading)]
    wanted = senses(gloss)
    for other in (*others, *homophones):
        if other != character and any(_fits(sense, known) for sense in wanted for known in _usual_senses(other)):
            return other
    usual = (_by_usual_sense()[sense] for sense in wanted if sense in _by_usual_sense())
    return next((sign for sign in usual if all_taught(sign) or _sound_alike(sign, character)), "")


def owner_of_hun_eum(hun_eum: str, character: str) -> str:
    """Return the taught character with these 훈음 ("다리 교") if the character does not have them, or ""."""
    meaning, _, reading = hun_eum.rpartition(" ")
    own = _hun_eum(character, reading)
    if not own or any(_alike(meaning, known.rpartition(" ")[0]) for known in own):
        return ""
    return next((sign for sign in taught(reading) if hun_eum in _hun_eum(sign, reading)), "")


def _hun_eum(character: str, reading: str) -> list[str]:
    """Return the 훈음 of a character for a reading, in both tables."""
    entry, name = entries().get(character), all_names().get(character, {}).get(reading)
    known = [entry.readings[reading]] if entry and reading in entry.readings else []
    return [*known, *([name.hun_eum] if name else [])]


def _alike(one: str, other: str) -> bool:
    """Return whether two Korean meanings are the same or begin alike (아비, 아버지)."""
    return one == other or one[:1] == other[:1]


def _fits(sense: frozenset[str], known: frozenset[str]) -> bool:
    return sense <= known or known <= sense or (len(sense) == len(known) == 1 and alike(sense, known))


@cache
def _by_usual_sense() -> dict[frozenset[str], str]:
    """Return the character with each first sense in the table of common characters, taught ones first."""
    signs = list(reversed(all_names()))
    signs.sort(key=all_taught)
    return {sense: sign for sign in signs for sense in senses(re.split("[,;]", _usual_meanings(sign))[0])}


def _sound_alike(one: str, other: str) -> bool:
    return not all_names().get(one, {}).keys().isdisjoint(all_names().get(other, {}))


@lru_cache(maxsize=4096)
def _usual_senses(character: str) -> frozenset[frozenset[str]]:
    """Return the senses in the first part of the character's gloss, and its usual ones."""
    entry = entries().get(character)
    return senses(f"{entry.gloss.partition(';')[0] if entry else ''}; {_usual(character)}")


@lru_cache(maxsize=4096)
def _known(character: str) -> frozenset[str]:
    return content_words(_text(character))


def _text(character: str) -> str:
    entry = entries().get(character)
    return f"{entry.gloss if entry else ''}; {_usual(character)}"


def _usual(character: str) -> str:
    return f"{_usual_meanings(character)}, {', '.join(_more().get(character, '').split())}"


def _usual_meanings(character: str) -> str:
    return ", ".join(name.meanings for name in all_names().get(character, {}).values())


@cache
def _more() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in re.split(r";|\n(?=[^a-z])", _MORE.strip()):
        character, _, words = line.strip().partition(" ")
        found[character] = f"{found.get(character, '')} {words}"
    return found
