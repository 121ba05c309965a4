"""A customer says stop: it is kept, tasks in place of such messages are off, and his owner hears of it."""

from __future__ import annotations

from bot.cards.texts import touch as texts
from bot.chat.outbound import Notice
from bot.crm.task import Task, TaskState
from bot.crm.touching import Purpose
from bot.crm.user import SYSTEM
from bot.store import consents, leads, outbox, tasks, touch_plans
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.touch import agreed

#: Why such a task was taken back.
STOPPED = "customer_stopped"


async def leave(desk: Desk, lead_id: str, refusal: Consent, *, occasion: str) -> None:
    """He says it himself. Who says it again is heard again, and nobody is told a second time."""
    before = agreed.by_channel(await consents.all_of(desk.tx, lead_id), [refusal.channel])
    await consents.record(desk, lead_id, refusal)
    off = await take_back(desk, lead_id)
    lead = await leads.get(desk.tx, lead_id)
    if lead.owner_id is None or before.get(refusal.channel) is False:
        return
    said = texts.LEFT.format(
        who=f"{lead.display}（{lead.id}）",
        what=texts.purpose(desk.company, refusal.purpose),
        said=refusal.text,
    )
    lines = [said, *([texts.TASKS_OFF.format(ids="、".join(one.id for one in off))] if off else [])]
    notice = Notice(to=lead.owner_id, key=f"left:{occasion}", text="\n".join(lines), topic=lead.topic)
    await outbox.post(desk, notice)


async def take_back(desk: Desk, lead_id: str) -> list[Task]:
    """Open tasks in place of marketing that he has ended on a channel it was meant for; which those are.

    As the planner gives none after a stop: who calls about it in our name is no better.
    """
    stands_in = await touch_plans.stands_in(desk.tx, lead_id)
    tried = {key.partition(".")[0] for rows in stands_in.values() for _, skipped in rows for key in skipped}
    said = await consents.all_of(desk.tx, lead_id)
    may = agreed.by_channel(said, sorted(tried))
    stopped = tried if agreed.is_closed(said) else {one for one, agrees in may.items() if not agrees}
    off = []
    for task_id, rows in stands_in.items():
        if any(purpose != Purpose.MARKETING.value for purpose, _ in rows):
            continue
        channels = {key.partition(".")[0] for _, skipped in rows for key in skipped}
        task = await tasks.find(desk, task_id) if channels & stopped else None
        if task is not None and task.state is TaskState.OPEN:
            await tasks.cancel(desk, task, by=SYSTEM.id, reason=STOPPED)
            off.append(task)
    return off
