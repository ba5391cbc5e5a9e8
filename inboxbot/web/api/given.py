"""What a script may send: the bodies and parameters of the API, with their bounds.

In: JSON. Out: checked values. An unknown field is an error: a misspelt one would silently do something else than was meant.
"""

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from inboxbot.decision import Outcome, Priority
from inboxbot.staff import Role

LARGEST = 2**31 - 1


def storable(text: str) -> str:
    """The text, if every database can keep it."""
    if "\x00" in text:
        raise ValueError("must not have a NUL character in it")
    return text


Text = Annotated[str, AfterValidator(storable)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
PathNumber = Annotated[int, Path(ge=1, le=LARGEST)]
Name = Annotated[str, Field(max_length=254), AfterValidator(storable)]
PathName = Annotated[str, Path(max_length=254), AfterValidator(storable)]


class Given(BaseModel):
    """What every body has in common."""

    model_config = ConfigDict(extra="forbid")


class Filter(Given):
    """Which conversations, and which page of them."""

    status: Name = Field(default="", description="open, pending, snoozed or closed.")
    assignee: Name = Field(default="", description="An address, a team, `me`, `nobody` or `my_teams`.")
    customer_id: Name = ""
    intent: Name = ""
    priority: Name = ""
    tag: Name = ""
    lane: Name = Field(default="", description="`fraud`.")
    in_doubt: bool = Field(default=False, description="A mail of ours whose fate is unknown.")
    to_approve: bool = Field(default=False, description="A colleague's reply waits for a second pair of eyes.")
    mentions_me: bool = False
    newest_first: bool = False
    after: Annotated[str, Field(max_length=40)] = Field(default="", description="`after` of the page before.")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Assign(Given):
    """To whom."""

    assignee: Name = Field(description="A colleague's address, a team's name, `me`, or `nobody`.", examples=["me"])


class Status(Given):
    """Where the conversation shall stand."""

    status: Literal["open", "pending", "closed"]


class Snooze(Given):
    """Until when."""

    until: Annotated[str, Field(max_length=40), AfterValidator(storable)] = Field(
        description="`3h`, `2d`, `tomorrow`, `monday`, `week`, `reply` (until the customer writes), or a time such as 2026-12-01T09:00.",
        examples=["tomorrow"],
    )


class PriorityGiven(Given):
    """How urgent."""

    priority: Priority


class Tags(Given):
    """Which tags come and go."""

    add: list[Name] = Field(default=[], max_length=20)
    remove: list[Name] = Field(default=[], max_length=20)


class NoteGiven(Given):
    """A note for colleagues."""

    text: Annotated[Text, Field(min_length=1, max_length=20_000)] = Field(description="Customers never see it; `@name` tells a colleague.")


class Reply(Given):
    """A reply to the customer."""

    text: Annotated[Text, Field(min_length=1, max_length=100_000)]
    documents: list[Name] = Field(default=[], max_length=50, description="Invoice numbers of this customer, and `statement`.")
    also_to: list[Name] = Field(default=[], max_length=10, description="Further recipients; each gets a mail of their own.")
    at: AwareDatetime | None = Field(default=None, description="When to send it; empty: now, after the time in which it can be taken back.")
    seen: Annotated[str, Field(max_length=40), AfterValidator(storable)] = Field(
        default="", description="The conversation's `seen` as you read it: the reply is refused with 409 when something came in between."
    )
    close: bool = Field(default=False, description="Close the conversation instead of waiting for the customer.")


class Merge(Given):
    """Into which conversation."""

    into: Number


class CustomerGiven(Given):
    """Whose conversation it is."""

    customer_id: Name | None
    learn: bool = Field(default=False, description="Propose the correspondent as this customer's contact; a manager confirms.")


class Correct(Given):
    """What the machine should have said."""

    what: Literal["intents", "entities", "customer", "outcome"]
    after: list[Name] | dict[Name, Name | list[Name] | None] | Outcome | Name | None = Field(
        description="intents: a list; entities: an object as in a mail's `entities`; customer: a number or null; outcome: one of the three."
    )


class Settle(Given):
    """What became of a mail in doubt."""

    was_sent: bool


class Rejection(Given):
    """Why a colleague's reply shall not leave."""

    why: Annotated[Text, Field(min_length=1, max_length=2000)] = Field(description="Its author reads it in a note.")


class Lane(Given):
    """What is said of a conversation that may be after money."""

    what: Literal["suspect", "genuine", "fraud"]
    how: Annotated[Text, Field(max_length=500)] = Field(default="", description="With `genuine`: how it was checked.")


class CannedGiven(Given):
    """A canned reply."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    text: Annotated[Text, Field(min_length=1, max_length=10_000)]


class ViewGiven(Given):
    """A filter to keep."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    shared: bool = False
    filter: dict[str, Any] = Field(default={}, description="The same names as the parameters of GET /conversations.")


class InvitationGiven(Given):
    """Who is invited, and as what."""

    email: Name
    name: Name = ""
    role: Role
    customers: list[Name] = Field(default=[], max_length=1000)
    until: Annotated[str, Field(max_length=10)] = Field(default="", description="The last day of the account, such as 2026-12-31.")


class UserGiven(Given):
    """What an account shall be."""

    role: Role
    active: bool = True
    customers: list[Name] = Field(default=[], max_length=1000)
    until: Annotated[str, Field(max_length=10)] = Field(default="", description="The last day of the account, such as 2026-12-31.")


class Bulk(Given):
    """One thing done to many conversations."""

    ids: list[Number] = Field(min_length=1, max_length=200)
    assignee: Name | None = None
    status: Literal["open", "pending", "closed"] | None = None
    priority: Priority | None = None
    add_tags: list[Name] = Field(default=[], max_length=20)
