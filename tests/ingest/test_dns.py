"""TXT lookups against a real name server on loopback, and against none."""

import socket
import threading
from collections.abc import Iterator

import pytest
from dns import message, rcode, rdataclass, rdatatype, rrset

from inboxbot.errors import LookupFailedError
from inboxbot.ingest import dns

ZONE = {"k1._domainkey.customer.com.": ('"v=DKIM1; k=rsa; " "p=AAAA"',), "two.customer.com.": ('"one"', '"two"'), "empty.customer.com.": ()}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class NameServer:
    """Answers from `ZONE` over UDP; counts what it is asked. `silent` keeps it from answering."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.asked, self.silent, self.code = 0, False, rcode.NOERROR
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        while True:
            try:
                data, client = self.socket.recvfrom(4096)
            except OSError:
                return
            if not data:
                return
            self.asked += 1
            if not self.silent:
                self.socket.sendto(self._answer(message.from_wire(data)).to_wire(), client)

    def _answer(self, query: message.Message) -> message.Message:
        answer = message.make_response(query)
        name = query.question[0].name
        answer.set_rcode(self.code)
        if self.code == rcode.NOERROR:
            found = ZONE.get(name.to_text().lower())
            if found is None:
                answer.set_rcode(rcode.NXDOMAIN)
            elif found:
                answer.answer.append(rrset.from_text(name, 60, rdataclass.IN, rdatatype.TXT, *found))
        return answer

    def close(self) -> None:
        self.socket.sendto(b"", self.socket.getsockname())
        self.thread.join(5)
        self.socket.close()


@pytest.fixture
def server() -> Iterator[NameServer]:
    made = NameServer()
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lookup(server: NameServer, clock: Clock) -> dns.DnsResolver:
    made = dns.DnsResolver(seconds=0.3, clock=clock)
    made._resolver.nameservers, made._resolver.port = ["127.0.0.1"], server.port
    return made


def test_a_record_in_pieces_is_one_string_and_is_remembered(lookup: dns.DnsResolver, server: NameServer) -> None:
    assert lookup("k1._domainkey.customer.com") == (b"v=DKIM1; k=rsa; p=AAAA",)
    assert lookup("K1._domainkey.customer.com") == (b"v=DKIM1; k=rsa; p=AAAA",)
    assert server.asked == 1


def test_several_records_stay_apart(lookup: dns.DnsResolver) -> None:
    assert sorted(lookup("two.customer.com")) == [b"one", b"two"]


@pytest.mark.parametrize("name", ["empty.customer.com", "nobody.customer.com"])
def test_no_record_is_an_answer_too(lookup: dns.DnsResolver, name: str) -> None:
    assert lookup(name) == ()


@pytest.mark.parametrize("name", ["a" * 64 + ".customer.com", "x..y", ".".join(["a" * 60] * 6)])
def test_a_name_that_is_none_is_said_to_be_so_and_asks_nobody(lookup: dns.DnsResolver, server: NameServer, name: str) -> None:
    with pytest.raises(LookupFailedError):
        lookup(name)
    assert server.asked == 0


def test_while_nobody_answers_only_the_first_names_are_waited_for(lookup: dns.DnsResolver, server: NameServer, clock: Clock) -> None:
    server.silent = True
    for number in range(10):
        with pytest.raises(LookupFailedError):
            lookup(f"n{number}.customer.com")
    asked = server.asked
    assert asked <= 3 * 3  # the library asks again within its time
    server.silent, clock.now = False, 31.0
    assert lookup("two.customer.com")
    assert server.asked == asked + 1


def test_one_domains_trouble_is_not_everybodys(lookup: dns.DnsResolver, server: NameServer) -> None:
    server.code = rcode.SERVFAIL
    for number in range(5):
        with pytest.raises(LookupFailedError):
            lookup(f"n{number}.customer.com")
    server.code = rcode.NOERROR
    assert lookup("two.customer.com")
