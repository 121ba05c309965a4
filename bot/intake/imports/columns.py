"""What each kind of file may hold, and by which headers people call it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from bot.crm.company import Company


class ImportKind(enum.StrEnum):
    """What a file is a list of; stored, so never rename one."""

    LEADS = "leads"
    ACCOUNTS = "accounts"
    OPPORTUNITIES = "opportunities"
    ORDERS = "orders"
    ACTIVITIES = "activities"
    COSTS = "costs"
    PAYMENTS = "payments"
    TARGETS = "targets"


KIND_LABELS: Mapping[ImportKind, str] = {
    ImportKind.LEADS: "线索",
    ImportKind.ACCOUNTS: "客户",
    ImportKind.OPPORTUNITIES: "商机",
    ImportKind.ORDERS: "订单",
    ImportKind.ACTIVITIES: "跟进记录",
    ImportKind.COSTS: "渠道花费",
    ImportKind.PAYMENTS: "回款",
    ImportKind.TARGETS: "业绩目标",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a row may say."""

    key: str
    label: str
    #: Other headers of it, in any case and with any spaces.
    names: tuple[str, ...] = ()
    #: Days of it may be written month first or day first.
    is_day: bool = False


def _column(key: str, label: str, names: str = "", *, is_day: bool = False) -> Column:
    return Column(key, label, tuple(names.replace("_", " ").split("|")) if names else (), is_day)


