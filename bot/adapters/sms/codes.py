"""What the providers' codes mean: later, never, or ours to mend.

阿里云: https://help.aliyun.com/zh/sms/developer-reference/api-error-codes (isv.*, isp.*)
腾讯云: https://cloud.tencent.com/document/product/382/59177
"""

from __future__ import annotations

from datetime import timedelta

from bot.errors import AnswerLostError, PlatformBusyError, PlatformError, PlatformRejectedError

PLATFORM = "sms"
_SOON, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=12)
#: Somebody has to act in the provider's console; messages wait meanwhile until they are too late.
_MEND = timedelta(minutes=30)

_LATER = {
    "isv.BUSINESS_LIMIT_CONTROL": _HOUR,
    "isv.DAY_LIMIT_CONTROL": _DAY,
    "isv.MONTH_LIMIT_CONTROL": _DAY,
    "isp.SYSTEM_ERROR": _SOON,
    "ServiceUnavailable": _SOON,
    "LimitExceeded.PhoneNumberThirtySecondLimit": _SOON,
    "LimitExceeded.DeliveryFrequencyLimit": _SOON,
    "LimitExceeded.PhoneNumberOneHourLimit": _HOUR,
    "LimitExceeded.PhoneNumberDailyLimit": _DAY,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": _DAY,
    "LimitExceeded.AppDailyLimit": _DAY,
    "LimitExceeded.AppCountryOrRegionDailyLimit": _DAY,
    "FailedOperation.MarketingSendTimeConstraint": _HOUR,
    "RequestLimitExceeded": _SOON,
}
_OURS_TO_MEND = (
    *("isv.SMS_SIGN", "isv.SIGN_", "isv.SMS_TEMPLATE_ILLEGAL", "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH"),
    *("isv.PRODUCT_UN", "isv.ACCOUNT_", "isv.DENY_IP_RANGE", "isp.RAM_PERMISSION_DENY", "isv.EXTEND_CODE"),
    *("InvalidAccessKey", "SignatureDoesNotMatch", "SignatureNonceUsed", "Forbidden", "NoPermission"),
    *("AuthFailure", "UnauthorizedOperation", "FailedOperation.InsufficientBalance"),
    *("FailedOperation.SignatureIncorrectOrUnapproved", "FailedOperation.TemplateIncorrectOrUnapproved"),
    *("FailedOperation.NotEnterpriseCertification", "FailedOperation.ForbidAddMarketingTemplates"),
)
#: The number is nobody's, or its owner is on a list of the provider's or a carrier's.
BLACKLISTED = frozenset({"FailedOperation.PhoneNumberInBlacklist"})


def meaning(code: str, *, status: int = 200) -> PlatformError:
    """What a code that is no success means."""
    if code in _LATER:
        return PlatformBusyError(PLATFORM, _LATER[code], code)
    if code.startswith("Throttling"):
        return PlatformBusyError(PLATFORM, _SOON, code)
    if code.startswith(_OURS_TO_MEND):
        return PlatformBusyError(PLATFORM, _MEND, code)
    if code.startswith("InternalError") or (status >= 500 and not code.startswith(("isv.", "isp."))):  # noqa: PLR2004 - the server's own fault
        # It broke while it had our request: it may have gone out.
        return AnswerLostError(PLATFORM, code[:60])
    return PlatformRejectedError(PLATFORM, code[:80], "the provider refuses it")
