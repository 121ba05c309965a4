"""What is said about files of records."""

from __future__ import annotations

NOT_FOR_YOU = "导入文件请找市场、经理或管理员。"
IN_PRIVATE = "文件请私聊发给我。"
NO_FILE = "没有收到文件，请再发一次。"
LOOKING = "收到{name}，我先试一遍，什么都不会写，结果马上发给你。"
ANY_FILE = "文件"
STARTED = "开始导入，批次 {batch}，完成后告诉你。"
AGAIN = "好，按{kind}再试一遍。"
CANCELLED = "好，没有导入，文件已删除。"
OVER = "这个文件已经处理过了。"
SURE = "撤销批次 {batch}（{name}，{counts}）？新建的会删除，合并过的会还原；之后有人跟进过的不动。"
UNDOING = "正在撤销批次 {batch}，完成后告诉你。"
FAILED = "{name} 没有导入：{why}"
BROKEN = "{name} 没有导入：程序出错，已记录。请联系管理员。"
TOO_LARGE = "{name} 太大，群聊和私聊里最多收 {most} MB；更大的请让管理员用命令行导入。"
NONE_YET = "还没有导入过文件。把 csv 或 Excel 文件发给我就可以。"
STATES = {
    "fetching": "正在看",
    "checked": "等确认",
    "confirmed": "排队中",
    "running": "导入中",
    "done": "已导入",
    "cancelled": "未导入",
    "failed": "失败",
    "undoing": "撤销中",
    "undone": "已撤销",
    "partly_undone": "部分撤销",
}
