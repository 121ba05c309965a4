"""SendSms of both providers at one address, told apart by their headers; each proves the signature itself.

https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
https://cloud.tencent.com/document/api/382/55981
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import quote

from aiohttp import web

from bot.simulator.common.acting import reply
from bot.simulator.common.shapes import Json
from bot.simulator.sms.phones import Phones

_MAINLAND = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_CREDENTIAL = re.compile(r"Credential=([^/,]+)")
_SIGNED = re.compile(r"SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})")


class SmsApi:
    """Answers as the provider does."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    async def send(self, request: web.Request) -> web.StreamResponse:
        """`POST /`."""
        body = await request.read()
        if self._phones.fault == "busy":
            return self._no(
                request, "isv.BUSINESS_LIMIT_CONTROL", "LimitExceeded.PhoneNumberThirtySecondLimit"
            )
        if "x-acs-action" in request.headers:
            answer = self._aliyun(request, body)
        elif request.headers.get("x-tc-action") == "SendSms":
            answer = self._tencent(request, body)
        elif request.headers.get("x-tc-action") == "DescribeSmsTemplateList":
            return self._listed(request, body)
        else:
            raise web.HTTPNotFound
        if self._phones.fault == "lost" and request.transport is not None:
            request.transport.abort()
        return answer

    def _no(self, request: web.Request, aliyun: str, tencent: str) -> web.Response:
        if "x-acs-action" in request.headers:
            return reply({"Code": aliyun, "Message": aliyun, "RequestId": "demo"})
        return reply({"Response": {"Error": {"Code": tencent, "Message": tencent}, "RequestId": "demo"}})

    def _aliyun(self, request: web.Request, body: bytes) -> web.Response:
        query = dict(request.query)
        if not _proved_aliyun(self._phones, request, query, body):
            return reply({"Code": "SignatureDoesNotMatch", "Message": "…"}, 400)
        code, params, phone = (
            query.get("TemplateCode", ""),
            query.get("TemplateParam", "{}"),
            query.get("PhoneNumbers", ""),
        )
        if (action := request.headers.get("x-acs-action")) != "SendSms":
            return self._asked(str(action), query)
        wrong = self._wrong_aliyun(query, code, phone)
        if wrong:
            return reply({"Code": wrong, "Message": wrong, "RequestId": "demo"})
        text = self._phones.written(code, json.loads(params))
        if text is None:
            return reply({"Code": "isv.TEMPLATE_MISSING_PARAMETERS", "Message": "…", "RequestId": "demo"})
        sms = self._phones.put(phone, text, out_id=query.get("OutId", ""))
        return reply({"Code": "OK", "Message": "OK", "BizId": sms.provider_id, "RequestId": f"demo-{sms.id}"})

    def _asked(self, action: str, query: Mapping[str, str]) -> web.Response:
        """What 阿里云 says of a signature or a template."""
        console = self._phones.console
        if action == "GetSmsSign":
            if query.get("SignName") != console.sign:
                return reply({"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": "…", "RequestId": "demo"})
            return reply({"Code": "OK", "SignName": console.sign, "SignStatus": 1, "RequestId": "demo"})
        if action == "GetSmsTemplate":
            code = query.get("TemplateCode", "")
            if code not in console.templates:
                return reply({"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "…", "RequestId": "demo"})
            return reply({"Code": "OK", "TemplateCode": code, "TemplateStatus": "1", "RequestId": "demo"})
        raise web.HTTPNotFound

    def _listed(self, request: web.Request, body: bytes) -> web.Response:
        """What 腾讯云 says of templates."""
        if not _proved_tencent(self._phones, request, body):
            return self._no(request, "", "AuthFailure.SignatureFailure")
        asked = {str(one) for one in json.loads(body).get("TemplateIdSet", [])}
        rows = [
            {"TemplateId": int(code), "StatusCode": 0, "TemplateName": code}
            for code in self._phones.console.templates
            if code.isdigit() and (not asked or code in asked)
        ]
        return reply({"Response": {"DescribeTemplateStatusSet": rows, "RequestId": "demo"}})

    def _wrong_aliyun(self, query: Mapping[str, str], code: str, phone: str) -> str:
        if self._phones.fault == "refused" or not _MAINLAND.fullmatch(phone):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        if query.get("SignName") != self._phones.console.sign:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        return "" if code in self._phones.console.templates else "isv.SMS_TEMPLATE_ILLEGAL"

    def _tencent(self, request: web.Request, body: bytes) -> web.Response:
        if not _proved_tencent(self._phones, request, body):
            return self._no(request, "", "AuthFailure.SignatureFailure")
        asked: Json = json.loads(body)
        phone = str(asked["PhoneNumberSet"][0])
        code, params = str(asked["TemplateId"]), [str(one) for one in asked.get("TemplateParamSet", [])]
        wrong = self._wrong_tencent(asked, code, phone)
        if not wrong:
            text = self._phones.written(code, {str(at): one for at, one in enumerate(params, 1)})
            wrong = "" if text else "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        if wrong or text is None:
            return _tencent_answer(
                {"PhoneNumber": phone, "Code": wrong, "Message": wrong, "SerialNo": "", "Fee": 0}
            )
        sms = self._phones.put(phone, text, out_id=str(asked.get("SessionContext", "")))
        one = {
            "SerialNo": sms.provider_id, "PhoneNumber": phone, "Fee": sms.pieces, "Code": "Ok",
            "SessionContext": sms.out_id, "Message": "send success", "IsoCode": "CN",
        }  # fmt: skip
        return _tencent_answer(one)

    def _wrong_tencent(self, asked: Json, code: str, phone: str) -> str:
        console = self._phones.console
        if self._phones.fault == "refused" or not _MAINLAND.fullmatch(phone):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        if asked.get("SignName") != console.sign or asked.get("SmsSdkAppId") != console.app_id:
            return "FailedOperation.SignatureIncorrectOrUnapproved"
        return "" if code in console.templates else "FailedOperation.TemplateIncorrectOrUnapproved"


def _tencent_answer(one: Json) -> web.Response:
    return reply({"Response": {"SendStatusSet": [one], "RequestId": "demo"}})


def _proved_aliyun(phones: Phones, request: web.Request, query: Mapping[str, str], body: bytes) -> bool:
    """ACS3-HMAC-SHA256, and a nonce that is new."""
    told = _SIGNED.search(request.headers.get("Authorization", ""))
    nonce = request.headers.get("x-acs-signature-nonce", "")
    if told is None or not nonce or nonce in phones.nonces or not _names_us(phones, request):
        return False
    phones.nonces.add(nonce)
    names = told[1].split(";")
    lines = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)
    spelled = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(query.items()))
    canonical = f"{request.method}\n/\n{spelled}\n{lines}\n{told[1]}\n{_sha(body)}"
    expected = hmac.new(
        phones.console.key_secret.encode(), f"ACS3-HMAC-SHA256\n{_sha(canonical.encode())}".encode(), "sha256"
    ).hexdigest()
    return hmac.compare_digest(expected, told[2])


def _proved_tencent(phones: Phones, request: web.Request, body: bytes) -> bool:
    """TC3-HMAC-SHA256."""
    told = _SIGNED.search(request.headers.get("Authorization", ""))
    stamp = request.headers.get("X-TC-Timestamp", "")
    if told is None or not stamp.isdigit() or not _names_us(phones, request):
        return False
    date = datetime.fromtimestamp(int(stamp), timezone.utc).date().isoformat()
    lines = "".join(
        f"{name}:{request.headers.get(name, '').strip().lower()}\n" for name in told[1].split(";")
    )
    canonical = f"POST\n/\n\n{lines}\n{told[1]}\n{_sha(body)}"
    key = b"TC3" + phones.console.key_secret.encode()
    for part in (date, "sms", "tc3_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{date}/sms/tc3_request\n{_sha(canonical.encode())}"
    return hmac.compare_digest(hmac.new(key, to_sign.encode(), "sha256").hexdigest(), told[2])


def _names_us(phones: Phones, request: web.Request) -> bool:
    named = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    return named is not None and bool(phones.console.key_id) and named[1] == phones.console.key_id


def _sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
