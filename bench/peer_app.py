"""What a careful newcomer would write with wechatpy and Flask; runs in the peers' environment.

Names come by the environment, since nothing of ours is importable there. With PEER_DATABASE every
delivery is committed through the ORM before the answer, as durably as ours: WAL, synchronous=FULL.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

app = Flask(__name__)
crypto = WeChatCrypto(os.environ["PEER_TOKEN"], os.environ["PEER_AES_KEY"], os.environ["PEER_CORP_ID"])
keep = None

if os.environ.get("PEER_DATABASE"):
    from sqlalchemy import create_engine, event
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    class Delivery(Base):
        __tablename__ = "deliveries"
        id: Mapped[int] = mapped_column(primary_key=True)
        msg_id: Mapped[str] = mapped_column(unique=True)
        user_id: Mapped[str]
        content: Mapped[str]

    engine = create_engine(f"sqlite:///{os.environ['PEER_DATABASE']}")

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    Base.metadata.create_all(engine)

    def keep(message: Any) -> None:
        with Session(engine) as session:
            session.add(Delivery(msg_id=str(message.id), user_id=message.source, content=message.content))
            session.commit()


@app.post("/callback/wecom")
def receive() -> str:
    plain = crypto.decrypt_message(
        request.data, request.args["msg_signature"], request.args["timestamp"], request.args["nonce"]
    )
    message = parse_message(plain)
    if keep is not None:
        keep(message)
    return ""


@app.get("/healthz")
def alive() -> str:
    return "ok"
