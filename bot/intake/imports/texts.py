"""What people are told about a file they bring in; Chinese first, each says what to do."""

from __future__ import annotations

from collections.abc import Sequence

EMPTY = "文件里没有内容"
NOT_TEXT = "看不出文件的编码，请另存为 UTF-8 编码的 csv 或 xlsx"
DAMAGED = "文件打不开，可能已损坏或有密码，请另存为 xlsx 或 csv 再试"
BOMB = "文件解压后大得不正常，没有读取"
ENTITIES = "文件里有不该出现的声明（DOCTYPE），没有读取"
BAD_PHONE = "号码不对"
DIGITS_LOST = "号码被 Excel 变成了科学计数，后几位已丢失，请把这一列设为文本后重新导出"
NO_KEY = "缺少手机号、邮箱或外部编号，至少要有一项"
NO_NAME = "缺少名称"
NO_AMOUNT = "缺少金额"
NOT_ABOVE_ZERO = "金额应大于 0"
NO_DAY = "缺少日期"
NO_CUSTOMER = "要有客户或手机号"
NO_LEAD = "要有线索或手机号"
NO_STAGE = "缺少阶段"
NO_CLOSING_DAY = "赢单、输单要有关闭日期"
CLOSED_BEFORE = "关闭日期早于创建日期"
NO_DEAL = "缺少商机"
NO_SOURCE = "缺少来源或活动"
NO_MONTH = "缺少月份"
BAD_EMAIL = "邮箱不对"
NO_TEXT = "缺少跟进内容"
NO_OWNER = "缺少负责人"
ONE_WHOSE = "负责人、小组、大区要填一项，且只填一项"
BAD_USCC = "统一社会信用代码不对"
SAME_LINE = "与文件里前面的一行相同"
KEPT_WORKED = "之后有人跟进或改动过"
KEPT_USED = "之后有别的记录用到它"
KEPT_CHANGED = "之后有人改过"
KEPT_MERGED = "之后被合并过"
ERASED = "这个人要求删除过个人信息，不能再导入；他自己再来时会重新建立"
SAME_PERSON = "与已有线索是同一人，已合并"
OWNER_STAYS = "；负责人没有改"
#: What people call what a row says.
LABELS = {
    "phone": "手机",
    "email": "邮箱",
    "amount": "金额",
    "created_on": "创建日期",
    "closed_on": "成交日期",
    "expected_close_on": "预计成交日",
    "ordered_at": "下单时间",
    "at": "时间",
    "on": "日期",
    "month": "月份",
    "team": "小组",
    "region": "大区",
}
_SHOWN = 12


def too_large(most: int) -> str:
    """More bytes than are read."""
    return f"文件超过 {most // 1024**2:,} MB，请分成几个"


def too_many_columns(row: int, most: int) -> str:
    """Wider than a table is."""
    return f"第 {row} 行超过 {most} 列，请检查分隔符或引号"


def too_many_rows(most: int) -> str:
    """Longer than is read."""
    return f"超过 {most:,} 行，请分成几个文件"


def long_cell(row: int, most: int) -> str:
    """A cell that holds too much."""
    return f"第 {row} 行有一格超过 {most:,} 个字，请检查引号"


def broken_quotes(line: int) -> str:
    """A quotation mark without its other half."""
    return f"第 {line} 行附近的引号没有成对，后面的内容全被吞进一格，请检查"


def unreadable(name: str, why: str) -> str:
    """The file cannot be opened."""
    return f"读不到文件 {name}：{why}"


def column(place: int) -> str:
    """A column without a header."""
    return f"第{place}列"


def bad_day(said: str) -> str:
    """No day."""
    return f"“{said}”不是日期，例如 2026-11-18"


def either_way(said: str) -> str:
    """Two readings."""
    return f"“{said}”分不清先月后日还是先日后月，请在对应表里写 dates: month_first 或 day_first"


def bad_amount(said: str) -> str:
    """No amount."""
    return f"“{said}”不是金额"


def bad_field(label: str, message: str) -> str:
    """Something is wrong with one field."""
    return f"{label}：{message}"


def unknown_stage(said: str, known: Sequence[str]) -> str:
    """A stage that the pipeline does not have."""
    return f"没有“{said}”这个阶段，请在对应表里写成这些之一：{'、'.join(known)}"


def unknown_owner(said: str) -> str:
    """Nobody of this id or name."""
    return f"找不到成员“{said}”"


def several_owners(said: str) -> str:
    """A name that two people have."""
    return f"有几位成员叫“{said}”，请填成员 id"


def owner_left(name: str) -> str:
    """He is no longer here."""
    return f"“{name}”已停用，请换一位负责人，或把这一格留空"


def owner_sells_nothing(name: str) -> str:
    """He has no leads of his own."""
    return f"“{name}”不带线索，请换一位负责人，或把这一格留空"


def owner_elsewhere(name: str) -> str:
    """Not one of the importer's people."""
    return f"“{name}”不在你的大区，线索不能直接给他"


def elsewhere(batch_id: str) -> str:
    """Two go on with one batch."""
    return f"批次 {batch_id} 正由另一个进程处理，或正在撤销；这里不再继续"


def unknown_lead(said: str) -> str:
    """Not a lead."""
    return f"找不到线索“{said}”"


def unknown_account(said: str) -> str:
    """Not an account."""
    return f"找不到客户“{said}”"


def unknown_deal(said: str) -> str:
    """Not a deal."""
    return f"找不到商机“{said}”"


def unknown_kind(said: str, known: Sequence[str]) -> str:
    """A kind of follow-up we do not know."""
    return f"没有“{said}”这种跟进方式，可以填：{'、'.join(known[:_SHOWN])}"


def unknown_name(label: str, said: str, known: Sequence[str]) -> str:
    """A name that the configuration does not have."""
    return f"没有“{said}”这个{label}，可以填：{'、'.join(known[:_SHOWN])}"


def conflict(foreign: Sequence[str]) -> str:
    """Keys of several leads in one row."""
    names = {"phone": "手机号", "email": "邮箱", "external_id": "外部编号"}
    return f"{SAME_PERSON}；{'、'.join(names.get(one, one) for one in foreign)}属于另一条线索，没有改"


def ahead(said: str) -> str:
    """A day that has not come."""
    return f"“{said}”还没到"
