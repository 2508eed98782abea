"""Invented names of persons: Chinese ones in two scripts, overseas ones in Latin script.

Family and given names are drawn apart from common ones, so that a name belongs to nobody in
particular. Some characters are there because systems stumble over them: one outside the Basic
Multilingual Plane, the middle dot of long names, accents and apostrophes.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

FAMILY = (
    "王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 黄Huang 赵Zhao 吴Wu 周Zhou 徐Xu 孙Sun 马Ma "
    "朱Zhu 胡Hu 郭Guo 何He 高Gao 林Lin 罗Luo 郑Zheng 梁Liang 谢Xie 宋Song 唐Tang 许Xu 韩Han "
    "冯Feng 邓Deng 曹Cao 彭Peng 曾Zeng 肖Xiao 田Tian 董Dong 袁Yuan 潘Pan 于Yu 蒋Jiang 蔡Cai "
    "余Yu 杜Du 叶Ye 程Cheng 苏Su 魏Wei 吕Lü 丁Ding 任Ren 沈Shen 姚Yao 卢Lu 姜Jiang 崔Cui "
    "钟Zhong 谭Tan 陆Lu 汪Wang 范Fan 金Jin 欧阳Ouyang 上官Shangguan 司徒Situ 诸葛Zhuge"
)
GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie "
    "娟juan 涛tao 明ming 超chao 霞xia 平ping 刚gang 桂gui 英ying 华hua 玉yu 兰lan 红hong "
    "文wen 辉hui 建jian 国guo 宇yu 欣xin 晨chen 雨yu 佳jia 嘉jia 思si 子zi 浩hao 轩xuan "
    "涵han 怡yi 梓zi 睿rui 博bo 琪qi 瑶yao 雪xue 婷ting 鑫xin 凯kai 航hang 志zhi 海hai "
    "江jiang 云yun 月yue 春chun 秋qiu 安an 宁ning 远yuan 青qing 松song 竹zhu 梅mei 𬭊du "
    "䶮yan 喆zhe"
)
OVERSEAS_GIVEN = (
    "Maria玛丽亚 Anna安娜 Sofía索菲亚 Emma艾玛 Olga奥尔加 Chloé克洛伊 Yuki由纪 Priya普里娅 "
    "Fatima法蒂玛 Ingrid英格丽德 James詹姆斯 Lukas卢卡斯 José何塞 Pierre皮埃尔 "
    "Dmitri德米特里 Kenji健二 Arjun阿尔琼 Omar奥马尔 Björn比约恩 Minh明 Siobhán希沃恩 "
    "Zoë佐薇 Łukasz武卡什 Nuno努诺"
)
OVERSEAS_FAMILY = (
    "García加西亚 Müller米勒 Smith史密斯 O'Brien奥布赖恩 Ivanova伊万诺娃 Dubois迪布瓦 "
    "Tanaka田中 Sharma夏尔马 Hassan哈桑 Larsen拉尔森 Nguyễn阮 Kowalski科瓦尔斯基 Rossi罗西 "
    "Silva席尔瓦 Andersson安德松 Novák诺瓦克 Papadopoulos帕帕佐普洛斯 Kim金 "
    "Van-den-Berg范登伯格 Öztürk厄兹蒂尔克"
)


class Name(NamedTuple):
    """A person's name; the parts are null where a script has none."""

    display: str
    family_zh: str | None
    given_zh: str | None
    family_latin: str
    given_latin: str


def _pairs(words: str) -> list[tuple[str, str]]:
    """`王Wang` -> (王, Wang); `Maria玛丽亚` -> (Maria, 玛丽亚)."""
    pairs = []
    for word in words.split():
        latin_first = word[0] < "\u2e80"
        cut = next(i for i, c in enumerate(word) if (c < "\u2e80") != latin_first)
        pairs.append((word[:cut], word[cut:]))
    return pairs


_FAMILY = _pairs(FAMILY)
_GIVEN = _pairs(GIVEN)
_OVERSEAS_GIVEN = _pairs(OVERSEAS_GIVEN)
_OVERSEAS_FAMILY = [(latin.replace("-", " "), zh) for latin, zh in _pairs(OVERSEAS_FAMILY)]


def chinese(random: Random) -> Name:
    """A Chinese name, shown in Chinese script."""
    family, family_latin = random.choice(_FAMILY)
    given = [random.choice(_GIVEN) for _ in range(1 if random.random() < 0.25 else 2)]
    given_zh = "".join(zh for zh, _ in given)
    given_latin = "".join(latin for _, latin in given).capitalize()
    return Name(family + given_zh, family, given_zh, family_latin, given_latin)


def overseas(random: Random) -> Name:
    """A name from abroad, shown in Latin script; every second has a Chinese rendering too."""
    given, given_zh = random.choice(_OVERSEAS_GIVEN)
    family, family_zh = random.choice(_OVERSEAS_FAMILY)
    if random.random() < 0.5:
        return Name(f"{given} {family}", None, None, family, given)
    if random.random() < 0.3:
        return Name(f"{given_zh}·{family_zh}", family_zh, given_zh, family, given)
    return Name(f"{given} {family}", family_zh, given_zh, family, given)
