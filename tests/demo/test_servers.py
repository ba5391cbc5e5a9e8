"""The demo's servers, spoken to over real sockets by the client libraries people use."""

import asyncio
import gc
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from inboxbot.demo import sample_mails
from inboxbot.demo.servers import EmbeddedMail

ADDRESS = "ar@brightwater.example"
MAIL = b"From: ap@alderstone.example\r\nTo: ar@brightwater.example\r\nSubject: copy\r\nMessage-ID: <1@a.example>\r\n\r\nHello\r\n"


@asynccontextmanager
async def running(folder: Path, delivered: list[tuple[str, bytes]] | None = None) -> AsyncIterator[EmbeddedMail]:
    mail = EmbeddedMail(ADDRESS, folder, lambda rcpt, raw: (delivered if delivered is not None else []).append((rcpt, raw)), password="pw")
    await mail.start()
    try:
        yield mail
    finally:
        await mail.stop()


def login(mail: EmbeddedMail) -> IMAPClient:
    client = IMAPClient(mail.host, port=mail.imap_port, ssl=False, use_uid=True, timeout=10)
    client.login(ADDRESS, "pw")
    return client


def send(mail: EmbeddedMail, mail_from: str, rcpt: str, raw: bytes = MAIL) -> None:
    with smtplib.SMTP(mail.host, mail.smtp_port, timeout=10) as smtp:
        smtp.sendmail(mail_from, [rcpt], raw)


async def fetched(mail: EmbeddedMail) -> list[bytes]:
    def fetch() -> list[bytes]:
        with login(mail) as client:
            client.select_folder("INBOX")
            return [item[b"BODY[]"] for item in client.fetch(client.search("ALL"), ["BODY.PEEK[]"]).values()]

    return await asyncio.to_thread(fetch)


def test_a_delivered_mail_wakes_an_idle_client_and_can_be_fetched(tmp_path: Path) -> None:
    async def scenario() -> tuple[list[Any], dict[bytes, Any]]:
        async with running(tmp_path) as mail:
            client = await asyncio.to_thread(login, mail)
            await asyncio.to_thread(client.select_folder, "INBOX")
            await asyncio.to_thread(client.idle)
            await asyncio.to_thread(send, mail, "ap@alderstone.example", ADDRESS)
            news = await asyncio.to_thread(client.idle_check, timeout=5)
            await asyncio.to_thread(client.idle_done)
            uids = await asyncio.to_thread(client.search, "ALL")
            found = await asyncio.to_thread(client.fetch, uids, ["BODY.PEEK[]", "INTERNALDATE"])
            await asyncio.to_thread(client.logout)
            return news, found[uids[0]]

    news, item = asyncio.run(scenario())

    assert (1, b"EXISTS") in news
    assert item[b"BODY[]"].endswith(MAIL)


def test_a_keyword_stays_on_a_message(tmp_path: Path) -> None:
    def mark(mail: EmbeddedMail) -> None:
        with login(mail) as client:
            selected = client.select_folder("INBOX")
            assert b"\\*" in selected[b"PERMANENTFLAGS"]
            client.add_flags(client.search("ALL"), ["InboxbotAnswered"])

    def keywords(mail: EmbeddedMail) -> list[int]:
        with login(mail) as client:
            client.select_folder("INBOX")
            return list(client.search(["KEYWORD", "InboxbotAnswered"]))

    async def scenario() -> list[int]:
        async with running(tmp_path) as mail:
            await mail.deliver("ap@alderstone.example", MAIL)
            await asyncio.to_thread(mark, mail)
            return await asyncio.to_thread(keywords, mail)

    assert len(asyncio.run(scenario())) == 1


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    def wrong(mail: EmbeddedMail) -> None:
        client = IMAPClient(mail.host, port=mail.imap_port, ssl=False, timeout=10)
        with pytest.raises(client.Error):
            client.login(ADDRESS, "guess")
        client.shutdown()

    async def scenario() -> None:
        async with running(tmp_path) as mail:
            await asyncio.to_thread(wrong, mail)

    asyncio.run(scenario())


def test_a_reply_reaches_the_customers_mailbox_and_not_the_inbox(tmp_path: Path) -> None:
    delivered: list[tuple[str, bytes]] = []

    async def scenario() -> list[bytes]:
        async with running(tmp_path, delivered) as mail:
            await asyncio.to_thread(send, mail, ADDRESS, "m.fuller@alderstone.example")
            await asyncio.to_thread(send, mail, ADDRESS, "../m.fuller@alderstone.example")
            return await fetched(mail)

    inbox = asyncio.run(scenario())

    assert inbox == []
    assert delivered[0] == ("m.fuller@alderstone.example", MAIL)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "0001-m.fuller@alderstone.example.eml",
        "0002-.._m.fuller@alderstone.example.eml",
    ]
    assert (tmp_path / "0001-m.fuller@alderstone.example.eml").read_bytes() == MAIL


def test_mail_over_smtp_is_stamped_by_the_gateway(tmp_path: Path) -> None:
    async def scenario() -> list[bytes]:
        async with running(tmp_path) as mail:
            await asyncio.to_thread(send, mail, "x@unauth.alderstone.example", ADDRESS.upper())
            return await fetched(mail)

    (raw,) = asyncio.run(scenario())

    assert raw.startswith(b"Return-Path: <x@unauth.alderstone.example>\r\nAuthentication-Results: mx.brightwater.example; spf=fail")


def test_every_sample_mail_passes_the_gateway_unchanged_below_the_stamp(tmp_path: Path) -> None:
    samples = sample_mails.build(datetime(2026, 11, 20, tzinfo=UTC))

    def send_all(mail: EmbeddedMail) -> None:
        with smtplib.SMTP(mail.host, mail.smtp_port, timeout=10) as smtp:
            for sample in samples:
                smtp.sendmail(sample.mail_from, [ADDRESS], sample.raw)

    async def scenario() -> list[bytes]:
        async with running(tmp_path) as mail:
            await asyncio.to_thread(send_all, mail)
            return await fetched(mail)

    received = asyncio.run(scenario())

    assert [raw.endswith(sample.raw.partition(b"\r\n\r\n")[2]) for raw, sample in zip(received, samples, strict=True)] == [True] * 42
    assert [b"dmarc=pass" in raw.splitlines()[1] for raw in received] == [sample.authenticated for sample in samples]


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_started_and_stopped_twice_with_open_clients_it_leaves_no_task_behind(tmp_path: Path) -> None:
    async def session(mail: EmbeddedMail) -> None:
        await mail.start()
        idler = await asyncio.to_thread(login, mail)
        await asyncio.to_thread(idler.select_folder, "INBOX")
        await asyncio.to_thread(idler.idle)
        waiting = await asyncio.to_thread(smtplib.SMTP, mail.host, mail.smtp_port, timeout=10)
        await mail.stop()
        idler.shutdown()
        waiting.close()

    async def scenario() -> tuple[set[Any], tuple[int, int]]:
        mail = EmbeddedMail(ADDRESS, tmp_path, password="pw")
        await session(mail)
        await session(mail)
        return asyncio.all_tasks() - {asyncio.current_task()}, (mail.imap_port, mail.smtp_port)

    tasks, ports = asyncio.run(scenario(), debug=True)
    gc.collect()

    assert tasks == set()
    assert ports == (0, 0)
