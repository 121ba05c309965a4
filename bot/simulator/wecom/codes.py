"""WeCom's error codes as this simulator gives them, and the refusal that carries one.

Meanings follow the platform's global list. Where that list is silent on which of the 420xx codes a
broken card part earns, the choice made here is written beside the code.
https://developer.work.weixin.qq.com/document/path/90313
"""

from __future__ import annotations

from bot.errors import BotError

BUSY = -1
#: A data version conflict; on the robot's connection a second frame under a req_id that is still busy.
CONCURRENT = 6000
BAD_SECRET = 40001
BAD_MEDIA_TYPE = 40004
BAD_FILE_SIZE = 40006
BAD_MEDIA_ID = 40007
BAD_MSGTYPE = 40008
BAD_IMAGE_SIZE = 40009
BAD_CORP_ID = 40013
BAD_TOKEN = 40014
MENU_BUTTON_COUNT = 40016
MENU_BUTTON_TYPE = 40017
MENU_NAME_LENGTH = 40018
MENU_KEY_LENGTH = 40019
MENU_URL_LENGTH = 40020
USER_LIST_TOO_LONG = 40032
BAD_PARAMETER = 40058
BAD_AGENT_ID = 40056
EMPTY_PARAMETER = 40063
BAD_URL = 40066
BAD_CUSTOMER_ID = 40096
MISSING_TOKEN = 41001
MISSING_CORP_ID = 41002
MISSING_SECRET = 41004
MISSING_MEDIA = 41005
MISSING_AGENT_ID = 41011
MISSING_TITLE = 41016
WELCOME_CODE = 41050
CHAT_STARTED = 41051
NOBODY_TO_SEND = 41048
DISPATCHING = 41063
WELCOME_SENDING = 41096
TOKEN_EXPIRED = 42001
CARD_TASK_ID = 42014
CARD_APP = 42015
CARD_UNKNOWN = 42016
CARD_KEYNAME = 42027
CARD_URL = 42028
CARD_MEDIA_ID = 42029
CARD_MINI_PROGRAM = 42030
CARD_TYPE = 42031
CARD_TITLE = 42033
CARD_HORIZONTAL_LENGTH = 42035
CARD_VERTICAL_LENGTH = 42036
CARD_QUESTION_KEY = 42037
CARD_BUTTON_TEXT = 42038
CARD_BUTTON_KEY = 42039
CARD_OPTION_LENGTH = 42040
CARD_OPTION_ID = 42041
CARD_JUMP_LENGTH = 42042
CARD_OPTION_TEXT = 42043
CARD_IMAGE = 42044
CARD_ACTION = 42045
CARD_SUBMIT_KEY = 42046
CARD_SELECT_LENGTH = 42047
#: Not in any copy of the list that names a part; used here for the length of button_list.
CARD_BUTTON_LENGTH = 42048
CARD_SUBMIT_TEXT = 42049
CARD_USER_ID = 42050
CARD_DUPLICATE_KEY = 42051
REQUIRE_GET = 43001
REQUIRE_POST = 43002
NEEDS_CALLBACK_URL = 43012
EMPTY_TEXT = 44004
MEDIA_TOO_LARGE = 45001
TEXT_TOO_LONG = 45002
ARTICLE_COUNT = 45008
FREQUENCY = 45009
NO_MENU = 46003
NO_PERMISSION = 48002
NO_DEPARTMENT = 60003
OUT_OF_SCOPE = 60011
IP_NOT_TRUSTED = 60020
NO_USER = 60111
NOBODY_VALID = 81013
NO_RECEIVER = 82001
PARTY_LIST_TOO_LONG = 82002
TAG_LIST_TOO_LONG = 82003
NO_RELATION = 84061
NO_CONTACT_PERMISSION = 84074
CHAT_ID_FORM = 86001
WEBHOOK_UNKNOWN = 93000
CHAT_ID_UNKNOWN = 86003
CHAT_NAME = 86004
CHAT_OWNER = 86005
CHAT_SIZE = 86006
CHAT_MEMBER = 86007
CHAT_FOREIGN = 86008
BAD_ROBOT_CHAT = 93006
BAD_BOT_ID = 93019
APP_NOT_ALLOWED = 301002
KF_ACCOUNT = 95000
KF_MANY = 95001
KF_LATE = 95002
#: The list names neither of these four; they are told apart by their words.
KF_TOKEN = 95007
KF_CODE = 95010
KF_MSGID = 95013
KF_TRANSFER = 95016
KF_SESSION = 95018
BAD_REQ_ID = 846605
STREAM_EXPIRED = 846608
NOT_SUBSCRIBED = 846609

