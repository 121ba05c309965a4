"""改配置: what an admin is shown and told."""

from __future__ import annotations

NOT_YOURS = "只有管理员能改配置，请找管理员。"
TOO_SMALL = "至少是 {least}。"
NOBODY = "没有找到「{name}」。请写通讯录里的全名。"
SEVERAL = "有 {n} 位叫「{name}」，请写成员 id，例如：把 {id} 设为 {role}。"
NO_POOL = "没有「{name}」这个公海，可以写：{pools}。"
NO_RULE = "没有「{name}」这条规则，可以写：{rules}。"
NO_MONTH = "没看懂月份「{month}」，例如 11月、2026-12、下月。"
SAME = "{name} 现在就是 {value}，不用改。"
LOCKED_OUT = "不能去掉自己的管理员角色：去掉之后就没人能改回来了。请另一位管理员来改。"
STALE = "这张卡片出来之后，{name} 已经改成了 {value}。要改请再说一次。"
WRONG = "{name} 不能是 {value}：{why}"
A_NUMBER, ONE_OF = "要写数字，例如 8。", "可以写：{words}。"
ASKED = "已确认，正在写入 config/{file}.yaml，马上告诉你结果。"
APPLIED = (
    "✓ 已生效（配置 {number}）：{name} {before} → {after}。\n"
    "写在 config/{file}.yaml，改回来说「撤销配置 {number}」。"
)
REFUSED = "✗ 没有改（配置 {number}）：{name} {before} → {after}。\n{why}"
LEFT = "好的，没有改。"
NOTHING_TO_UNDO = "没有可以撤销的配置修改。"
UNKNOWN_CHANGE = "没有配置 {number}。说「配置」可以看最近的修改。"
ALREADY_UNDONE = "配置 {number} 已经撤销过了。"
WAS_NOT_APPLIED = "配置 {number} 没有生效过，不用撤销。"
CHANGED_SINCE = "{name} 后来又改成了 {value}，先撤销后面那次，或直接说要改成多少。"
UNEDITABLE = "文件里这个地方写得和平常不一样，程序不敢动它。请在 config/{file}.yaml 里手工修改。"
UNWRITABLE = "写不进 config/{file}.yaml：{why}。请检查文件夹权限和磁盘。"
OTHERS_CHANGED = "文件里这一项已经被人改过（现在是 {value}），没有动它。请再说一次。"

TITLE, UNDO_TITLE = "改配置", "撤销配置 {number}"
WHAT, NOW, THEN, WHERE = "项目", "现在", "改成", "文件"
SURE, LEAVE = "确认修改", "不改了"
HINT = "确认后马上生效，可以撤销。"

LIST_HEAD = "可以用一句话改的配置（现在的值）："
LIST_MORE = (
    "还可以说：\n· 把李娜设为市场 · 李娜的角色按通讯录\n· 华东 11月目标 120万\n"
    "· 停用规则 提交了表单 · 启用规则 提交了表单"
)
LIST_LAST = "最近的修改："
LINE = "· {name}：{value}"
CHANGE_LINE = "· {number}：{at:%m-%d %H:%M} {by} {name} {before} → {after}{state}"
STATES = {"waiting": "（正在写入）", "refused": "（没有生效）", "applied": ""}
