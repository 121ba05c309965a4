"""What is said of a text that Liquid cannot read, in place of the library's English."""

from __future__ import annotations

import re

#: Its own words, and ours; `{0}` is what stands in the brackets of the pattern. The first that fits counts.
_SAID = (
    (r"expected tag (\w+)", "少了 {{% {0} %}}"),
    (r"expected '\}\}'", "“{{{{”后面少了“}}}}”"),
    (r"expected '%\}'", "“{{%”后面少了“%}}”"),
    (r"unexpected tag '(end\w+|else|elsif|when)'", "多了 {{% {0} %}}，前面没有和它成对的"),
    (r"unexpected tag 'end of expression'", "少了 {{% endcase %}}"),
    (r"unexpected tag '(.+)'", "不能用 {{% {0} %}}，可以用 if、unless、case、for、assign、comment"),
    (r"missing expression", "{{% %}} 里少了条件，例如 {{% if lead.name %}}"),
    (r"expected a primitive expression", "这里少了字段，例如 {{{{ lead.name }}}}"),
    (r"expected in,", "{{% for %}} 要写成 {{% for 一个 in 全部 %}}"),
    (r"found '='", "比较要写两个等号：=="),
    (r"unexpected '([^\x00-\x7f])'", "“{0}”要换成英文标点"),
    (r"unexpected '(.)'|unexpected \"(.)\"|found '([^']+)'", "“{0}”写在这里不对"),
    (r"nesting limit", "一层套一层，太深了"),
)
_OTHERWISE = "括号、引号或标点不对"


def said(problem: str) -> str:
    """The library's complaint, for whoever wrote the text."""
    for pattern, ours in _SAID:
        if found := re.search(pattern, problem):
            return ours.format(next((one for one in found.groups() if one), ""))
    return _OTHERWISE
