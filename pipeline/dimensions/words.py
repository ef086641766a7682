"""The words of dimension statements, by meaning and language. A table: nothing here does anything.

Words are written small, without the dot of an abbreviation. A word of one language means the same
in a statement that says no language; what differs between languages is in `LETTERS`.

Source: Getty AAT (300055644 height, 300055647 width, 300072633 depth, 300055624 diameter) and the
labels of its terms in these languages.
"""

from __future__ import annotations

from pipeline.dimensions.result import Axis

AXES: dict[Axis, dict[str, str]] = {
    "height": {
        "en": "height heights ht high tall",
        "fr": "hauteur hauteurs haut",
        "de": "höhe hoehe hoch gesamthöhe",
        "es": "alto altura",
        "it": "altezza alt",
        "nl": "hoogte hoog",
        "zh": "高 通高 全高 总高 總高 高度 纵 縱",
        "ja": "高さ 総高 縦 たて タテ 丈",
    },
    "width": {
        "en": "width widths wide breadth broad",
        "fr": "largeur largeurs larg large",
        "de": "breite breit br gesamtbreite",
        "es": "ancho anchura",
        "it": "larghezza largh",
        "nl": "breedte breed",
        "zh": "宽 寬 宽度 寬度 横 橫 阔 闊",
        "ja": "幅 巾 横 よこ ヨコ 横幅",
    },
    "depth": {
        "en": "depth deep",
        "fr": "profondeur prof pr",
        "de": "tiefe tief gesamttiefe",
        "es": "profundidad fondo",
        "it": "profondità",
        "nl": "diepte diep",
        "zh": "深 深度 进深 進深",
        "ja": "奥行 奥行き",
    },
    "diameter": {
        "en": "diameter diameters diam dia",
        "fr": "diamètre diam",
        "de": "durchmesser dm dmr",
        "es": "diámetro diám",
        "it": "diametro",
        "nl": "doorsnede middellijn",
        "zh": "径 徑 直径 直徑 腹径 腹徑",
        "ja": "胴径 最大径",
    },
    "length": {
        "en": "length lengths long",
        "fr": "longueur longueurs",
        "de": "länge laenge lang gesamtlänge",
        "es": "longitud largo",
        "it": "lunghezza lungh",
        "nl": "lengte",
        "zh": "长 長 长度 長度 通长 通長",
        "ja": "長さ 全長",
    },
    "thickness": {
        "en": "thickness thick th",
        "fr": "épaisseur ép ep épais",
        "de": "dicke stärke dick",
        "es": "grosor espesor",
        "it": "spessore spess",
        "nl": "dikte dik",
        "zh": "厚 厚度",
        "ja": "厚さ 厚み",
    },
    "circumference": {
        "en": "circumference circ",
        "fr": "circonférence",
        "de": "umfang",
        "es": "circunferencia",
        "it": "circonferenza",
        "nl": "omtrek",
        "zh": "周长 周長",
        "ja": "周囲",
    },
    "weight": {
        "en": "weight wt weigh weighs",
        "fr": "poids pds",
        "de": "gewicht gew",
        "es": "peso",
        "it": "",
        "nl": "",
        "zh": "重 重量",
        "ja": "重さ",
    },
    "duration": {
        "en": "duration running",
        "fr": "durée",
        "de": "dauer laufzeit",
        "es": "duración",
        "it": "durata",
        "nl": "duur",
        "zh": "片长 片長",
        "ja": "上映時間",
    },
}

MOUTH_DIAMETER = "口径 口徑"
FOOT_DIAMETER = "底径 底徑 足径 足徑 高台径"
"""Diameters of a part, in one word."""

LETTERS = frozenset("hwbltdpeø")
"""Axes of one letter. What they mean is decided in `axes.py`, by language and by what else there
is: *D.* is a depth beside a width, the diameter in French, and otherwise not known."""

