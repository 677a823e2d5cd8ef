"""Invented company names. A stem and a suffix each carry their Japanese and their English form."""

from random import Random
from typing import Final


def _words(text: str) -> list[tuple[str, str]]:
    """Read words such as 青葉:Aoba and 鉄工:Iron_Works as pairs; an underscore stands for a blank."""
    pairs = (word.replace("_", " ").partition(":") for word in text.split())
    return [(japanese, english) for japanese, _, english in pairs]


STEMS: Final = _words(
    "青葉:Aoba 朝凪:Asanagi 明石野:Akashino 綾川:Ayakawa 有明台:Ariakedai 粟津:Awazu 飯綱:Iizuna 磯崎:Isozaki "
    "岩代:Iwashiro 上総野:Kazusano 宇治原:Ujihara 浦和田:Urawada 江南:Konan 遠州灘:Enshunada 大鷹:Otaka 奥羽:Ou "
    "尾瀬:Oze 小樽山:Otaruyama 加賀谷:Kagaya 鏡石:Kagamiishi 風間:Kazama 霞台:Kasumidai 勝浦野:Katsurano 金沢野:Kanazawano "
    "上高地:Kamikochi 雁坂:Karisaka 北斗星:Hokutosei 桔梗:Kikyo 吉備路:Kibiji 霧島野:Kirishimano 久遠:Kuon 櫛形:Kushigata "
    "熊野灘:Kumanonada 倉敷野:Kurashikino 黒部台:Kurobedai 群青:Gunjo 高原台:Kogendai 甲信:Koshin 湖東:Koto 駒形:Komagata "
    "嵯峨野:Sagano 佐久平:Sakudaira 桜井野:Sakuraino 讃岐路:Sanukiji 塩尻台:Shiojiridai 潮見:Shiomi 志摩野:Shimano "
    "信濃川:Shinanogawa 白樺:Shirakaba 瑞穂野:Mizuhono 墨田川:Sumidagawa 駿河台:Surugadai 瀬戸内:Setouchi 千曲:Chikuma "
    "相馬野:Somano 但馬:Tajima 橘:Tachibana 龍王:Ryuo 館山野:Tateyamano 多摩野:Tamano 筑紫野:Chikushino 津軽:Tsugaru "
    "鶴見台:Tsurumidai 天龍:Tenryu 東雲:Shinonome 常盤台:Tokiwadai 十勝野:Tokachino 利根:Tone 富士見野:Fujimino 長良:Nagara "
    "那須野:Nasuno 鳴門台:Narutodai 南海路:Nankaiji 錦:Nishiki 日高野:Hidakano 能登路:Notoji 白山台:Hakusandai 榛名:Haruna "
    "播磨灘:Harimanada 飛騨野:Hidano 姫川:Himekawa 平安台:Heiandai 備前:Bizen 福寿:Fukuju 伏見野:Fushimino 北陸路:Hokurikuji "
    "穂高:Hotaka 松風:Matsukaze 三河野:Mikawano 美濃路:Minoji 武蔵路:Musashiji 最上:Mogami 紅葉台:Momijidai 八雲:Yakumo "
    "大和路:Yamatoji 吉野川:Yoshinogawa 若草:Wakakusa 和泉野:Izumino アステリア野:Asteriano イーグル:Eagle ウィンド:Wind "
    "エコー:Echo オーロラ:Aurora カナリア:Canaria キャピタス:Capitas クレスト:Crest グリーンリーフ:Greenleaf コスモス:Cosmos "
    "サンライト:Sunlight シグナス:Cygnus スカイ:Sky セレナ:Serena ソラリス:Solaris タイタン:Titan デルフィ:Delphi トリトン:Triton "
    "ネクサス:Nexus ノヴァ:Nova ハーモニー:Harmony ビスタ:Vista フォレスト:Forest ブリッジ:Bridge ベガ:Vega ポラリス:Polaris "
    "マリナ:Marina ミモザ:Mimosa メリディアン:Meridian モザイク:Mosaic ユニゾン:Unison ライトハウス:Lighthouse リベラ:Libera "
    "ルミナ:Lumina レガート:Legato ロータス:Lotus ワイズ:Wise"
)
SUFFIXES: Final = _words(
    "工業:Industries 製作所:Manufacturing 電機:Electric 化学:Chemical 製薬:Pharmaceutical 建設:Construction 食品:Foods "
    "産業:Sangyo 商事:Trading 物産:Bussan 精機:Precision 鉄工:Iron_Works 金属:Metal 紡績:Spinning 運輸:Transport 倉庫:Warehouse "
    "不動産:Real_Estate システムズ:Systems テクノロジーズ:Technologies ソリューションズ:Solutions ホールディングス:Holdings "
    "グループ:Group メディカル:Medical バイオ:Bio フーズ:Foods ロジスティクス:Logistics エンジニアリング:Engineering "
    "デジタル:Digital データ:Data リテイル:Retail パートナーズ:Partners サービス:Service エナジー:Energy マテリアル:Materials "
    "研究所:Laboratory 通信:Communications 自動車部品:Auto_Parts 機械:Machinery 電子:Electronics コーポレーション:Corporation"
)
THEMES: Final = [
    ("ＴＯＰＩＸ", "TOPIX"),
    ("日本株２２５", "Japan 225"),
    ("米国株５００", "US 500"),
    ("先進国株式", "Developed Equity"),
    ("新興国株式", "Emerging Equity"),
    ("国内債券", "Japan Bond"),
    ("外国債券", "Foreign Bond"),
    ("東証ＲＥＩＴ", "J-REIT"),
    ("高配当５０", "High Dividend 50"),
    ("ＥＳＧリーダーズ", "ESG Leaders"),
    ("金価格", "Gold"),
    ("原油先物", "Crude Oil Futures"),
    ("半導体", "Semiconductor"),
    ("銀行業", "Banks"),
]
FUND_KINDS: Final = [
    ("連動型上場投信", "ETF"),
    ("レバレッジ上場投信", "Leveraged ETF"),
    ("ベア上場投信", "Bear ETF"),
    ("ＥＴＮ", "ETN"),
    ("連動型上場投信（為替ヘッジあり）", "ETF (Hedged)"),
]
FUND_HOUSES: Final = [
    ("ＫＳＭ", "KSM"),
    ("ＭＩＮＡＴＯ", "MINATO"),
    ("瑞穂野アセット", "Mizuhono Asset"),
    ("ポラリス", "Polaris"),
    ("ＡＯＢＡ", "AOBA"),
    ("ｉＬＵＭＩＮＡ", "iLUMINA"),
    ("大和路投信", "Yamatoji"),
    ("北斗星", "Hokutosei"),
    ("ＮＥＯ　ＦＵＮＤＳ", "NEO FUNDS"),
    ("かもめアセット", "Kamome Asset"),
    ("ＹＵＲＩ", "YURI"),
    ("北辰投信", "Hokushin"),
    ("ライトハウス", "Lighthouse"),
]


