"""The gallery's own words, in English and Chinese.

Knows nothing of pages. A word is a `Localized` like every catalogue text, so that both go through
the same functions. ``{name}`` in a word is filled by whoever says it.
"""

from __future__ import annotations

from pipeline.records import Localized

_WORDS: dict[str, tuple[str, str]] = {
    "skip": ("Skip to the content", "跳到正文"),
    "gallery": ("Review gallery", "审阅图录"),
    "language": ("Language", "语言"),
    "dark": ("Dark", "深色"),
    "objects_one": ("{n} object", "{n} 件展品"),
    "objects": ("{n} objects", "{n} 件展品"),
    "all": ("All", "全部"),
    "look": ("Needs a look", "待细看"),
    "failed": ("Failed", "失败"),
    "not_made": ("Failed or refused", "失败或未获许可"),
    "refused": ("Refused", "未获许可"),
    "pending": ("Not made yet", "尚未制作"),
    "show": ("Show", "显示"),
    "search": ("Search", "检索"),
    "search_hint": ("Title, creator, number …", "题名、作者、编号……"),
    "shown": ("shown", "件符合"),
    "nothing": ("No object fits this search.", "没有符合条件的展品。"),
    "unusable": ("Entries that could not be used", "无法使用的条目"),
    "unusable_more": (
        "… and {n} more, all of them in exhibit.json",
        "……另有 {n} 条，全部列于 exhibit.json",
    ),
    "reset": ("Show all objects", "显示全部展品"),
    "size_unknown": ("Size unknown", "尺寸不详"),
    "unknown": ("Unknown", "不详"),
    "generated": ("Generated", "生成内容"),
    "fallback": ("Fallback used", "使用了备用引擎"),
    "no_picture": ("No picture", "无图像"),
    "untitled": ("Untitled", "无题"),
    "previous": ("Previous", "上一件"),
    "next": ("Next", "下一件"),
    "position": ("{n} of {total}", "第 {n} 件，共 {total} 件"),
    "pages": ("Objects before and after", "前后展品"),
    "missing": ("What is missing, and why", "缺少的部分及原因"),
    "clip": ("Clip", "短片"),
    "clip_facts": (
        "{seconds} s · {width} × {height} px · {fps} frames a second",
        "{seconds} 秒 · {width} × {height} 像素 · 每秒 {fps} 帧",
    ),
    "loops": ("loops without a seam", "首尾相接"),
    "pace_slow": ("slow", "慢速"),
    "pace_still": ("holds still and fades", "静止淡变"),
    "versions": ("Other versions of the clip", "短片的其他版本"),
    "download": ("Download", "下载"),
    "preview": ("Preview", "预览"),
    "play": ("Play", "播放"),
    "not_played": (
        "Browsers do not play this format.",
        "浏览器无法播放此格式。",
    ),
    "less_motion": (
        "This device asks for less motion, and the clip has a version that holds still and fades.",
        "本设备要求减少动态效果；此短片另有静止淡变的版本。",
    ),
    "less_motion_show": ("Go to it", "前往该版本"),
    "contact": ("Contact sheet", "样片总览"),
    "contact_alt": (
        "Contact sheet of the clip: frames in reading order with their times; beneath them depth, "
        "motion, and two edges at the moment of the greatest move",
        "短片的样片总览：按阅读顺序排列的画面与时间；其下为深度、运动，以及位移最大时的两处边缘",
    ),
    "contact_alt_text": (
        "Contact sheet of the clip: frames in reading order with their times",
        "短片的样片总览：按阅读顺序排列的画面与时间",
    ),
    "contact_help": (
        "Opens at full size, where ghosts and streaks along edges show.",
        "可展开看原大，以检查边缘的重影与拖痕。",
    ),
    "contact_help_text": ("Opens at full size.", "可展开看原大。"),
    "close": ("Close", "关闭"),
    "reel": ("The exhibit as a film", "展览影片"),
    "reel_facts": (
        "{length} min · {width} × {height} px",
        "{length} 分 · {width} × {height} 像素",
    ),
    "reel_music": ("with music", "有音乐"),
    "reel_silent": ("silent", "无声"),
    "reel_missing": ("Not in it:", "未收入："),
    "chapters": ("Chapters", "章节"),
    "model": ("3D model", "三维模型"),
    "model_opening": ("Opening the model …", "正在打开模型……"),
    "model_failed": (
        "The model does not open in this browser. The file itself is listed under Files.",
        "此浏览器无法打开模型。模型文件列于“文件”一栏。",
    ),
    "model_script": (
        "The 3D view needs scripts, which are switched off in this browser.",
        "三维视图需要脚本，而此浏览器已停用脚本。",
    ),
    "model_help": (
        "Drag or use the arrow keys to turn, scroll or use Page Up and Page Down to come closer.",
        "拖动或用方向键旋转，滚动或用上翻、下翻键缩放。",
    ),
    "model_a11y": (
        '{{"front":"View from the front","back":"View from the back",'
        '"left":"View from the left","right":"View from the right"}}',
        '{{"front":"正面","back":"背面","left":"左侧","right":"右侧","upper-front":"正上方",'
        '"upper-back":"后上方","upper-left":"左上方","upper-right":"右上方","lower-front":"正下方",'
        '"lower-back":"后下方","lower-left":"左下方","lower-right":"右下方"}}',
    ),
    "model_views": ("Views", "视角"),
    "turn": ("Turn", "自转"),
    "front": ("Front", "正面"),
    "three_quarter": ("Three-quarter", "斜侧"),
    "side": ("Side", "侧面"),
    "back": ("Back", "背面"),
    "above": ("Above", "俯视"),
    "model_metres": ("{w} × {h} × {d} m", "{w} × {h} × {d} 米"),
    "model_unscaled": ("not to scale: size unknown", "无比例：尺寸不详"),
    "model_faces": ("{faces} faces", "{faces} 个三角面"),
    "observed": (
        "{percent} % of the surface is seen in the photograph, the rest is guessed",
        "表面的 {percent} % 见于照片，其余为推测",
    ),
    "observed_all": (
        "the whole surface is seen in the photograph",
        "全部表面见于照片",
    ),
    "photograph": ("Photograph", "照片"),
    "cutout": ("Cut-out", "抠图"),
    "mask": ("Mask", "遮罩"),
    "depth": ("Depth", "深度"),
    "layers": ("Photograph, mask and depth", "照片、遮罩与深度"),
    "layer": ("Layer", "图层"),
    "wipe": ("Compare", "对照"),
    "mask_alt": ("Mask, the object is white", "遮罩，白色为展品"),
    "depth_alt": ("Depth, bright is near", "深度图，越亮越近"),
    "mask_share": (
        "The object covers {percent} % of the photograph.",
        "展品占照片的 {percent} %。",
    ),
    "depth_flat": ("Seen as one flat plane.", "视为一个平面。"),
    "about": ("About the object", "关于展品"),
    "details": ("Catalogue entry", "著录"),
    "number": ("Number", "编号"),
    "kind": ("Kind", "类别"),
    "creator": ("Creator", "作者"),
    "date": ("Date", "年代"),
    "size": ("Size", "尺寸"),
    "credit": ("Credit", "署名"),
    "holder": ("Rights holder", "权利人"),
    "rights": ("Rights", "权利"),
    "as_stated": ("stated as", "原文："),
    "derivative_licence": ("Clips and models", "短片与模型"),
    "carried_over": (
        "The licence asks that what is made keep it (share alike).",
        "许可要求衍生作品沿用同一许可（相同方式共享）。",
    ),
    "record_licence": ("This entry", "本著录"),
    "uses_allowed": ("Allowed", "允许"),
    "uses_refused": ("Not allowed", "不允许"),
    "access": ("Access", "公开范围"),
    "access_public": ("Public", "公开"),
    "access_internal": ("Inside the museum only", "仅限馆内"),
    "access_restricted": ("Restricted", "限制访问"),
    "access_secret": ("Secret", "秘密"),
    "labels": ("Labels and notices", "标签与告示"),
    "season": ("Season", "时令"),
    "contact_community": ("Whom to ask", "联系人"),
    "consent": ("Consent", "同意"),
    "consent_until": ("{document}, until {until}", "{document}，有效期至 {until}"),
    "source": ("Source", "来源"),
    "other_languages": ("In other languages", "其他语言"),
    "made": ("How it was made", "制作经过"),
    "not_generated": (
        "No generative engine had a part in this.",
        "制作中没有使用生成式引擎。",
    ),
    "shape_derived": (
        "What the photograph does not show of the model follows from its kind and its outline.",
        "模型中照片未见的部分，由展品的类别与轮廓推得。",
    ),
    "is_generated": (
        "Parts of this come from a generative engine and can show what the photograph does not.",
        "部分内容由生成式引擎制作，可能出现照片中没有的内容。",
    ),
    "engine": ("Engine", "引擎"),
    "no_engine": ("none", "无"),
    "options": ("Options", "选项"),
    "parameters": ("Parameters", "参数"),
    "weights": ("Model", "模型"),
    "revision": ("Revision", "修订"),
    "licence": ("Licence", "许可"),
    "seed": ("Seed", "随机种子"),
    "tried": ("Tried before", "此前尝试"),
    "people": ("People in the photograph", "照片中的人物"),
    "people_unchecked": (
        "not checked: nothing here can find faces",
        "未检查：本机没有人脸检测模型",
    ),
    "people_none": ("no face of a bystander was found", "未发现旁人的面部"),
    "people_blurred": (
        "{n} faces of bystanders, blurred",
        "{n} 处旁人面部，已模糊处理",
    ),
    "people_noted": ("{n} faces, left as they are: {reason}", "{n} 处面部，保持原样：{reason}"),
    "people_kept": ("not looked for: {reason}", "未检查：{reason}"),
    "people_look": ("People not checked", "人物未检查"),
    "photo_source_file": ("Source file", "原始文件"),
    "photo_source": (
        "{format}, {width} × {height} px, SHA-256 {sha}",
        "{format}，{width} × {height} 像素，SHA-256 {sha}",
    ),
    "files": ("Files", "文件"),
    "colophon": (
        "Opens from disk, needs no network. Made with Tableau Vivant.",
        "可直接从磁盘打开，无需网络。由 Tableau Vivant 制作。",
    ),
    "bundled": ("Licences of the viewer and the typeface", "查看器与字体的许可"),
    "kind_painting": ("Painting", "绘画"),
    "kind_print": ("Print", "版画"),
    "kind_photograph": ("Photograph", "摄影"),
    "kind_relief": ("Relief", "浮雕"),
    "kind_plaque": ("Plaque", "牌匾"),
    "kind_coin": ("Coin", "钱币"),
    "kind_medal": ("Medal", "奖章"),
    "kind_vessel": ("Vessel", "器皿"),
    "kind_sculpture": ("Sculpture", "雕塑"),
    "kind_textile": ("Textile", "织物"),
    "kind_scroll": ("Scroll", "卷轴"),
    "kind_scene": ("Scene", "场景"),
    "kind_other": ("Object", "器物"),
    "kind_intangible": ("Intangible heritage", "非物质文化遗产"),
    "stage_check_rights": ("Rights", "权利"),
    "stage_ingest_photo": ("Photograph", "照片"),
    "stage_blur_faces": ("People", "人物"),
    "stage_cut_mask": ("Mask", "遮罩"),
    "stage_estimate_depth": ("Depth", "深度"),
    "stage_render_clip": ("Clip", "短片"),
    "stage_typeset_clip": ("Clip", "短片"),
    "stage_build_mesh": ("3D model", "三维模型"),
    "stage_join_reel": ("Film", "影片"),
}

LANGUAGES = ("en", "zh")
"""The languages of these words."""

ENDONYMS = {
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "sv": "Svenska",
    "th": "ไทย",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "zh-hans": "简体中文",
    "zh-hant": "繁體中文",
}
"""What a language calls itself, by lower-case tag."""


def word(name: str, /, **values: object) -> Localized:
    """Return the word ``name`` in every language, with ``values`` filled in."""
    english, chinese = _WORDS[name]
    return {"en": english.format(**values), "zh": chinese.format(**values)}


def word_or_name(prefix: str, name: str) -> Localized:
    """Return the word ``prefix_name``, or the bare name of something that has no word here."""
    key = f"{prefix}_{name}"
    return word(key) if key in _WORDS else {"und": name}