PARTS: dict[str, str] = {
    # The work itself, and all of it.
    "work": "object work artwork painting sculpture figure item drawing print photograph book "
    "album coin medal vase bowl jar bust statue statuette textile carpet objet œuvre objektmaß "
    "objektmaße oeuvre tableau peinture dessin estampe objekt werk gemälde zeichnung skulptur "
    "plastik obra objeto pintura escultura dibujo opera oggetto dipinto scultura disegno "
    "voorwerp schilderij kunstwerk beeldhouwwerk tekening 作品 画心 畫心 本幅 本紙 本体 本體",
    "overall": "overall total display displayed installed installation assembled whole ensemble "
    "gesamt gesamtmaß gesamtmaße gesamtgröße insgesamt conjunto totale complessivo complessive "
    "insieme totaal geheel 全体 總體 总体 整体 整體 全卷",
    "sheet": "sheet support paper canvas panel board leaf page folio stretcher châssis keilrahmen "
    "feuille feuillet papier toile panneau "
    "carton blatt blattmaß blattgröße leinwand tafel papiermaß bildträger träger hoja papel lienzo "
    "tabla soporte foglio carta tela tavola supporto blad doek paneel drager 纸 紙 絹本 用紙",
    # What is on it.
    "plate": "plate platemark block cuvette plaque platte plattenmaß plattenrand druckstock huella "
    "plancha impronta lastra matrice plaat plaatrand plaatafdruk 版面 版",
    "image": "image composition picture surface projection bild bildmaß bildgröße darstellung "
    "bildfeld imagen mancha composición immagine composizione beeld beeldmaat afbeelding "
    "voorstelling 画面 畫面 图像 圖像 イメージ",
    "sight": "sight lichtmaß vue visible dagmaat",
    # What is not the work.
    "frame": "frame framed cadre encadré encadrée rahmen rahmenmaß rahmenaußenmaß gerahmt marco "
    "enmarcado enmarcada cornice lijst ingelijst 框 外框 额 額 額縁",
    "mount": "mount mounted mat passepartout partout backing secondary montage montierung "
    "montaje montaggio opzetkarton 裱 装裱 裝裱 表装 表具 全幅",
    "base": "base plinth pedestal stand socle sockel basis peana pedestal pedestallo base "
    "piedistallo zoccolo sokkel voetstuk 座 底座 台座",
    "lid": "lid cover couvercle deckel tapa coperchio deksel 盖 蓋 蓋子",
    "mouth": "mouth rim lip embouchure ouverture mündung rand boca borde orlo bocca imboccatura "
    "mondrand 口",
    "foot": "foot pied fuss fuß pie piede voet 足 底",
    "body": "body 像 像身",
    "packing": "packed crate crated case cased transit tf fd box caisse kiste caja cassa krat 箱",
}

PLURALS: dict[str, str] = {
    "work": "objects parts pieces elements components sections photographs drawings paintings "
    "prints teile parties éléments partes piezas parti pezzi delen",
    "sheet": "supports panels sheets canvases pages leaves folios blätter tafeln feuilles panneaux "
    "hojas fogli bladen",
    "image": "images bilder",
    "plate": "plates platten",
    "frame": "frames cadres",
}
"""Several of something: what follows is the size of one of them."""

EACH = (
    "each ea every individual chaque chacun chacune je jeweils jede jeder jedes einzelblatt "
    "einzeln cada ciascuno ciascuna ognuno cadauno elk elke ieder 各 每"
)
NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "deux trois quatre cinq zwei drei vier fünf sechs dos tres cuatro cinco due tre quattro cinque "
    "twee drie vier vijf"
)

POSITIONS = (
    "left right upper lower top bottom centre center central middle hand front verso recto inner "
    "outer first third fourth gauche droite supérieur inférieur links rechts oben unten mitte "
    "linke rechte linker rechter mittlere izquierda derecha superior inferior sinistra destra "
    "inferiore superiore boven onder i ii iii iv v vi vii viii nd rd st th 左 右 上 下 中"
)

WITH = (
    "with including incl inc inclusive included avec mit inkl inklusive einschließlich einschl con "
    "incluido incluyendo compreso compresa inclusa met inclusief 含 連 连 带 帶"
)
WITHOUT = (
    "without excluding excl exclusive sans hors ohne exkl sin senza zonder exclusief 不含 无 無"
)
WITHOUT_FRAME = "unframed ungerahmt oningelijst o.r"
WITH_FRAME = "m.r"
"""In one word: *o. R.* is *ohne Rahmen*, *m. R.* *mit Rahmen*."""

