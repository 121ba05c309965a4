from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PICTURE = b"\x89PNG" + bytes(range(256)) * 3


def opened(data, key):
    raw = base64.b64decode(key + "=" * (-len(key) % 4))
    plain = Cipher(algorithms.AES256(raw), modes.CBC(raw[:16])).decryptor().update(data)
    return plain[: -plain[-1]]


async def get(sim, url):
    async with sim.http.get(url) as response:
        return response.status, await response.read()


@pytest.mark.parametrize("kind", ["image", "file", "video"])
async def test_a_file_comes_encrypted_under_its_own_key(sim, program, people, kind):
    """Behind an address that lives five minutes."""
    people.send_file("zhangsan", kind=kind, name="a.png", content_type="image/png", data=PICTURE)
    body = (await program.heard())["body"]
    part = body[kind]
    status, data = await get(sim, part["url"])
    sim.world.pass_time(timedelta(minutes=5))

    assert (body["msgtype"], status) == (kind, 200)
    assert len(data) % 32 == 0
    assert PICTURE not in data
    assert opened(data, part["aeskey"]) == PICTURE
    assert (await get(sim, part["url"]))[0] == 404


async def test_keys_come_with_and_without_their_padding(program, people):
    """A reader must take both; no key is used twice."""
    keys = set()
    for _ in range(12):
        people.send_file("zhangsan", kind="file", name="x", content_type="text/plain", data=b"123456")
        keys.add((await program.heard())["body"]["file"]["aeskey"])

    assert len(keys) == 12
    assert {key.endswith("=") for key in keys} == {True, False}


async def test_words_and_pictures_in_one_message(sim, program, people, group):
    """In the chat of two, and in a group if the robot is mentioned."""
    people.send_mixed("zhangsan", "这是名片", [("a.png", PICTURE)])
    single = (await program.heard())["body"]
    assert people.send_mixed("lina", "看看", [("a.png", PICTURE)], chat=group.id) is None
    people.send_mixed("lina", "@客铃助手 看看", [("a.png", PICTURE)], chat=group.id)
    in_group = (await program.heard())["body"]
    items = single["mixed"]["msg_item"]

    assert items[0] == {"msgtype": "text", "text": {"content": "这是名片"}}
    assert opened((await get(sim, items[1]["image"]["url"]))[1], items[1]["image"]["aeskey"]) == PICTURE
    assert in_group["chatid"] == group.id


async def test_a_voice_comes_as_words(program, people):
    people.speak("zhangsan", "记个跟进")
    assert (await program.heard())["body"]["voice"] == {"content": "记个跟进"}


async def start(program, data, count, **changes):
    body = {"type": "image", "filename": "a.png", "total_size": len(data), "total_chunks": count}
    body["md5"] = hashlib.md5(data).hexdigest()
    return await program.send("aibot_upload_media_init", body | changes)


async def piece(program, upload_id, index, data):
    body = {"upload_id": upload_id, "chunk_index": index, "base64_data": base64.b64encode(data).decode()}
    return await program.send("aibot_upload_media_chunk", body)


@pytest.mark.parametrize("first", [0, 1])
async def test_a_file_goes_up_in_pieces(program, people, asked, first):
    """In any order, a piece twice, counted from 0 or 1; then it can be said."""
    data = bytes(range(256)) * 4096
    halves = data[: 512 * 1024], data[512 * 1024 :]
    upload = (await start(program, data, 2))["body"]["upload_id"]
    for index in (1, 0, 1):
        assert (await piece(program, upload, first + index, halves[index]))["errcode"] == 0
    done = (await program.send("aibot_upload_media_finish", {"upload_id": upload}))["body"]
    said = await program.answer(asked, msgtype="image", image={"media_id": done["media_id"]})

    assert done["type"] == "image"
    assert said["errcode"] == 0
    assert people.posts("zhangsan")[-1]["kind"] == "image"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "poem"}, 40004),
        ({"total_chunks": 101}, 45001),
        ({"total_size": 512 * 1024 + 1}, 45001),
        ({"filename": ""}, 40063),
    ],
)
async def test_an_upload_that_cannot_be_is_refused_at_once(program, changes, code):
    assert (await start(program, b"123456", 1, **changes))["errcode"] == code


async def test_an_upload_ends_whole_or_not_at_all(sim, program):
    """A missing piece, another md5, half an hour gone."""
    data = b"1234567890" * 10
    upload = (await start(program, data, 1))["body"]["upload_id"]
    missing = await program.send("aibot_upload_media_finish", {"upload_id": upload})
    other = (await start(program, data, 1, md5="0" * 32))["body"]["upload_id"]
    await piece(program, other, 0, data)
    wrong = await program.send("aibot_upload_media_finish", {"upload_id": other})
    sim.world.pass_time(timedelta(minutes=30))
    late = await piece(program, upload, 0, data)

    assert [a["errcode"] for a in (missing, wrong, late)] == [40058, 40058, 40058]


async def test_thirty_uploads_a_minute(program):
    codes = [(await start(program, b"123456", 1))["errcode"] for _ in range(31)]

    assert codes == [0] * 30 + [45009]
