"""What staff do with the buttons and keys of a conversation, as plain posted forms.

In: forms. Out: a redirect back to the page, which htmx takes in place; a problem is said on the page and nothing typed is lost.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from inboxbot.conversation import ConversationStatus
from inboxbot.decision import Priority
from inboxbot.desk import canned, corrections, four_eyes, fraud, replies, work
from inboxbot.desk.office import Desk
from inboxbot.desk.replies import Answer
from inboxbot.errors import ConflictError, DocumentMissingError, InboxbotError, ReplyError, UsageError
from inboxbot.staff import Viewer
from inboxbot.web.staff.gate import Gate, Guest, Number, field, fields, form_of, safe_next
from inboxbot.web.staff.talk import Talks

Writer = Callable[..., Guest]


def action_routes(desk: Desk, gate: Gate, talks: Talks) -> APIRouter:
    """The routes."""
    router = APIRouter()
    _conversation_routes(router, desk, gate)
    _reply_routes(router, desk, gate, talks)
    _mail_routes(router, desk, gate)
    return router


def back(form: FormData, default: str, **extra: Any) -> Response:
    """Back to where the form stood."""
    target = safe_next(field(form, "back", 500), default)
    for name, value in extra.items():
        target += f"{'&' if '?' in target else '?'}{name}={quote(str(value))}"
    return RedirectResponse(target, 303)


def do(desk: Desk, viewer: Viewer, conversation_id: int, form: FormData) -> None:  # noqa: PLR0912 - a table of actions
    """One of the simple actions, by the form's `do`."""
    match field(form, "do", 20):
        case "assign":
            work.assign(desk, viewer, conversation_id, field(form, "assignee", 254))
        case "take":
            work.take(desk, viewer, conversation_id)
        case "close":
            work.set_status(desk, viewer, conversation_id, ConversationStatus.CLOSED)
        case "open":
            work.set_status(desk, viewer, conversation_id, ConversationStatus.OPEN)
        case "wait":
            work.set_status(desk, viewer, conversation_id, ConversationStatus.PENDING)
        case "snooze":
            words = field(form, "until", 40) or field(form, "at", 40) or "tomorrow"
            work.snooze(desk, viewer, conversation_id, work.until(desk, viewer, words))
        case "priority":
            work.set_priority(desk, viewer, conversation_id, _priority(field(form, "priority", 10)))
        case "tag":
            work.change_tags(desk, viewer, conversation_id, add=[t for t in field(form, "tag", 400).split(",") if t.strip()])
        case "untag":
            work.change_tags(desk, viewer, conversation_id, remove=[field(form, "tag", 40)])
        case "suspect":
            fraud.suspect(desk, viewer, conversation_id)
        case "fraud":
            fraud.fraud(desk, viewer, conversation_id)
        case "genuine":
            fraud.genuine(desk, viewer, conversation_id, field(form, "how", 500))
        case other:
            raise UsageError(f"there is no action {other!r}")


