"""Access tokens from a real endpoint: fetched once, renewed before their end, thrown away when refused, never asked for in vain."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from servers.token_endpoint import CLIENT_ID, CLIENT_SECRET, TokenEndpoint

from inboxbot.config import OAuthSection, Secret
from inboxbot.credentials import OAuthToken, Stored
from inboxbot.errors import TokenError, TokenRefusedError


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as started:
        yield started


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def token(endpoint: TokenEndpoint, tmp_path: Path, clock: Clock | None = None, **values: Any) -> OAuthToken:
    (tmp_path / "client").write_text(CLIENT_SECRET)
    given = {
        "name": "m",
        "token_url": endpoint.url,
        "client_id": CLIENT_ID,
        "client_secret_file": tmp_path / "client",
        "scope": "ar",
        **values,
    }
    return OAuthToken(OAuthSection.model_validate(given), clock or Clock())


@pytest.mark.parametrize(("life", "still", "over"), [(3600.0, 3299, 3301), (10.0, 7, 9)], ids=["until shortly before", "the greater part"])
def test_a_token_serves_for_most_of_its_life(endpoint: TokenEndpoint, tmp_path: Path, life: float, still: float, over: float) -> None:
    endpoint.life, clock = life, Clock()
    held = token(endpoint, tmp_path, clock)
    first = held.get()
    clock.now = still
    assert held.get() == first
    clock.now = over
    assert held.get() != first
    assert endpoint.asked == 2


def test_a_refused_token_is_never_shown_again(endpoint: TokenEndpoint, tmp_path: Path) -> None:
    held = token(endpoint, tmp_path)
    first = held.get()
    assert held.refused(first)  # it may have been taken back: another one is worth a try
    assert held.get() != first


def test_another_thread_may_have_renewed_it_already(endpoint: TokenEndpoint, tmp_path: Path) -> None:
    held = token(endpoint, tmp_path)
    held.get()
    assert held.refused("an older one")
    assert endpoint.asked == 1


def test_threads_share_one_request(endpoint: TokenEndpoint, tmp_path: Path) -> None:
    held, seen = token(endpoint, tmp_path), []
    threads = [threading.Thread(target=lambda: seen.append(held.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(set(seen)), len(seen), endpoint.asked) == (1, 8, 1)


@pytest.mark.parametrize("how", ["refused", "busy", "nonsense"])
def test_an_endpoint_that_is_away_is_worth_another_try(endpoint: TokenEndpoint, tmp_path: Path, how: str) -> None:
    held = token(endpoint, tmp_path)
    endpoint.down = how
    with pytest.raises(TokenError, match="token"):
        held.get()
    endpoint.down = ""
    assert held.get()


def test_nobody_at_the_address(tmp_path: Path, endpoint: TokenEndpoint) -> None:
    with pytest.raises(TokenError, match="does not answer"):
        token(endpoint, tmp_path, token_url="http://127.0.0.1:1/token").get()


def test_a_wrong_client_secret_needs_people_and_is_never_shown(endpoint: TokenEndpoint, tmp_path: Path) -> None:
    held = token(endpoint, tmp_path)
    endpoint.secret = "another"
    sealed = held.seal()
    with pytest.raises(TokenRefusedError, match="invalid_client") as refusal:
        held.get()
    assert CLIENT_SECRET not in str(refusal.value)
    (tmp_path / "client").write_text("another")
    assert held.seal() != sealed
    assert held.get()


def test_a_new_refresh_token_replaces_the_file(endpoint: TokenEndpoint, tmp_path: Path) -> None:
    endpoint.rotate = True
    path = tmp_path / "refresh"
    path.write_text(endpoint.grant("ar"))
    path.chmod(0o600)
    held = token(endpoint, tmp_path, refresh_token_file=path)
    held.get()
    assert path.read_text() in endpoint.refresh_tokens
    assert path.stat().st_mode & 0o777 == 0o600
    again = token(endpoint, tmp_path, refresh_token_file=path)  # after a restart
    assert again.get()


def test_a_refresh_token_that_cannot_be_kept_serves_while_we_run(
    endpoint: TokenEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.rotate, clock = True, Clock()
    monkeypatch.setenv("REFRESH", endpoint.grant("ar"))
    held = token(endpoint, tmp_path, clock, refresh_token_env="REFRESH")
    first = held.get()
    clock.now = 5000
    assert held.get() != first


def test_an_ended_refresh_token_needs_people(endpoint: TokenEndpoint, tmp_path: Path) -> None:
    (tmp_path / "refresh").write_text("nobody's")
    with pytest.raises(TokenRefusedError, match="invalid_grant"):
        token(endpoint, tmp_path, refresh_token_file=tmp_path / "refresh").get()


def test_a_stored_password_is_worth_another_try_when_it_was_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("old")
    stored = Stored(Secret(file=path), "smtp.password")
    shown = stored.get()
    assert not stored.refused(shown)
    sealed = stored.seal()
    path.write_text("new")
    assert stored.refused(shown)
    assert (stored.get(), stored.seal() == sealed) == ("new", False)
    path.unlink()
    assert not stored.refused("new")
