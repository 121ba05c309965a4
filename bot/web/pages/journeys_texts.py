"""What the pages of journeys say."""

from __future__ import annotations

NOT_YOURS = "旅程由市场、主管和总监看；自己的客户会怎么走，在聊天里发「模拟 旅程 名称 L7」。"
NO_LEAD = "没有这位客户，或者不在你能看的范围里。"
NO_SEGMENT = "没有这个分群。"
#: In place of a customer's number: somebody made up.
ANYBODY = "ANY"