TEXTS = {
    BUSY: "system error",
    CONCURRENT: "data version conflict",
    BAD_SECRET: "invalid credential",
    BAD_MEDIA_TYPE: "invalid media type",
    BAD_FILE_SIZE: "invalid file size",
    BAD_MEDIA_ID: "invalid media_id",
    BAD_MSGTYPE: "invalid message type",
    BAD_IMAGE_SIZE: "invalid image size",
    BAD_CORP_ID: "invalid corpid",
    BAD_TOKEN: "invalid access_token",
    MENU_BUTTON_COUNT: "invalid button size",
    MENU_BUTTON_TYPE: "invalid button type",
    MENU_NAME_LENGTH: "invalid button name size",
    MENU_KEY_LENGTH: "invalid button key size",
    MENU_URL_LENGTH: "invalid button url size",
    USER_LIST_TOO_LONG: "invalid user list size",
    BAD_PARAMETER: "invalid Request Parameter",
    BAD_AGENT_ID: "invalid agentid",
    EMPTY_PARAMETER: "some parameters are empty",
    BAD_URL: "invalid url",
    BAD_CUSTOMER_ID: "invalid external userid",
    MISSING_TOKEN: "access_token missing",
    MISSING_CORP_ID: "corpid missing",
    MISSING_SECRET: "secret missing",
    MISSING_MEDIA: "media data missing",
    MISSING_AGENT_ID: "missing agentid",
    MISSING_TITLE: "missing title",
    WELCOME_CODE: "invalid welcome code",
    CHAT_STARTED: "externaluser has started chatting",
    NOBODY_TO_SEND: "no customer to send",
    DISPATCHING: "group message is being dispatched",
    KF_ACCOUNT: "invalid open_kfid",
    KF_MANY: "send msg count limit",
    KF_LATE: "send msg session expired",
    KF_TOKEN: "invalid sync token",
    KF_CODE: "invalid welcome code",
    KF_MSGID: "msgid exists",
    KF_TRANSFER: "session state transfer not allowed",
    KF_SESSION: "send msg session status invalid",
    WELCOME_SENDING: "welcome msg is being distributed",
    TOKEN_EXPIRED: "access_token expired",
    CARD_TASK_ID: "invalid task_id",
    CARD_APP: "task_id does not belong to this agent",
    CARD_UNKNOWN: "task_id or response_code not found",
    CARD_KEYNAME: "template_card horizontal_content_list keyname",
    CARD_URL: "template_card url",
    CARD_MEDIA_ID: "template_card media_id",
    CARD_MINI_PROGRAM: "template_card appid or pagepath",
    CARD_TYPE: "template_card card_type",
    CARD_TITLE: "template_card title",
    CARD_HORIZONTAL_LENGTH: "template_card horizontal_content_list length",
    CARD_VERTICAL_LENGTH: "template_card vertical_content_list length",
    CARD_QUESTION_KEY: "template_card question_key",
    CARD_BUTTON_TEXT: "template_card button text",
    CARD_BUTTON_KEY: "template_card button key",
    CARD_OPTION_LENGTH: "template_card option_list length",
    CARD_OPTION_ID: "template_card option id",
    CARD_JUMP_LENGTH: "template_card jump_list length",
    CARD_OPTION_TEXT: "template_card option text",
    CARD_IMAGE: "template_card image",
    CARD_ACTION: "template_card card_action",
    CARD_SUBMIT_KEY: "template_card submit_button key",
    CARD_SELECT_LENGTH: "template_card select_list length",
    CARD_BUTTON_LENGTH: "template_card button_list length",
    CARD_SUBMIT_TEXT: "template_card submit_button text",
    CARD_USER_ID: "template_card userid",
    CARD_DUPLICATE_KEY: "template_card duplicate key",
    REQUIRE_GET: "require GET method",
    REQUIRE_POST: "require POST method",
    NEEDS_CALLBACK_URL: "app need to config callback url",
    EMPTY_TEXT: "empty content",
    MEDIA_TOO_LARGE: "media size out of limit",
    TEXT_TOO_LONG: "content size out of limit",
    ARTICLE_COUNT: "article count out of limit",
    FREQUENCY: "api freq out of limit",
    NO_MENU: "no exist menu data",
    NO_PERMISSION: "api forbidden",
    NO_DEPARTMENT: "department not found",
    OUT_OF_SCOPE: "no privilege to access/modify contact/party/agent",
    IP_NOT_TRUSTED: "not allow to access from your ip",
    NO_USER: "userid not found",
    NOBODY_VALID: "user & party & tag all invalid",
    NO_RECEIVER: "touser & toparty & totag all empty",
    PARTY_LIST_TOO_LONG: "invalid party list size",
    TAG_LIST_TOO_LONG: "invalid tag list size",
    NO_RELATION: "not external contact",
    NO_CONTACT_PERMISSION: "no external contact permission",
    CHAT_ID_FORM: "invalid chatid",
    WEBHOOK_UNKNOWN: "invalid webhook url",
    CHAT_ID_UNKNOWN: "chatid not found",
    CHAT_NAME: "invalid chat name",
    CHAT_OWNER: "invalid chat owner",
    CHAT_SIZE: "invalid chat member size",
    CHAT_MEMBER: "invalid chat member",
    CHAT_FOREIGN: "chat not created by this agent",
    BAD_ROBOT_CHAT: "invalid chatid",
    BAD_BOT_ID: "invalid bot_id",
    APP_NOT_ALLOWED: "no privilege to access this agent",
    BAD_REQ_ID: "invalid req_id",
    STREAM_EXPIRED: "stream message expired",
    NOT_SUBSCRIBED: "aibot websocket not subscribed",
}


class RefusedError(BotError):
    """The simulated API says no; the door turns it into errcode and errmsg."""

    def __init__(self, code: int, what: str = "") -> None:
        super().__init__(f"{code} {TEXTS[code]} {what}".rstrip())
        self.code = code
        self.what = what