def _conversation_routes(router: APIRouter, desk: Desk, gate: Gate) -> None:
    @router.post("/inbox/c/{conversation_id}/do")
    def act(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        do(desk, guest.viewer, conversation_id, form)
        return back(form, f"/inbox/c/{conversation_id}")

    @router.post("/inbox/bulk")
    def bulk(guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        ids = [int(value) for value in fields(form, "id") if value.isascii() and value.isdigit()]
        done, problems = work.in_bulk(guest.viewer, ids, lambda one: do(desk, guest.viewer, one, form))
        if not ids:
            raise UsageError("select conversations first")
        if problems and not done:
            raise UsageError("; ".join(problems[:5]))
        said = f"Done with {done}" + (f"; not with {len(problems)}: {'; '.join(problems[:3])}" if problems else "")
        return back(form, "/inbox", said=said[:300])

    @router.post("/inbox/c/{conversation_id}/note")
    def note(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        note_id = work.note(desk, guest.viewer, conversation_id, field(form, "text"))
        return RedirectResponse(f"{safe_next(field(form, 'back', 500), f'/inbox/c/{conversation_id}')}#note-{note_id}", 303)

    @router.post("/inbox/c/{conversation_id}/merge")
    def merge(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        into = field(form, "into", 12).strip().removeprefix("#")
        if not (into.isascii() and into.isdigit()):
            raise UsageError("name the other conversation by its number")
        work.merge(desk, guest.viewer, conversation_id, int(into))
        return RedirectResponse(f"/inbox/c/{int(into)}", 303)

    @router.post("/inbox/c/{conversation_id}/customer")
    def customer(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        named = field(form, "customer_id", 64).split(" ")[0].strip() or None
        work.link_customer(desk, guest.viewer, conversation_id, named, learn=bool(field(form, "learn", 1)))
        return back(form, f"/inbox/c/{conversation_id}")

    @router.post("/inbox/contacts/{contact_id}/confirm")
    def confirm(contact_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        work.confirm_contact(desk, guest.viewer, contact_id)
        return back(form, "/inbox")

    @router.post("/inbox/contacts/{contact_id}/revoke")
    def revoke(contact_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        work.revoke_contact(desk, guest.viewer, contact_id)
        return back(form, "/inbox")


def _reply_routes(router: APIRouter, desk: Desk, gate: Gate, talks: Talks) -> None:
    @router.post("/inbox/c/{conversation_id}/reply")
    def reply(
        conversation_id: Number,
        request: Request,
        guest: Annotated[Guest, Depends(gate.writer)],
        form: Annotated[FormData, Depends(form_of)],
    ) -> Response:
        view = request.query_params.get("view", "")
        typed = {"text": field(form, "text"), "documents": tuple(fields(form, "document", 60)), "also_to": field(form, "also_to", 2000)}
        if field(form, "canned", 12).isdigit() and field(form, "use_canned", 1):
            typed["text"] = _with_canned(desk, guest.viewer, conversation_id, int(field(form, "canned", 12)), str(typed["text"]))
            return talks.page(guest, conversation_id, view, typed=typed)
        try:
            answer = Answer(
                text=str(typed["text"]),
                documents=tuple(fields(form, "document", 60)),
                also_to=tuple(part for part in str(typed["also_to"]).replace(";", ",").split(",") if part.strip()),
                at=_later(desk, guest.viewer, field(form, "when", 40), field(form, "at", 40)),
                seen="" if field(form, "anyway", 1) else field(form, "seen", 40),
                close=field(form, "then", 10) == "close",
            )
            ids = replies.send(desk, guest.viewer, conversation_id, answer)
        except (ConflictError, UsageError, ReplyError, DocumentMissingError) as error:
            return talks.page(
                guest, conversation_id, view, status_of(error), typed=typed, problem=str(error), meanwhile=_is_meanwhile(error)
            )
        return back(form, f"/inbox/c/{conversation_id}", sent=ids[0])

    @router.post("/inbox/c/{conversation_id}/draft")
    def draft(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        also = [part.strip() for part in field(form, "also_to", 2000).split(",") if part.strip()]
        replies.save_draft(desk, guest.viewer, conversation_id, field(form, "text"), fields(form, "document", 60), also)
        return Response(status_code=204)

    @router.get("/inbox/c/{conversation_id}/canned/{canned_id}")
    def canned_text(conversation_id: Number, canned_id: Number, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        return JSONResponse({"text": canned.filled(desk, guest.viewer, canned_id, conversation_id)}, headers={"Cache-Control": "no-store"})

    @router.post("/inbox/outbox/{outbox_id}/take-back")
    def take_back(outbox_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        conversation_id = replies.take_back(desk, guest.viewer, outbox_id)
        return RedirectResponse(f"/inbox/c/{conversation_id}#composer", 303)

    @router.post("/inbox/approvals/{approval_id}/approve")
    def approve(
        approval_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        return back(form, f"/inbox/c/{four_eyes.approve(desk, guest.viewer, approval_id)}")

    @router.post("/inbox/approvals/{approval_id}/reject")
    def reject(approval_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        why = field(form, "why", 2000).strip()
        if not why:
            raise UsageError("say why the reply shall not leave; its author reads it in a note")
        return back(form, f"/inbox/c/{four_eyes.reject(desk, guest.viewer, approval_id, why)}")

    @router.post("/inbox/outbox/{outbox_id}/settle")
    def settle(outbox_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        said = field(form, "was", 10)
        if said not in ("sent", "not_sent"):
            raise UsageError("say whether the mail arrived or not")
        conversation_id = replies.settle_doubt(desk, guest.viewer, outbox_id, was_sent=said == "sent")
        return back(form, f"/inbox/c/{conversation_id}")


def _mail_routes(router: APIRouter, desk: Desk, gate: Gate) -> None:
    @router.post("/inbox/mail/{message_id}/split")
    def split(message_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        return RedirectResponse(f"/inbox/c/{work.split(desk, guest.viewer, message_id)}", 303)

    @router.post("/inbox/mail/{message_id}/not-spam")
    def not_spam(message_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        return RedirectResponse(f"/inbox/c/{corrections.not_spam(desk, guest.viewer, message_id)}", 303)

    @router.post("/inbox/mail/{message_id}/correct")
    def correct(message_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        what = field(form, "what", 20)
        conversation = corrections.conversation_of(desk, guest.viewer, message_id)
        corrections.correct(desk, guest.viewer, message_id, what, _corrected(what, form))
        return back(form, f"/inbox/c/{conversation.conversation_id}")


def _corrected(what: str, form: FormData) -> Any:
    match what:
        case "intents":
            first = field(form, "primary", 40)
            return list(dict.fromkeys([*([first] if first else []), *fields(form, "intent")]))
        case "entities":
            lists = {name: [v.strip() for v in field(form, name, 4000).split(",")] for name in ("invoice_numbers", "po_numbers", "amounts")}
            single = {
                name: field(form, name, 80).strip() or None
                for name in ("promise_date", "payment_method", "payment_reference", "dispute_reason")
            }
            return {**lists, **single}
        case "customer":
            return field(form, "customer_id", 64).split(" ")[0].strip() or None
        case _:
            return field(form, "outcome", 10)


def _priority(name: str) -> Priority:
    if name not in list(Priority):
        raise UsageError(f"a priority is one of {', '.join(Priority)}")
    return Priority(name)


def _later(desk: Desk, viewer: Viewer, when: str, at: str) -> datetime | None:
    words = at if when == "at" else when
    if words in ("", "now"):
        return None
    found = work.until(desk, viewer, words)
    if found is None:
        raise UsageError("say when the reply shall be sent")
    return found


def _with_canned(desk: Desk, viewer: Viewer, conversation_id: int, canned_id: int, text: str) -> str:
    words = canned.filled(desk, viewer, canned_id, conversation_id)
    return f"{text.rstrip()}\n\n{words}" if text.strip() else words


def _is_meanwhile(error: InboxbotError) -> bool:
    return isinstance(error, ConflictError) and "meantime" in str(error)


def status_of(error: InboxbotError) -> int:
    """The HTTP status of a reply that could not be sent."""
    return 409 if isinstance(error, ConflictError) else 422
