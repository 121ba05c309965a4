"""The box opens what DingTalk sealed, signs as it signs, and takes nothing else."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from random import Random

import pytest

from bot.errors import BadDeliveryError
from bot.kit.dingtalk_box import DingTalkBox, decoded_key, is_signed, sign_card, sign_robot, sign_webhook

VECTORS = json.loads((Path(__file__).parents[1] / "data/vectors/dingtalk.json").read_text())
SEALED = VECTORS["event_crypto_public"] + VECTORS["event_crypto_derived"]
DECRYPT_ONLY = VECTORS["event_crypto_decrypt_only_public"]
TOKEN, KEY, OWNER = "mryue", "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7", "ding6ccabc44d2c8d38b"
RANDOM = bytes(range(16))


@pytest.fixture
def box() -> DingTalkBox:
    return DingTalkBox(TOKEN, KEY, OWNER)


@pytest.mark.parametrize("vector", SEALED, ids=lambda v: v["id"])
def test_known_answers_open_and_seal(vector):
    """What others sealed opens to the byte, and with the same random bytes we seal it the same."""
    box = DingTalkBox(vector["token"], vector["aes_key"], vector["owner_key"])
    moment = {"timestamp": vector["timestamp"], "nonce": vector["nonce"]}

    plain = box.open(**moment, signature=vector["signature"], encrypted=vector["encrypt"])
    sealed = box.seal(vector["plaintext"].encode(), **moment, random16=vector["random_prefix"].encode())

    assert plain.decode() == vector["plaintext"]
    assert (sealed.encrypted, sealed.signature) == (vector["encrypt"], vector["signature"])


@pytest.mark.parametrize("vector", DECRYPT_ONLY, ids=lambda v: v["id"])
def test_known_answers_without_a_signature_open(vector):
    box = DingTalkBox(TOKEN, vector["aes_key"], vector["owner_key"])
    moment = {"timestamp": "1608001896814", "nonce": "WL4PK6yA"}
    signature = box.signature(*moment.values(), vector["encrypt"])

    plain = box.open(**moment, signature=signature, encrypted=vector["encrypt"])

    assert plain.decode() == vector["plaintext"]


def test_the_reply_says_success_as_documented():
    """The last name but two has a capital; the platform reads it so."""
    vector = next(v for v in SEALED if v["id"] == "derived-success-reply")
    box = DingTalkBox(vector["token"], vector["aes_key"], vector["owner_key"])

    reply = box.success(
        timestamp=vector["timestamp"], nonce=vector["nonce"], random16=vector["random_prefix"].encode()
    )

    assert reply == {
        "msg_signature": vector["signature"],
        "timeStamp": vector["timestamp"],
        "nonce": vector["nonce"],
        "encrypt": vector["encrypt"],
    }


@pytest.mark.parametrize("vector", VECTORS["robot_callback_sign"], ids=lambda v: v["id"])
def test_a_robots_signature_is_as_documented(vector):
    assert sign_robot(vector["timestamp"], vector["app_secret"]) == vector["sign"]


@pytest.mark.parametrize("vector", VECTORS["custom_webhook_sign"], ids=lambda v: v["id"])
def test_a_webhooks_signature_is_as_documented(vector):
    assert sign_webhook(vector["timestamp"], vector["secret"]) == vector["sign_urlencoded"]


@pytest.mark.parametrize("vector", VECTORS["card_http_callback_sign"], ids=lambda v: v["id"])
def test_a_cards_signature_is_as_documented(vector):
    made = sign_card(vector["header_x-ddpaas-signature-timestamp"], vector["api_secret"])

    assert made == vector["header_x-ddpaas-signature"]


@pytest.mark.parametrize("sign", [sign_robot, sign_webhook, sign_card])
def test_an_empty_secret_signs_nothing(sign):
    with pytest.raises(ValueError, match="anybody"):
        sign("1577262236757", "")


@pytest.mark.parametrize(
    ("stamp", "given"),
    [
        ("1577262236757", "x"),
        ("1577262236757", "é" * 44),
        ("1577262236757", "\udcff"),
        ("1577262236757", ""),
        ("157726223675", "good"),
        ("15772622367570", "good"),
        ("1577262236", "good"),
        ("１５７７２６２２３６７５７", "good"),
        ("", "good"),
    ],
)
def test_another_signature_or_a_moment_of_another_shape_is_refused(stamp, given):
    assert is_signed("1577262236757", "good", "good")
    assert not is_signed(stamp, given, "good")


@pytest.mark.parametrize(
    "stamp", ["", "0", "160800189681", "16080018968", "16080018968140", "1608001896814\n", "-608001896814"]
)
def test_a_moment_is_seconds_or_milliseconds(box, stamp):
    """Ten digits or thirteen, nothing between."""
    sealed = box.seal(b"{}", timestamp=stamp, nonce="n", random16=RANDOM)

    with pytest.raises(BadDeliveryError):
        box.open(timestamp=stamp, nonce="n", signature=sealed.signature, encrypted=sealed.encrypted)


def test_a_shifted_boundary_opens_at_most_the_same_second():
    """The signature joins its parts without separators: the shapes leave one cut, which says nothing new."""
    random = Random(7)
    box = DingTalkBox(TOKEN, KEY, OWNER)
    opened = 0
    for _ in range(40):
        nonce = "".join(random.choices("0123456789abcXYZ", k=8))
        sealed = box.seal(b"{}" * 9, timestamp="1608001896814", nonce=nonce, random16=random.randbytes(16))
        joined = "1608001896814" + nonce
        for cut in range(len(joined)):
            stamp, rest = joined[:cut], joined[cut:]
            if stamp == "1608001896814":
                continue
            try:
                box.open(timestamp=stamp, nonce=rest, signature=sealed.signature, encrypted=sealed.encrypted)
            except BadDeliveryError:
                continue
            opened += 1
            assert stamp == "1608001896"
    assert opened > 0


def test_a_key_may_end_in_any_spelling_of_its_spare_bits():
    alike = {decoded_key("aaabWe22zMdfpVVF6kFsZ9E4ODL1wjjykB5ifzjLzz" + last) for last in "wxyz"}

    assert len(alike) == 1


def test_somebody_elses_event_does_not_open(box):
    for token, key, owner in itertools.permutations((TOKEN, KEY, OWNER), 3):
        if (token, key, owner) == (TOKEN, KEY, OWNER) or len(key) != len(KEY):
            continue
        other = DingTalkBox(token, key, owner)
        sealed = other.seal(b"{}", timestamp="1608001896814", nonce="n", random16=RANDOM)
        with pytest.raises(BadDeliveryError):
            box.open(
                timestamp="1608001896814", nonce="n", signature=sealed.signature, encrypted=sealed.encrypted
            )
