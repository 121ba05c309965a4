"""Provinces of China and their cities, by the short names people write.

Prefecture-level units as of 2024, and the county-level cities that forms are full of. A name that
two provinces share (朝阳, 长安) is left out: better unknown than wrong.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

_TABLE = {
    "北京": "",
    "天津": "",
    "上海": "",
    "重庆": "",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安 三河 任丘 迁安 燕郊",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善 满洲里",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛 瓦房店 海城",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边 延吉 公主岭",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 常熟 张家港 太仓"
    " 宜兴 启东 丹阳 靖江 如皋 海门 溧阳 海安",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 诸暨 乐清 瑞安 温岭 海宁"
    " 桐乡 永康 东阳 平湖",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮 南安 福清",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 莱芜 寿光 即墨"
    " 胶州 龙口 诸城",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店"
    " 济源 新郑",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 浏阳 醴陵",
    "广东": "广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山"
    " 潮州 揭阳 云浮 顺德 普宁",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州 琼海 文昌 万宁 东方 五指山",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝"
    " 甘孜 凉山 西昌 都江堰",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 仁怀 兴义 凯里 都匀",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 杨凌",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 敦煌",
    "青海": "西宁 海东 海北 黄南 果洛 玉树 海西 格尔木",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰"
    " 石河子 库尔勒",
    "香港": "",
    "澳门": "",
    "台湾": "台北 高雄 新北 台中 台南 桃园 新竹 基隆 嘉义",
}
#: Short name of a province to its cities; a municipality is a city of itself.
PROVINCES: Mapping[str, tuple[str, ...]] = {
    province: tuple(cities.split()) or (province,) for province, cities in _TABLE.items()
}
#: Short name of a city to its province.
CITIES: Mapping[str, str] = {city: province for province, cities in PROVINCES.items() for city in cities}
_LONGEST = max(map(len, (*PROVINCES, *CITIES)))
#: What may stand between a province and a city: 江苏省苏州市, 广西壮族自治区南宁, 新疆维吾尔自治区.
_JOINTS = (
    *("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区"),
    *("省", "市", "-", " ", "/", "·", "　"),
)


def read_place(text: str) -> tuple[str | None, str | None]:
    """Province and city that a text begins with: 江苏省苏州市 is 江苏 and 苏州, 昆山 the same province.

    Either may be None. A country before it (中国) is passed over.
    """
    text = text.strip().removeprefix("中国").lstrip(" -/·　")
    province = _starts(text, PROVINCES)
    if province is None:
        city = _starts(text, CITIES)
        return (CITIES[city], city) if city else (None, None)
    rest = text[len(province) :]
    for joint in _JOINTS:
        rest = rest.removeprefix(joint)
    city = _starts(rest, frozenset(PROVINCES[province]))
    # A municipality has no cities: 北京市朝阳区 is Beijing.
    alone = province if PROVINCES[province] == (province,) else None
    # 吉林 is a province and a city in it; without more words the province is what is certain.
    return province, city or alone


def _starts(text: str, known: Container[str]) -> str | None:
    for length in range(min(len(text), _LONGEST), 1, -1):
        if text[:length] in known:
            return text[:length]
    return None
