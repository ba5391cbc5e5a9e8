"""What staff do, on a real PostgreSQL server: tests that hang on the database are run again there, and every page is opened.

Among them: 200 tries of two people to take one conversation at the same moment.
"""

from collections.abc import Iterator

import pytest
from httpx import Client
from inbox_office import Office, served, sign_in
from servers.postgresql import PostgreSQL
from test_inbox_work import (  # noqa: F401 - the very same tests
    office,
    test_a_correction_is_a_label_with_before_and_after,
    test_a_higher_priority_moves_up_and_says_why,
    test_a_reply_taken_back_never_leaves_and_its_words_are_the_draft_again,
    test_a_reply_that_waits_is_in_a_view_until_a_colleague_approves_it,
    test_a_snooze_ends_at_its_time,
    test_an_address_counts_as_a_contact_only_once_somebody_else_confirmed_it,
    test_every_change_is_on_record,
    test_in_the_fraud_lane_two_people_must_agree_before_anything_is_answered,
    test_merged_conversations_are_one_and_the_old_number_leads_there,
    test_of_two_who_take_at_the_same_moment_exactly_one_has_it,
    test_one_mail_can_be_split_off,
    test_tags_find_their_conversations_and_fraud_is_no_tag,
    test_whoever_is_named_in_a_note_sees_it_in_a_view_until_it_is_read,
)

pytestmark = pytest.mark.server
PAGES = (
    "/inbox/v/open",
    "/inbox/v/waiting",
    "/inbox/v/doubt",
    "/inbox/v/custom?status=open&intent=dispute&priority=high&customer_id=C1001&newest_first=1",
    "/inbox/search?q=20294",
    "/inbox/search.csv?q=price",
    "/inbox/c/1?view=open",
    "/inbox/customers/C1001",
    "/inbox/filed",
    "/inbox/settings",
    "/inbox/people",
    "/inbox/canned",
    "/inbox/audit?who=dana@brightwater.example&since=2020-01-01",
    f"/inbox/c/{2**31 - 1}",
    f"/inbox/filed?before={2**31 - 1}",
)


@pytest.fixture
def store_url(postgresql: PostgreSQL) -> Iterator[str]:
    with postgresql.database() as url:
        yield url


def test_every_page_opens(office: Office) -> None:  # noqa: F811 - the fixture
    with served(office) as address, Client(base_url=address) as client:
        sign_in(client, "dana")
        found = {page: client.get(page).status_code for page in PAGES}
        first = client.get("/inbox/v/custom?newest_first=1").text
    assert found == {page: 404 if page.startswith(f"/inbox/c/{2**31 - 1}") else 200 for page in PAGES}
    assert "Price of INV-20294" in first