VARIABLE = (
    "variable variables varies vary variabel variabele variabile variabili variierend 可变 可變 "
    "不定 可変"
)

FRESH = (
    "dimensions dimension dimenions dimensiones dimensioni dimensie size sizes measurements "
    "measurement measures measured medidas misure mis maße masse maß abmessungen abmessung größe "
    "grösse format formaat afmetingen afmeting maat tamaño formato taille unconfirmed confirmed "
    "unconf 尺寸 法量 寸法 サイズ"
)
"""Words that open a statement of size anew: what follows is the work's unless a part is named."""

NEUTRAL = (
    "the of and as is are at in on to a an or en de du des la le les un une et à au der die das "
    "und im des von am ein eine el los las y al del il lo gli e di da per het van bij op "
    "circular round max maximum maximal maximale massima máximo greatest min minimum minimal "
    "actual irregular looped loop integral approximate approximative x mal par by por only "
    "also hochformat querformat portrait landscape slightly one oval tondo 的 和 与 與 之 其 "
    "及 为 為 是 の は と が で に を 等 件 张 張 页 頁 最大 最 共"
)

ABOUT = (
    "c ca circa approx approximately about environ env ungefähr etwa zirka aproximadamente aprox "
    "ongeveer 约 約"
)

TIMES = "by par mal op bij per por"
"""What stands between two measures, beside ``x``."""

RANGE = "to bis à tot até hasta 至 ～ 〜"
"""Between numbers."""

UNITS: dict[str, str] = {
    # By pint's name.
    "millimeter": "mm millimeter millimeters millimetre millimetres millimètre millimètres "
    "milímetro milímetros millimetro millimetri ㎜ 毫米 公釐 公厘 ミリ ミリメートル",
    "centimeter": "cm cms centimeter centimeters centimetre centimetres centimètre centimètres "
    "zentimeter centímetro centímetros centimetro centimetri ㎝ 厘米 釐米 公分 センチ "
    "センチメートル",
    "decimeter": "dm decimeter dezimeter 公寸 分米",
    "meter": "m meter meters metre metres mètre mètres metro metros metri ㍍ 米 公尺 メートル",
    "inch": "in inch inches po pouce pouces zoll pulgada pulgadas pollice pollici duim 英寸 吋 "
    "インチ",
    "foot": "ft feet foot pieds pies piedi voet fuß 英尺 呎 フィート",
    "gram": "g gr gram grams gramme grammes gramm gramo gramos grammo grammi ㌘ 克 公克 グラム",
    "kilogram": "kg kgs kilo kilogram kilograms kilogramme kilogrammes kilogramm kilogramo "
    "kilogramos chilogrammi ㎏ 千克 公斤 キロ キログラム",
    "pound": "lb lbs pound pounds 磅 ポンド",
    "ounce": "oz ounce ounces 盎司",
    "second": "s sec secs second seconds seconde secondes sekunde sekunden segundos secondi sek 秒",
    "minute": "min mins minute minutes minuten minuto minutos minuti mn 分 分钟 分鐘",
    "hour": "hour hours hr hrs heure heures stunde stunden std hora horas ora ore uur 小时 小時 "
    "時間",
}

ONLY_AFTER_NUMBERS = (
    "in po s g gr sec second seconds min mn dm foot fuß voet pies feet pound minute hora ora ore "
    "米 分 克 秒 磅 小時 時間"
)
"""Units that are other words elsewhere: ``in two parts``, ``min. 12 cm``, ``Dm. 18 cm``."""

HISTORICAL = "尺 寸 丈 市尺 市寸 斤 両 两 貫 匁 elle ellen aune aunes"
"""Units whose length hangs on place and time. They are left unread."""

COMMA_IS_DECIMAL = frozenset({"fr", "de", "es", "it", "nl"})
"""Source: Unicode CLDR, decimal marks of the languages; English, Chinese and Japanese use a dot."""