_NAMES_OF_LEAD: Mapping[str, str] = {
    "name": "客户姓名|联系人姓名|full_name|contact|contact_name|first_name|lead_name",
    "phone": "手机号码|联系电话|电话号码|联系方式|移动电话|mobile|tel|telephone|cell|cellphone|phone_number"
    "|mobile_phone",
    "email": "电子邮件|邮箱地址|mail|e-mail|email_address",
    "company": "企业|企业名称|客户公司|单位名称|公司全称|account|account_name|organization|organisation"
    "|company_name",
    "title": "岗位|job_title|position|role",
    "province": "省|所在省份|state",
    "city": "所在城市|城市名称|town|location",
    "industry": "所属行业|行业类型|sector",
    "source": "线索来源|来源渠道|客户来源|渠道来源|origin|lead_source|leadsource|channel",
    "campaign": "营销活动|市场活动|活动名称|campaign_name",
    "message": "备注|说明|咨询内容|需求描述|comment|comments|remark|remarks|note|notes|description",
    "external_id": "编号|线索编号|线索id|id|lead_id|prospect_id|prospectid|mql_id|uuid|external_id",
    "consent": "同意|是否同意|opt_in|optin",
}
CREATED_ON = _column(
    "created_on",
    "创建时间",
    "创建日期|提交时间|录入时间|留资时间|created|created_at|create_date|creation_date|first_contact_date|date",
    is_day=True,
)
_OWNER = _column(
    "owner", "负责人", "销售|销售人员|业务员|所有者|跟进人|sales_agent|sales_rep|sr_id|owner_id|rep|agent"
)
_AMOUNT = "总额|总金额|价格|value|total|price|close_value|deal_value|revenue|amount_cny"
_LEAD = _column("lead", "线索", "线索编号|线索id|客户编号|lead_id|mql_id|prospect_id")
_PHONE = _column("phone", "手机", "|".join(("电话|手机号", _NAMES_OF_LEAD["phone"])))
_ACCOUNT = _column(
    "account", "客户", "客户名称|公司|公司名称|企业名称|account_name|company|customer|client|seller_id"
)
_COLUMNS: Mapping[ImportKind, tuple[Column, ...]] = {
    ImportKind.ACCOUNTS: (
        _column("external_id", "外部编号", "编号|客户编号|客户id|id|account_id|customer_id"),
        _column("name", "客户名称", "名称|客户|公司|公司名称|企业名称|account|account_name|company|customer"),
        _column("uscc", "统一社会信用代码", "信用代码|税号|纳税人识别号|credit_code|tax_id"),
        _PHONE,
        _column("email", "邮箱", "|".join(("邮件", _NAMES_OF_LEAD["email"]))),
        _column("industry", "行业", _NAMES_OF_LEAD["industry"]),
        _column("city", "城市", "所在城市|office_location|location|town"),
        _OWNER,
    ),
    ImportKind.OPPORTUNITIES: (
        _column("external_id", "外部编号", "编号|商机编号|商机id|id|opportunity_id|deal_id"),
        _ACCOUNT,
        _LEAD,
        _column(
            "name", "商机名称", "名称|商机|项目|项目名称|opportunity|opportunity_name|deal|deal_name|title"
        ),
        _OWNER,
        _column("product", "产品", "产品名称|商品|product_name|item"),
        _column("stage", "阶段", "商机阶段|销售阶段|状态|deal_stage|stage_name|status"),
        _column("amount", "金额", f"商机金额|成交金额|{_AMOUNT}"),
        _column(
            "created_on",
            "创建日期",
            "创建时间|开始日期|engage_date|created|created_at|create_date",
            is_day=True,
        ),
        _column(
            "expected_close_on",
            "预计成交日",
            "预计成交日期|预计签约日期|expected_close_date|expected_close",
            is_day=True,
        ),
        _column(
            "closed_on",
            "成交日期",
            "关闭日期|赢单日期|签约日期|结束日期|close_date|closed_at|won_date|closed",
            is_day=True,
        ),
        _column("lost_reason", "输单原因", "丢单原因|失败原因|loss_reason|reason"),
    ),
    ImportKind.ORDERS: (
        _column("external_id", "外部编号", "编号|订单号|订单编号|id|order_id|order_no|order_number"),
        _ACCOUNT,
        _PHONE,
        _column("product", "产品", "产品名称|商品|商品名称|product_name|item|sku"),
        _column("amount", "金额", f"订单金额|实付金额|支付金额|spend|{_AMOUNT}"),
        _column(
            "ordered_at",
            "下单时间",
            "订单时间|下单日期|订单日期|支付时间|order_date|created_at|date|paid_at",
            is_day=True,
        ),
    ),
    ImportKind.ACTIVITIES: (
        _LEAD,
        _PHONE,
        _OWNER,
        _column("kind", "方式", "跟进方式|类型|跟进类型|type|activity|activity_type|event"),
        _column("at", "时间", "跟进时间|跟进日期|日期|date|time|created_at|activity_date", is_day=True),
        _column("text", "内容", "跟进内容|跟进记录|备注|说明|note|notes|comment|description|content|subject"),
    ),
    ImportKind.COSTS: (
        _column("source", "来源", "渠道|投放渠道|媒体|channel|media|platform"),
        _column("campaign", "活动", "营销活动|投放计划|计划名称|广告计划|campaign_name"),
        _column("on", "日期", "花费日期|投放日期|date|day", is_day=True),
        _column("amount", "金额", f"花费|费用|消耗|投放金额|cost|spend|{_AMOUNT}"),
    ),
    ImportKind.PAYMENTS: (
        _column("opportunity", "商机", "商机编号|商机id|opportunity_id|deal_id|deal|订单号"),
        _column("amount", "金额", f"回款金额|到账金额|{_AMOUNT}"),
        _column("on", "日期", "回款日期|到账日期|date|paid_on|payment_date", is_day=True),
    ),
    ImportKind.TARGETS: (
        _OWNER,
        _column("team", "小组", "团队|部门|group"),
        _column("region", "大区", "区域|地区|area"),
        _column("month", "月份", "月|目标月份|period"),
        _column("amount", "金额", f"目标|目标金额|业绩目标|quota|target|{_AMOUNT}"),
    ),
}


def columns_of(company: Company, kind: ImportKind) -> tuple[Column, ...]:
    """What a file of this kind may hold; of leads, all that the company has declared."""
    if kind is not ImportKind.LEADS:
        return _COLUMNS[kind]
    own = tuple(
        _column(one.key, one.label, "|".join((*one.aliases, *filter(None, [_NAMES_OF_LEAD.get(one.key)]))))
        for one in company.fields.fields
    )
    return (*own, CREATED_ON, _OWNER)
