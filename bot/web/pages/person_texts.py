"""Words of the page with everything that is held of one person."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "{lead_id} 的个人信息"
HINT = "网页和 JSON 各能取一次，每次都记入审计。"
AS_PAGE, AS_JSON = "看网页", "下载 JSON"
UNKNOWN = "链接无效或已过期。请管理员在聊天里发「导出 L12 的个人信息」，重新要一个"
TAKEN = "这一份已经取过了。要再取一次，请在聊天里重新要一个链接"
NOT_YOURS = "个人信息的导出只由管理员来做"
GONE = "没有这个人，或者已经删除过了"
TOO_OFTEN, BUSY = "打开得太频繁了，请过一分钟再试", "系统正忙，请稍后再试"
MADE = "导出时间 {at}；这里是我们存着的与他有关的全部内容"
#: By column; what is not here keeps its own name.
COLUMNS: Mapping[str, str] = {
    "id": "编号", "name": "姓名", "company": "公司", "title": "职位", "phone": "电话", "email": "邮箱",
    "message": "留言", "province": "省", "city": "城市", "region": "大区", "industry": "行业",
    "source": "来源", "campaign": "活动", "form": "表单", "custom": "自定义字段", "status": "状态",
    "score": "分数", "owner_id": "负责人", "created_at": "录入时间", "at": "时间", "kind": "种类",
    "text": "内容", "body": "内容", "given": "同意", "purpose": "用途", "channel": "渠道", "version": "版本",
    "reason": "原因", "by": "经手", "due_at": "到期", "state": "状态", "amount": "金额", "product": "产品",
    "event": "行为", "object": "对象", "tag": "标签", "address": "地址", "raw": "原始行", "words": "用到的词",
    "journey": "旅程", "content": "内容编号", "page": "页面", "referrer": "来自", "values": "改动前后",
}  # fmt: skip
