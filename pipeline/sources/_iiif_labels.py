"""What the headings of IIIF metadata mean, in the languages that museums write them in.

IIIF fixes no names for what a manifest tells of an object: a pair of heading and value is only to
be shown. So a heading is looked up here, and one that is not found has no place; the pair is kept
and shown all the same. Headings that say two things (``Format``, which may be a size or a media
type) or too much (``Attributed to``, which is no maker) are left out on purpose.

Source: the headings are common nouns of catalogues, gathered from the vocabularies of Spectrum
5.1 (units of information), LIDO 1.1 (terminology) and the Dublin Core elements, and their usual
translations.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Place = Literal[
    "creator",
    "date",
    "medium",
    "dimensions",
    "extent",
    "object_name",
    "classification",
    "number",
    "shelfmark",
    "credit",
    "rights",
    "record_rights",
    "holder",
    "description",
    "sensitivity",
    "notice",
]

_HEADINGS: dict[Place, str] = {
    "creator": """
        creator; creators; artist; artists; maker; makers; author; authors; artist/maker; made by;
        painter; photographer; sculptor; creator/artist; principal artist;
        créateur; créatrice; artiste; artistes; auteur; auteurs; photographe;
        künstler; künstlerin; künstler/in; künstler*in; urheber; hersteller; verfasser; fotograf;
        creador; autor; autora; artista; artistas; fotógrafo; autore; creatore; creatrice;
        vervaardiger; kunstenaar; criador;
        作者; 创作者; 創作者; 艺术家; 藝術家; 著者; 制作者; 作家; 絵師""",
    "date": """
        date; dated; date created; creation date; date made; date of creation; production date;
        date of production; date of work; created;
        datation; date de création; date de production; date d'exécution;
        datierung; datum; entstehungsdatum; entstehungszeit; herstellungsdatum;
        fecha; datación; fecha de creación; fecha de producción; data; datazione; data di creazione;
        datering; vervaardigingsdatum; datação; data de criação;
        日期; 年代; 创作日期; 創作日期; 创作年代; 創作年代; 时代; 時代; 制作年; 制作年代; 作成日;
        制作年月日""",
    "medium": """
        medium; materials; material; materials and techniques; material and technique; technique;
        materials and technique;
        techniques; medium and support; physical medium; medium/technique; materials/techniques;
        matériau; matériaux; matériaux et techniques; matière; matières; matière et technique;
        materialien; technik; material/technik; material und technik; werkstoff; materialangabe;
        materiales; técnica; técnicas; técnica y materiales; materiales y técnicas; materia;
        materiale; materiali; tecnica; materia e tecnica; tecnica e materiali;
        materiaal; techniek; materiaal en techniek; materiais;
        材质; 材質; 质地; 質地; 材料; 技法; 媒材; 素材; 材質・技法; 品質形状; 材質技法""",
    "dimensions": """
        dimensions; dimension; size; measurements; physical dimensions; object dimensions;
        taille; mesures; maße; masse; abmessungen; abmessung; größe; dimensionen; objektmaße;
        dimensiones; medidas; tamaño; dimensioni; misure; afmetingen; afmeting; maten; dimensões;
        尺寸; 规格; 規格; 大小; 寸法; サイズ; 法量; 大きさ""",
    "extent": """
        extent; physical description; physical extent; umfang; description matérielle;
        description physique; descripción física; descrizione fisica; fysieke beschrijving;
        物理描述; 形态; 形態; 数量・形態""",
    "object_name": """
        object type; type of object; object name; work type; type of work; object; type;
        type d'objet; dénomination; désignation; type d'œuvre;
        objektart; objekttyp; objektbezeichnung; sachbegriff; objektname;
        tipo de objeto; tipo; denominación; tipo di oggetto; tipologia; oggetto; definizione;
        objecttype; objectnaam; soort object; 类型; 類型; 器物类型; 器物類型; 種別;
        資料種別""",
    "classification": """
        classification; category; genre; object category; classifications; catégorie; domaine;
        klassifikation; gattung; kategorie; sachgruppe; clasificación; categoría; género;
        classificazione; categoria; genere; classificatie; categorie; classificação;
        分类; 分類; 类别; 類別; ジャンル; カテゴリ""",
    "number": """
        accession number; accession no; accession; accession id; inventory number; inventory no;
        inventory; object number; museum number; registration number; inv. no; catalogue number;
        numéro d'inventaire; n° d'inventaire; no d'inventaire; inventaire;
        inventarnummer; inventar-nr; inv.-nr; inv. nr; objektnummer; inventarnr;
        número de inventario; número de registro; numero di inventario; numero d'inventario;
        inventario; inventarisnummer; objectnummer; número de inventário;
        馆藏编号; 館藏編號; 登录号; 登錄號; 文物编号; 文物編號; 藏品编号; 藏品編號; 典藏編號;
        收蔵番号; 収蔵番号; 所蔵番号; 登録番号; 管理番号; 列品番号; 機関管理番号; 資料番号""",
    "shelfmark": """
        shelfmark; shelf mark; call number; reference number; identifier; identifiant; bezeichner;
        identificador; identificatore; cote; signatur; signatura; segnatura; collocazione;
        索书号; 索書號; 請求記号""",
    "credit": """
        credit line; creditline; credit; acknowledgement; acknowledgements; crédit; crédits;
        mention de crédit; ligne de crédit; mention obligatoire; línea de crédito; crédito;
        linea di credito; crediti; kredietlijn; linha de crédito; 鸣谢; 鳴謝; クレジットライン;
        クレジット""",
    "rights": """
        rights; rights statement; license; licence; copyright; usage rights; terms of use;
        conditions of use; rights status; image rights; copyright status; rights and reproduction;
        image license; image licence; usage terms; use and reproduction;
        droits; conditions d'utilisation; droits d'auteur; droits d'utilisation;
        rechte; lizenz; nutzungsrechte; nutzungsbedingungen; rechtestatus; urheberrecht;
        derechos; licencia; derechos de autor; condiciones de uso; derechos de uso;
        diritti; licenza; diritti d'uso; condizioni d'uso; diritti d'autore;
        rechten; licentie; auteursrecht; gebruiksvoorwaarden; direitos; licença; direitos autorais;
        权利; 權利; 版权; 版權; 授权; 授權; 使用条件; 使用條件; 权利声明; 權利聲明; ライセンス;
        著作権; 権利; 利用条件; 二次利用条件""",
    "record_rights": """
        metadata rights; metadata license; metadata licence; record rights; data license;
        data licence; rechte an den metadaten; metadatenlizenz; licence des métadonnées;
        licencia de los metadatos; licenza dei metadati; メタデータの権利; 元数据许可""",
    "holder": """
        repository; holding institution; owning institution; institution; rights holder;
        copyright holder; museum; établissement; détenteur des droits; conservé par; musée;
        rechteinhaber; besitzende institution; eigentümer; bestandshaltende institution;
        institución; titular de los derechos; museo; istituzione; titolare dei diritti; ente;
        instelling; collectiehouder; rechthebbende; instituição;
        收藏单位; 收藏單位; 典藏單位; 典藏单位; 馆藏单位; 館藏單位; 收藏机构; 收藏機構; 所蔵者;
        所蔵館; 所蔵; 所蔵機関; 所有者""",
    "description": """
        description; summary; abstract; beschreibung; descripción; descrizione; beschrijving;
        descrição; résumé; 描述; 说明; 說明; 简介; 簡介; 解説; 説明; 概要""",
    "sensitivity": """
        sensitivity; cultural sensitivity; content warning; content advisory; sensitive content;
        cultural warning; cultural protocol; access protocol; avertissement; inhaltswarnung;
        advertencia de contenido; avvertenza; 内容警告; 文化敏感性""",
    "notice": """
        local contexts; local contexts notice; local contexts label; local contexts labels;
        tk label; tk labels; bc label; bc labels; traditional knowledge label;
        traditional knowledge labels; biocultural label; biocultural labels; tk notice; bc notice;
        traditional knowledge notice; attribution incomplete""",
}

_ASIDE = re.compile(r"[(\[（［][^()\[\]（）［］]*[)\]）］]")
_AROUND_SLASH = re.compile(r"\s*/\s*")


@lru_cache(4096)
def place_of(heading: str) -> Place | None:
    """Return what a heading of metadata means, or ``None``.

    >>> place_of("Artist(s):")
    'creator'
    """
    return _PLACES.get(_plain(heading))


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading[:200]).casefold().replace("’", "'")
    text = _AROUND_SLASH.sub("/", _ASIDE.sub("", text))
    return " ".join(text.split()).strip(" :.;,·")


_PLACES: dict[str, Place] = {
    _plain(word): place for place, words in _HEADINGS.items() for word in words.split(";")
}