REITS: Final = [
    ("リート投資法人", "REIT Investment Corporation"),
    ("ロジスティクス投資法人", "Logistics Fund"),
    ("レジデンシャル投資法人", "Residential Investment Corporation"),
]
INITIALS_SHARE: Final = 0.25  # of the companies go by latin letters, which the exchange writes in full width
FULL_WIDTH: Final = {n: n + 0xFEE0 for n in range(ord("!"), ord("~") + 1)}


class NameMaker:
    """Hands out names, none twice, each as (Japanese, English)."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._initials: set[str] = set()
        self._companies = self._shuffled(_joined(STEMS, SUFFIXES))
        self._reits = self._shuffled(_joined(STEMS, REITS))
        self._funds = self._shuffled(_joined(_joined(FUND_HOUSES, THEMES, "　"), FUND_KINDS))

    def company(self) -> tuple[str, str]:
        if not self._companies or self._random.random() < INITIALS_SHARE:
            return self._by_initials()
        return self._companies.pop()

    def reit(self) -> tuple[str, str]:
        return self._reits.pop()

    def fund(self) -> tuple[str, str]:
        return self._funds.pop()

    def _by_initials(self) -> tuple[str, str]:
        letters = "".join(self._random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3))
        while letters in self._initials:
            letters = "".join(self._random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3))
        self._initials.add(letters)
        suffix, english = self._random.choice(SUFFIXES)
        return letters.translate(FULL_WIDTH) + suffix, f"{letters} {english}"

    def _shuffled(self, names: list[tuple[str, str]]) -> list[tuple[str, str]]:
        self._random.shuffle(names)
        return names


def _joined(
    heads: list[tuple[str, str]], tails: list[tuple[str, str]], gap: str = ""
) -> list[tuple[str, str]]:
    return [(head + gap + tail, f"{en} {en_tail}") for head, en in heads for tail, en_tail in tails]
